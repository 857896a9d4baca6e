"""The hidden styles: those that come with the environment, or a file of others. Makes operators, runs none.

A file is JSON: {"styles": [{"task", "source", "description", "operators": [{"name", parameters...}]}]}; operators apply
in their order. Names and parameters are those of evaluation/prelude_operators.py.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from evaluation.errors import DataError
from evaluation.prelude_contexts import Contexts, Task
from evaluation.prelude_operators import make_operator
from evaluation.prelude_user import Style, revise

Styles = Mapping[Task, Mapping[str, Style]]  # task -> source -> style


class StyleRow(BaseModel):
    """One style as it is written down."""

    task: Task
    source: str = Field(min_length=1)
    description: str = Field(min_length=1)
    operators: list[dict[str, Any]] = Field(min_length=1)


class StyleFile(BaseModel):
    """All styles of a file."""

    styles: list[StyleRow] = Field(min_length=1)


def own_styles() -> Styles:
    """The styles that come with the environment."""
    return _styles(
        files("evaluation").joinpath("prelude_styles.json").read_text(encoding="utf-8"), "prelude_styles.json"
    )


def read_styles(path: Path) -> Styles:
    """Read a file of styles. Raises DataError."""
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from None
    return _styles(written, str(path))


def styles_for(contexts: Contexts, styles: Styles) -> Styles:
    """The style of each source that has contexts, tried on these. Raises DataError where one is missing or absurd."""
    found: dict[Task, dict[str, Style]] = {}
    for task, sources in contexts.items():
        for source, texts in sources.items():
            if source not in styles.get(task, {}):
                known = ", ".join(sorted(styles.get(task, {}))) or "none"
                raise DataError(f"no style for source {source!r} of task {task!r} (known: {known}); add it to --styles")
            style = styles[task][source]
            for text in texts:
                revise(text, style)
            found.setdefault(task, {})[source] = style
    return found


def _styles(written: str, place: str) -> Styles:
    try:
        rows = StyleFile.model_validate_json(written).styles
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    found: dict[Task, dict[str, Style]] = {}
    for row in rows:
        if row.source in found.setdefault(row.task, {}):
            raise DataError(f"{place}: source {row.source!r} of {row.task!r} has two styles")
        found[row.task][row.source] = _style(row, place)
    return found


def _style(row: StyleRow, place: str) -> Style:
    operators = []
    for given in row.operators:
        parameters = dict(given)
        name = parameters.pop("name", None)
        if not isinstance(name, str):
            raise DataError(f"{place}: an operator of {row.source!r} has no name: {given}")
        operators.append(make_operator(name, parameters))
    return Style(row.task, row.source, row.description, tuple(operators))
