"""Which messages the pages say, found in their source, and the catalogues brought up to date with them:
`python -m ui.catalogue`. Knows no language.

Python is read as a syntax tree, because Babel does not look into f-strings before Python 3.12; scripts are
read by Babel.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from ui.language import LANGUAGES, WORDS, catalogue

_HERE = Path(__file__).parent
_IN_PYTHON = {"tr": 1, "trn": 2}  # by name: how many of the first arguments are messages
_IN_SCRIPTS = {"t": None, "n": (1, 2)}
_OPTIONS = {"parse_template_string": True}  # what is said inside `${...}` is said as well
Message = str | tuple[str, str]


def messages() -> Catalog:
    """Every message of the pages with the files that say it. Raises ValueError where one is not a plain string."""
    found = Catalog()
    for file in sorted(_HERE.glob("*.py")):
        for message in in_python(file.read_text(), file.name):
            found.add(message, locations=[(f"ui/{file.name}", 0)])
    for file in sorted((_HERE / "assets").glob("*.js")):
        for message in in_script(file):
            found.add(message, locations=[(f"ui/assets/{file.name}", 0)])
    return found


def in_python(source: str, name: str) -> Iterator[Message]:
    """What is said by `tr` and `trn`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _IN_PYTHON:
            continue
        first = node.args[: _IN_PYTHON[node.func.id]]
        given = [one.value for one in first if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if len(given) != _IN_PYTHON[node.func.id]:
            raise ValueError(f"{name}:{node.lineno}: {node.func.id} takes its message as a plain string")
        yield given[0] if len(given) == 1 else (given[0], given[1])


def in_script(file: Path) -> Iterator[Message]:
    """What is said by `t` and `n`."""
    with file.open("rb") as source:
        for _, message, _, _ in extract("javascript", source, _IN_SCRIPTS, options=_OPTIONS):
            yield (message[0], message[1]) if isinstance(message, tuple) else message


def _update(name: str) -> None:
    known = catalogue(name)
    known.update(messages(), no_fuzzy_matching=True)
    with (WORDS / f"{name}.po").open("wb") as file:
        # A header would name the day: without one nothing changes where no message did.
        write_po(file, known, width=120, sort_output=True, include_lineno=False, omit_header=True)


if __name__ == "__main__":
    for one in LANGUAGES:
        if (WORDS / f"{one}.po").exists():
            _update(one)
