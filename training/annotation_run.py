"""Annotates many questions with one method, several at a time; what was killed goes on. Knows no method by name."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evaluation.progress import for_each
from evaluation.runs import Run, fingerprint
from generation.port import LanguageModel
from training.annotation import Annotator, Asked, UtilityLabel, annotate

Elsewhere = Callable[[Sequence[Asked]], AsyncIterator[tuple[int, list[UtilityLabel]]]]


async def annotate_all(
    questions: Sequence[Asked], annotator: Annotator, model: LanguageModel, out: Path, there: Elsewhere | None = None
) -> dict[str, Any]:
    """Write one label a line to `out`, and return what was made and at what cost.

    Each question's labels are kept beside `out` as they come, so that a killed run repeats at most those under way;
    `out` itself appears when all is done. `there` gives labels by the place of their question, as they come.
    Raises GenerationError, and what `there` raises.
    """
    kept = Run(out.with_name(f"{out.name}.run"))

    def key_of(asked: Asked) -> str:
        return fingerprint([annotator.method, model.version, asdict(asked)])

    if there:
        missing = [asked for asked in questions if key_of(asked) not in kept]
        async for place, made in there(missing):
            kept.put(key_of(missing[place]), made)

    async def one(asked: Asked) -> list[UtilityLabel]:
        key = key_of(asked)
        if key not in kept:
            kept.put(key, await annotate(annotator, asked, model))
        labels: list[UtilityLabel] = kept.get(key, list[UtilityLabel])
        return labels

    found = await for_each(questions, one, f"annotating ({annotator.method})")
    _write(out, labels := [label for some in found for label in some])
    return {
        "questions": len(questions),
        "judged": sum(bool(some) for some in found),
        "labels": len(labels),
        "useful": sum(label.utility >= 0.5 for label in labels),
        "cost_tokens": sum(label.cost_tokens for label in labels),
        "method": annotator.method,
        "model_version": model.version,
        "out": str(out),
    }


def _write(out: Path, labels: Sequence[UtilityLabel]) -> None:
    """All of it or nothing."""
    beside = out.with_name(f".{out.name}.part")
    beside.write_text("".join(json.dumps(asdict(label), ensure_ascii=False) + "\n" for label in labels))
    beside.replace(out)
