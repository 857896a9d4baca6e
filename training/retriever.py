"""The recipe of the query adapter: documents or labels, vectors once, a fit in two stages, figures, manifest.

Knows no command line. What it writes depends on what it reads and on the seed, and on no clock but `minutes`.
"""

import asyncio
import hashlib
import json
import math
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from app.versions import file_hash
from retrieval.ports import Encoder, Loader, Vectors
from retrieval.query_adapter import WEIGHTS, name_query_adapter, write_query_adapter
from training.annotation_sources import whose
from training.fit import FitOptions, FitReport
from training.licences import check
from training.manifest import Manifest, commit
from training.recipe import Recipe
from training.retriever_corpus import encode_passages, encode_questions
from training.retriever_fit import Batches, How, Lesson, Pool, Residual, fit_residual
from training.retriever_lessons import Gathered, Sources, Stage, gather
from training.retriever_losses import LOSSES
from training.retriever_scale import scale_of

_NOTES = (
    "before and after: how well sentences of the documents, set aside from the fit, find the passages they stand in; "
    "`attune eval retrieval` measures people's questions",
)
_BATCH = 256
# How often a question is seen, on average. What documents ask of themselves covers them; people ask of a few documents,
# and beyond six rounds the others are found less well (docs/decisions/016).
_ROUNDS: dict[Stage, float] = {"made": 13.0, "judged": 6.0}


@dataclass(frozen=True)
class Options:
    """What a person may choose of the recipe. `negatives`: near ones of each question; None: its whole corpus."""

    minutes: float = 60.0
    steps: int | None = None  # of each stage; None: as many as its lessons need
    seed: int = 0
    rank: int = 128
    learning_rate: float = 1e-3
    loss: str = "disj-info-nce"
    negatives: int | None = None
    experiment: bool = False


@dataclass(frozen=True)
class Read:
    """Everything as vectors."""

    pools: list[Pool]
    lessons: dict[Stage, list[Lesson]]

    @cached_property
    def digest(self) -> str:
        """Of what is learned from: a fit that was begun with other documents, or other words of people, is another."""
        found = hashlib.sha256()
        for pool in self.pools:
            found.update(pool.vectors.tobytes())
        for stage, lessons in sorted(self.lessons.items()):
            for one in lessons:
                found.update(f"{stage} {one.pool} {one.worth} {one.share}".encode() + one.vector.tobytes())
        return found.hexdigest()[:12]


@dataclass(frozen=True)
class Parts:
    """What the recipe works with. `run` ends a coroutine, each in the same loop: a loader's workers belong to one."""

    encoder: Encoder
    loader: Loader
    run: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run


def train(sources: Sources, out: Path, options: Options, parts: Parts, command: str) -> dict[str, Any]:
    """Write the adapter and its manifest to `out`, and return the figures before and after.

    Interrupted, it goes on where it was. Raises LicenceError, DataError, RecipeError and FitError.
    """
    check(list(sources.data), experiment=options.experiment)
    encoder = parts.encoder
    settings = {key: value for key, value in asdict(options).items() if key != "minutes"}
    recipe = Recipe(out / "run", 5, settings | {"sources": _named(sources), "encoder": encoder.version})
    gathered: Gathered = recipe.resumable(
        "read the sources", lambda: parts.run(gather(sources, encoder, parts.loader, options.seed))
    )
    texts = sum(map(len, gathered.pools))
    title = f"encode {texts} passages and {len(gathered.lessons)} questions, once"
    read: Read = recipe.resumable(title, lambda: parts.run(_read(gathered, encoder, recipe.folder)))
    residual = Residual(encoder.dimension)
    done = recipe.resumable("fit", lambda: _fit(residual, read, options, recipe.folder))
    a, b = residual.cut(options.rank)
    found = recipe.resumable("measure on the lessons", lambda: _measure(read, a, b))
    lessons = read.lessons.get("judged") or read.lessons.get("made", [])  # the likest to what will be asked
    scale = scale_of(lessons, read.pools, a, b)
    recipe.resumable("write weights and manifest", lambda: write_query_adapter(out, a, b, scale))
    manifest = Manifest(
        kind="retriever",
        base_model=encoder.version,
        data=tuple(gathered.used),
        settings=settings | {"steps": {stage: report.steps for stage, report in done.items()}} | whose(sources.log),
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / WEIGHTS),
        before=found["before"],
        after=found["after"],
        command=command,
        notes=(*_NOTES, *gathered.notes),
    )
    manifest.write(out)
    name_query_adapter(out, manifest.version, encoder.version)
    took = {"passages": texts, "fit_seconds": sum(report.seconds for report in done.values())}
    return {"version": manifest.version, **found, **took, "notes": list(manifest.notes), "out": str(out)}


