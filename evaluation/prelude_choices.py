"""`attune eval personalization --choices DIR`: does a stated preference help to pick the answer that suits it?

Reads mcq.jsonl of PrefEval (Zhao et al. 2025): the first option is the right one, so options are shuffled by a seed of
their row. The longest option is right far more often than by chance, hence that baseline. Knows no learner.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from evaluation.datasets import even_sample, read_rows
from evaluation.errors import DataError
from evaluation.prelude_suite import journalled
from evaluation.progress import for_each
from evaluation.reports import Report
from evaluation.statistics import paired_permutation
from evaluation.workplace import model_of, temporary_settings
from generation.port import GenerationParams, LanguageModel, Message

_LETTERS = ("A", "B", "C", "D")
_SCHEMA = {"type": "string", "enum": list(_LETTERS)}
_PARAMS = GenerationParams(max_tokens=8)


class Choice(BaseModel):
    """A preference, a question that a careless answer gets wrong, and four answers, of which the first suits."""

    id: str
    preference: str
    question: str
    options: list[str] = Field(alias="classification_task_options", min_length=4, max_length=4)

    def shuffled(self) -> list[str]:
        """The options in the order in which they are shown."""
        return random.Random(self.id).sample(self.options, len(self.options))


async def evaluate(folder: Path, limit: int | None = None, run: Path | None = None) -> Report:
    """Accuracy with the preference, without it, and of the longest option. Raises EvaluationError."""
    choices = even_sample(read_choices(folder), limit)
    with temporary_settings() as settings:
        async with model_of(settings) as model:
            kept = run or settings.cache / "evaluation" / "choices"
            async with journalled(model, kept) as journal:
                return await measure(choices, journal) | {"generator": model.version}


async def measure(choices: Sequence[Choice], model: LanguageModel) -> Report:
    """Figures over these choices; p of the preference's effect by a paired permutation test."""

    async def told(choice: Choice) -> float:
        return await _right(choice, model, choice.preference)

    async def untold(choice: Choice) -> float:
        return await _right(choice, model, None)

    ours = await for_each(choices, told, "with the preference")
    theirs = await for_each(choices, untold, "without it")
    longest = [float(max(choice.options, key=len) == choice.options[0]) for choice in choices]
    return {
        "accuracy": sum(ours) / len(choices),
        "n": len(choices),
        "p_value": paired_permutation(ours, theirs),
        "baselines": {
            "no_preference": sum(theirs) / len(choices),
            "longest_option": sum(longest) / len(choices),
            "chance": 1 / len(_LETTERS),
        },
    }


def read_choices(folder: Path) -> tuple[Choice, ...]:
    """Read mcq.jsonl. Raises DataError."""
    path = folder / "mcq.jsonl"
    found = read_rows(path, Choice)
    if not found:
        raise DataError(f"{path}: the file is empty")
    return found


async def _right(choice: Choice, model: LanguageModel, preference: str | None) -> float:
    options = choice.shuffled()
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip(_LETTERS, options, strict=True))
    about = f"About me: {preference}\n\n" if preference else ""
    asked = f"{about}{choice.question}\n\n{listed}\n\nWhich answer suits me best? Answer with its letter."
    completion = await model.complete((Message("user", asked),), _PARAMS, _SCHEMA)
    return float(options[_LETTERS.index(json.loads(completion.text))] == choice.options[0])
