"""Examples for the selector out of what people and operators said of passages. Knows no model."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.same_question import question_key
from app.versions import file_hash
from evaluation.datasets import Label, LabelledPassage
from training.annotation_sources import left_out
from training.examples import Example
from training.log_labels import NO_PART, worths
from training.manifest import DataUsed
from training.recipe import RecipeError
from training.voices import heard

SOURCE = "log"
_HELD_BACK = 5  # every fifth question, whoever asked it
_LEAST = 20  # questions with a passage that helps, below which neither thresholds nor figures mean anything


@dataclass(frozen=True)
class LogExamples:
    """Questions to fit on, questions to measure on, and how many there were beyond what one person may say."""

    fitted: tuple[Example, ...] = ()
    held_back: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()


def read_log(export: Path) -> LogExamples:
    """The questions of an exported log of which some passage was judged. Raises RecipeError where they are too few."""
    said = [one for one in worths(export).items() if any(worth != NO_PART for worth in one[1].values())]
    kept = heard(said, lambda one: one[0][0], lambda one: " ".join(one[0]))
    helped = sum(any(worth > 0 for worth in some.values()) for _, some in kept)
    if helped < _LEAST:
        raise RecipeError(
            f"{helped} questions of the log have a passage that helped; {_LEAST} are the least: wait for more verdicts "
            "on sources, or label what waits in the annotation queue"
        )
    examples = [_example(*one) for one in kept]
    held = [one for one in examples if _is_held_back(one.component)]
    notes = [f"{len(said) - len(kept)} questions are beyond what one person may say"] if len(said) > len(kept) else []
    notes += [f"{without} turns of people who did not agree are left out"] if (without := left_out(export)) else []
    return LogExamples(tuple(one for one in examples if one not in held), tuple(held), tuple(notes))


def log_used(export: Path | None, count: int) -> tuple[DataUsed, ...]:
    """What the manifest says of the log; by its name forgetting knows it."""
    return (DataUsed(export.name, file_hash(export), "unknown", count),) if export else ()


def _example(asked: tuple[str, str], some: dict[str, float]) -> Example:
    person, question = asked
    passages = tuple(
        LabelledPassage(id=f"{place}", title="", text=text, label=_label(worth))
        for place, (text, worth) in enumerate(some.items())
    )
    answerable = any(passage.label == "gold" for passage in passages)
    component = f"{SOURCE}/{question_key(question)}"  # whoever asks it
    return Example(f"{SOURCE}/{person}/{question}", question, passages, (), answerable, SOURCE, component)


def _label(worth: float) -> Label:
    return "gold" if worth > 0 else "distractor" if worth == 0 else "unknown"


def _is_held_back(component: str) -> bool:
    return hashlib.sha256(component.encode()).digest()[0] % _HELD_BACK == 0
