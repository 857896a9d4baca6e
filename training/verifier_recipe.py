"""The recipe of the citation check: cases, fit, figures, manifest. Knows no command line."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from app.versions import file_hash
from retrieval.verifier_evidence import signs
from retrieval.verifier_files import BASE, WEIGHTS, base_folder, read_verifier, write_verifier
from retrieval.verifier_model import SupportModel
from training.fit import FitOptions, FitReport, fit
from training.licences import check, licence
from training.manifest import DataUsed, Manifest, commit, folder_hash
from training.recipe import Recipe
from training.verifier import ALPHA, Batches, Student, loss
from training.verifier_cases import Case
from training.verifier_reading import fit_reading
from training.verifier_sets import is_set_aside, read_cases

_MEASURED = 80  # cases set aside that the figures are of
_READING = 300  # others, that the last sum is fitted on
_AT_ONCE = 32

CaseSets = dict[str, list[Case]]


@dataclass(frozen=True)
class Options:
    """What a person may choose of the recipe."""

    minutes: float = 600.0
    steps: int = 130
    seed: int = 0
    rank: int = 8
    learning_rate: float = 8e-4
    device: str = "cpu"
    experiment: bool = False


def train(folders: Sequence[Path], out: Path, options: Options, command: str) -> dict[str, Any]:
    """Write weights, configuration and manifest to `out`, and return the figures before and after.

    Interrupted, it goes on where it was. Raises LicenceError, DataError, RecipeError and FitError.
    """
    check(list(folders), experiment=options.experiment)
    # The clock and the device may change between two runs; what is learned may not.
    settings = {key: value for key, value in asdict(options).items() if key not in {"minutes", "steps", "device"}}
    recipe = Recipe(out / "run", 6, settings | {"data": [str(folder) for folder in folders]})
    sets = recipe.resumable("make claims from the data", lambda: read_cases(folders, options.seed))
    fitted = [case for cases in sets.values() for case in cases if not is_set_aside(case)]
    aside = [case for cases in sets.values() for case in cases if is_set_aside(case)]
    random.Random(options.seed).shuffle(aside)
    aside, reading = aside[:_MEASURED], aside[_MEASURED:][:_READING]
    torch.manual_seed(options.seed)
    student = Student(SupportModel(base_folder(), options.device), options.rank)
    before = recipe.step("measure before, on texts set aside", lambda: _before(student.model, aside))
    done = recipe.resumable(f"fit on {len(fitted)} texts", lambda: _fit(recipe, student, fitted, options))
    read = recipe.resumable("fit the last sum on texts set aside", lambda: fit_reading(student.model, reading))
    recipe.resumable("write weights", lambda: write_verifier(out, student.parameters(), ALPHA / options.rank))
    after = recipe.step(
        f"measure after {done.steps} steps", lambda: figures(aside, _supports(read_verifier(out)[0], aside))
    )
    Manifest(
        kind="verifier",
        base_model=BASE,
        data=_used(folders, sets),
        settings=asdict(options)
        | {"fit": {"steps": done.steps, "seconds": done.seconds, "losses": done.losses}, "read": read},
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / WEIGHTS),
        before=before,
        after=after,
        command=command,
    ).write(out)
    return {"before": before, "after": after}


def figures(cases: Sequence[Case], supports: Sequence[float]) -> dict[str, Any]:
    """Balanced accuracy at one half, area under the curve, and the share of right answers of each kind of claim."""
    claims = [claim for case in cases for claim in case.claims]
    truth, said = np.array([claim.supported for claim in claims]), np.array(supports) >= 0.5
    kinds = np.array([claim.made for claim in claims])
    return {
        "balanced_accuracy": float((said[truth].mean() + (~said[~truth]).mean()) / 2),
        "auc": _auc(truth, np.array(supports)),
        "claims": len(claims),
        "right_by_kind": {str(kind): float((said == truth)[kinds == kind].mean()) for kind in sorted(set(kinds))},
    }


def _before(model: SupportModel, cases: Sequence[Case]) -> dict[str, Any]:
    words = [signs(claim.text, case.evidence)[0] for case in cases for claim in case.claims]
    best = max((figures(cases, [word + 0.5 - cut for word in words]) for cut in sorted(set(words))), key=_balanced)
    return {"untrained": figures(cases, _supports(model, cases)), "words at their best threshold": best}


def _balanced(found: dict[str, Any]) -> float:
    return float(found["balanced_accuracy"])


def _supports(model: SupportModel, cases: Sequence[Case]) -> list[float]:
    pairs = [(claim.text, case.evidence) for case in cases for claim in case.claims]
    return [one for start in range(0, len(pairs), _AT_ONCE) for one in model.support(pairs[start : start + _AT_ONCE])]


def _fit(recipe: Recipe, student: Student, cases: Sequence[Case], options: Options) -> FitReport:
    batches = Batches(cases, student.model, options.seed)
    how = FitOptions(
        options.learning_rate, minutes=options.minutes, steps=options.steps, seed=options.seed, save_every=20
    )
    return fit(
        student.parameters(), batches, lambda batch: loss(student.model, batch), how, recipe.folder / "checkpoint.pt"
    )


def _used(folders: Sequence[Path], sets: CaseSets) -> tuple[DataUsed, ...]:
    counts = {name: sum(len(case.claims) for case in cases if not is_set_aside(case)) for name, cases in sets.items()}
    return tuple(DataUsed(one.name, folder_hash(one), licence(one), counts[one.name]) for one in folders)


def _auc(truth: np.ndarray[Any, Any], scores: np.ndarray[Any, Any]) -> float:
    above, below = scores[truth], np.sort(scores[~truth])
    ranks = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
    return float(ranks.mean() / (2 * len(below)))
