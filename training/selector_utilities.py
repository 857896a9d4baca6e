"""Labels of what helped a given generator, laid over those of the sets. Knows not how they were made."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evaluation.datasets import LabelledPassage
from evaluation.errors import DataError
from training.examples import Example


def with_utilities(examples: Sequence[Example], path: Path) -> list[Example]:
    """Examples with the labels of a JSON-lines file {example, passage, utility}, utility in [0, 1]. Raises DataError.

    A passage is gold if the generator answers with it what it does not answer without it (LLM-specific utility). A gold
    one that did not help it is left unjudged: the fault may be the generator's.
    """
    utilities: dict[tuple[str, str], float] = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        try:
            row = json.loads(line)
            utilities[row["example"], row["passage"]] = float(row["utility"])
        except (ValueError, KeyError, TypeError):
            raise DataError(f"{path}:{number}: expected example, passage and utility, found {line[:80]!r}") from None
    return [
        replace(example, passages=tuple(_relabelled(p, utilities.get((example.id, p.id))) for p in example.passages))
        for example in examples
    ]


def _relabelled(passage: LabelledPassage, utility: float | None) -> LabelledPassage:
    if utility is None or (utility < 0.5 and passage.label != "gold"):
        return passage
    return passage.model_copy(update={"label": "gold" if utility >= 0.5 else "unknown"})