def _named(sources: Sources) -> dict[str, Any]:
    named: dict[str, Any] = json.loads(json.dumps(asdict(sources), default=str))
    return named


async def _read(gathered: Gathered, encoder: Encoder, folder: Path) -> Read:
    """Vectors of all texts; the same question of several lessons is encoded once."""
    pools = [Pool(await encode_passages(texts, encoder, folder / "vectors")) for texts in gathered.pools]
    asked = list(dict.fromkeys(one.text for one in gathered.lessons))
    vectors = await encode_questions(asked, encoder, folder / "vectors")
    of_text = dict(zip(asked, vectors, strict=True))
    lessons: dict[Stage, list[Lesson]] = {}
    for one in gathered.lessons:
        lessons.setdefault(one.stage, []).append(Lesson(of_text[one.text], one.pool, one.worth, one.share))
    return Read(pools, lessons)


def _fit(residual: Residual, read: Read, options: Options, folder: Path) -> dict[Stage, FitReport]:
    """The curriculum: what programs and models say first, then what people say (arXiv 2504.05220, section 4.5)."""
    curriculum: tuple[Stage, ...] = ("made", "judged")
    reports: dict[Stage, FitReport] = {}
    for stage in curriculum:
        if not (lessons := read.lessons.get(stage, [])):
            continue
        left = options.minutes - sum(report.seconds for report in reports.values()) / 60
        # Asked by many, a question is taken more often; it is no reason to go on for longer.
        questions = len({one.vector.tobytes() for one in lessons})
        steps = options.steps or math.ceil(_ROUNDS[stage] * questions / _BATCH)
        how = FitOptions(options.learning_rate, minutes=max(left, 1e-3), steps=steps, seed=options.seed)
        batches = Batches(lessons, read.pools, options.seed, _BATCH)
        chosen = How(LOSSES[options.loss], how, options.negatives)
        reports[stage] = fit_residual(residual, batches, chosen, folder / f"{stage}-{read.digest}.pt")
    return reports


def _measure(read: Read, a: Vectors, b: Vectors) -> dict[str, dict[str, float]]:
    """MRR@10 of the sentences that were set aside, or of nothing where documents gave none."""
    aside = read.lessons.get("aside", [])
    if not aside:
        return {"before": {}, "after": {}}
    questions = np.stack([one.vector for one in aside])
    moved = questions + (questions @ a.T) @ b.T
    moved = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return {
        name: {"mrr@10": round(float(np.mean(_reciprocal_ranks(vectors, aside, read.pools))), 4), "n": len(aside)}
        for name, vectors in (("before", questions), ("after", moved))
    }


def _reciprocal_ranks(vectors: Vectors, aside: Sequence[Lesson], pools: Sequence[Pool]) -> list[float]:
    """Of the best passage that helps; passages of its own section count once, and 0 beyond rank 10."""
    found = []
    for vector, lesson in zip(vectors, aside, strict=True):
        cosines = pools[lesson.pool].vectors @ vector
        places = [place for place, _ in lesson.worth]
        best = cosines[places].max()
        cosines[places] = -2.0
        rank = 1 + int((cosines > best).sum())
        found.append(1 / rank if rank <= 10 else 0.0)
    return found
