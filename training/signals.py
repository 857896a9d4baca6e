"""The recipe of the head of signals: examples, features, cross-fit, fit, manifest. Knows no command line.

What ships is fitted to talks written for this repository. With rated conversations instead it is an experiment, judged
by fits that did not see the conversation; whether its weights may ship is what the sets' licences say.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.versions import file_hash
from evaluation.signals_suite import area
from personalization.ports import ContextEncoder
from personalization.signals import Side, Utterance, side_of
from personalization.signals_head import WEIGHTS, name_head, write_head
from personalization.signals_reader import featured
from retrieval.ports import Encoder
from training import signals_fit
from training.licences import check, licence
from training.manifest import DataUsed, Manifest, commit
from training.recipe import Recipe
from training.signals_examples import TALKS, TALKS_LICENCE, Example, read_dialogues, read_talks
from training.signals_fit import Matrix

SURE = 0.9  # the manifest says how often it is right from this chance on
_AT_ONCE = 256


@dataclass(frozen=True)
class Judged:
    """What fits said that did not see the family: what their logits are to be divided by, and how right they were."""

    temperature: float
    figures: dict[str, Any]


def train(data: Sequence[Path], out: Path, encoder: Encoder, command: str) -> dict[str, Any]:
    """Write weights and manifest to `out`, and return the cross-fitted figures. Raises LicenceError, DataError."""
    folders = [path if path.is_dir() else path.parent for path in data]
    check(folders, experiment=True)
    options = signals_fit.Options()
    settings = asdict(options) | {"data": [str(path) for path in data], "encoder": encoder.version}
    recipe = Recipe(out / "run", 4, settings)
    examples = recipe.resumable("read the examples", lambda: read_dialogues(data) if data else read_talks())
    features = recipe.resumable(f"encode {len(examples)} messages", lambda: asyncio.run(_featured(encoder, examples)))
    kinds = sorted({example.kind for example in examples})
    targets = np.array([kinds.index(example.kind) for example in examples])
    families = [example.family for example in examples]
    logits = recipe.resumable(
        f"fit {signals_fit.FOLDS} times, each without some families",
        lambda: signals_fit.cross_fit(features, targets, families, len(kinds), options),
    )
    follows = np.array([bool(example.utterance.before) for example in examples])  # a first message says nothing
    found = judge(logits[follows], targets[follows], kinds)
    head = recipe.resumable("fit to all", lambda: signals_fit.fit(features, targets, len(kinds), options))
    cooled = head.cooled(found.temperature)
    write_head(out, cooled.weight.astype(np.float32), cooled.bias.astype(np.float32))
    manifest = Manifest(
        kind="signals",
        base_model=encoder.version,
        data=_used(data, folders, examples),
        settings=asdict(options) | {"temperature": found.temperature},
        seed=0,
        commit=commit(),
        weights_sha256=file_hash(out / WEIGHTS),
        before={},
        after=found.figures,
        command=command,
        notes=("figures are of fits that saw nothing of the message's family of talks",),
    )
    name_head(out, manifest.version, encoder.version, kinds)
    manifest.write(out)
    return found.figures


def judge(logits: Matrix, targets: np.ndarray[Any, Any], kinds: Sequence[str]) -> Judged:
    """The temperature, and the figures with it; `logits` are cross-fitted."""
    temperature = signals_fit.temperature(logits, targets)
    chances = signals_fit.sides(logits / temperature, kinds)
    truths: list[Side] = [side_of(kinds[target]) for target in targets]
    likeliest = np.stack([chances[side] for side in signals_fit.SIDES]).argmax(axis=0)
    figures: dict[str, Any] = {"n": len(targets), "right_kind": float((logits.argmax(axis=1) == targets).mean())}
    for side in signals_fit.SIDES[:2]:
        truth, chance = np.array([one == side for one in truths]), chances[side]
        said, sure = likeliest == signals_fit.SIDES.index(side), chance >= SURE
        figures[side] = {
            "auc": area(truth, chance),
            "f1": float(2 * (truth & said).sum() / max(truth.sum() + said.sum(), 1)),
            "calibration_error": signals_fit.calibration(chance, truth),
            "when_sure": {"precision": float(truth[sure].mean()) if sure.any() else None, "n": int(sure.sum())},
        }
    return Judged(temperature, figures)


async def _featured(encoder: ContextEncoder, examples: Sequence[Example]) -> Matrix:
    said: list[Utterance] = [example.utterance for example in examples]
    parts = [await featured(encoder, said[start : start + _AT_ONCE]) for start in range(0, len(said), _AT_ONCE)]
    return np.concatenate(parts).astype(np.float64)


def _used(data: Sequence[Path], folders: Sequence[Path], examples: Sequence[Example]) -> tuple[DataUsed, ...]:
    if not data:
        return (DataUsed(TALKS.name, file_hash(TALKS), TALKS_LICENCE, len(examples)),)
    counts = {path: sum(example.family.startswith(f"{path}/") for example in examples) for path in data}
    return tuple(
        DataUsed(folder.name, file_hash(path / "conversations.jsonl" if path.is_dir() else path), licence(folder), n)
        for folder, (path, n) in zip(folders, counts.items(), strict=True)
    )
