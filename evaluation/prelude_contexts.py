"""What is written about in the environment: contexts by task and source, made from templates or read from a folder.

Knows no style. A folder holds contexts.jsonl with rows {"task", "source", "text"}, tasks being summary, email (notes)
and cited_answer (a question and passages that begin with [1], [2] ...).
"""

import json
import random
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from evaluation.errors import DataError

Task = Literal["summary", "email", "cited_answer"]
TASKS: tuple[Task, ...] = get_args(Task)
Contexts = Mapping[Task, Mapping[str, Sequence[str]]]  # task -> source -> texts

MADE = 60  # contexts a source: enough for 240 rounds with four sources and none seen twice


class ContextRow(BaseModel):
    """One line of contexts.jsonl."""

    task: Task
    source: str = Field(min_length=1)
    text: str = Field(min_length=1)


def made_contexts() -> Contexts:
    """The contexts that come with the environment: always the same, all different."""
    templates = json.loads(files("evaluation").joinpath("prelude_contexts.json").read_text(encoding="utf-8"))
    return {task: {source: _make(task, source, parts) for source, parts in templates[task].items()} for task in TASKS}


def read_contexts(folder: Path) -> Contexts:
    """Read contexts.jsonl. Raises DataError."""
    path = folder / "contexts.jsonl"
    try:
        written = path.read_text(encoding="utf-8").split("\n")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}; it holds one JSON object a line with task, source and text") from None
    found: dict[Task, dict[str, list[str]]] = {}
    for number, line in enumerate(written, 1):
        if line.strip():
            try:
                row = ContextRow.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                raise DataError(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
            found.setdefault(row.task, {}).setdefault(row.source, []).append(row.text)
    if not found:
        raise DataError(f"{path}: the file is empty")
    return {task: found[task] for task in TASKS if task in found}


def in_order(texts: Mapping[str, Sequence[str]], rounds: int, seed: int) -> list[tuple[str, str]]:
    """(source, text) for each round: every source as often as the others, in an order drawn by `seed`.

    A source's texts come in an order of their own, and again from the start when all were used.
    """
    drawn = random.Random(f"contexts {seed}")
    turns = [source for turn in range(rounds) for source in [sorted(texts)[turn % len(texts)]]]
    drawn.shuffle(turns)
    shuffled = {source: drawn.sample(list(texts[source]), len(texts[source])) for source in sorted(texts)}
    used = dict.fromkeys(texts, 0)
    order = []
    for source in turns:
        order.append((source, shuffled[source][used[source] % len(shuffled[source])]))
        used[source] += 1
    return order


def _make(task: Task, source: str, parts: Mapping[str, Any]) -> list[str]:
    made: dict[str, None] = {}
    for number in range(MADE * 20):
        drawn = random.Random(f"{task} {source} {number}")
        slots = {name: drawn.choice(values) for name, values in parts["slots"].items()}
        sentences = [drawn.choice(variants).format_map(slots) for variants in parts["sentences"]]
        made["\n".join(filter(None, sentences)) if task != "summary" else " ".join(filter(None, sentences))] = None
        if len(made) == MADE:
            return list(made)
    raise DataError(f"the templates of {task} {source} make only {len(made)} different contexts, not {MADE}")
