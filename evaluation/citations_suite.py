"""`attune eval citations`: does the verifier tell supported sentences from others, beside two baselines without it.

The verifier reads all of a claim's evidence at once; a baseline's score is that of the best piece. The two classes are
supported and not: partial counts as not. Where a set knows partial support, `three_way` calls partial what scores
between half the threshold and all of it. f1 is the supported class's; auc and best_balanced_accuracy (its threshold
chosen on the measured claims) say what a better threshold could give, and are for comparison only.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app import adapters
from evaluation.choices import verifier_settings
from evaluation.citation_baselines import EncoderSimilarity, LexicalOverlap
from evaluation.claims import Claim, read_claims
from evaluation.datasets import even_sample
from evaluation.progress import progress
from evaluation.reports import Report, combine
from evaluation.runs import Run, fingerprint
from evaluation.statistics import Ratio, paired_difference
from evaluation.workplace import encoder_of, temporary_settings
from retrieval.ports import Verifier

# Scores from which a claim counts as supported. The verifier states a chance, so half. The baselines' have the best
# balanced accuracy on all of attributionbench's visible part (trainable), which flatters them there; it is printed as
# best_threshold by `attune eval citations --data attributionbench/claims.jsonl --verifier none`.
THRESHOLDS = {"verifier": 0.5, "encoder_similarity": 0.832, "lexical_overlap": 0.529}
_AT_ONCE = 32  # claims scored before they are kept

Scores = npt.NDArray[np.float64]


async def evaluate(
    files: Sequence[Path], limit: int | None = None, verifier: str | None = None, run: Path | None = None
) -> Report:
    """Figures of each file, and of each source that it names. Raises EvaluationError."""
    sets = {_name(path, files): even_sample(read_claims(path), limit) for path in files}
    kept = Run(run)
    with temporary_settings(**verifier_settings(verifier or "shipped")) as settings:
        own = await asyncio.to_thread(adapters.make_verifier, settings)
        async with encoder_of(settings) as encoder:
            judges: dict[str, Verifier] = {"verifier": own} if own else {}
            judges |= {"encoder_similarity": EncoderSimilarity(encoder), "lexical_overlap": LexicalOverlap()}
            reports = {name: await measure(name, claims, judges, kept) for name, claims in sets.items()}
    return combine(reports)


async def measure(name: str, claims: Sequence[Claim], judges: Mapping[str, Verifier], run: Run) -> Report:
    """One set's figures with `judges["verifier"]`, if there is one, as the measured and the others as baselines."""
    scores = {}
    for judge, one in judges.items():
        texts = [claim.pieces() if judge != "verifier" else ["\n".join(claim.evidence)] for claim in claims]
        scores[judge] = await score(claims, texts, one, run, f"{name}: {judge}")
    report = compare(claims, scores)
    sources = sorted({claim.source for claim in claims if claim.source})
    if len(sources) > 1:
        report["by_source"] = {source: _of_source(source, claims, scores) for source in sources}
    return report | {"versions": {judge: one.version for judge, one in judges.items()}}


async def score(
    claims: Sequence[Claim], texts: Sequence[Sequence[str]], judge: Verifier, run: Run, description: str
) -> Scores:
    """The chance that each claim is supported by the best of its texts; what `run` knows is not asked again."""
    asked = [
        (fingerprint([judge.version, claim.claim, read]), claim.claim, read)
        for claim, read in zip(claims, texts, strict=True)
    ]
    missing = [one for one in asked if one[0] not in run]
    with progress(description, len(missing)) as advance:
        for start in range(0, len(missing), _AT_ONCE):
            batch = missing[start : start + _AT_ONCE]
            chances = iter(await judge.support([(claim, text) for _, claim, read in batch for text in read]))
            for key, _, read in batch:
                run.put(key, max(next(chances) for _ in read))
                advance()
    return np.array([run.get(key, float) for key, _, _ in asked])


def compare(claims: Sequence[Claim], scores: Mapping[str, Scores]) -> Report:
    """Figures of the verifier at the top, the baselines below it, and by how much it is ahead of each."""
    figures = {judge: _figures(claims, values, THRESHOLDS[judge]) for judge, values in scores.items()}
    balanced = {judge: _balanced(claims, values >= THRESHOLDS[judge]) for judge, values in scores.items()}
    own = figures.pop("verifier", dict.fromkeys(next(iter(figures.values()))))
    ahead = {
        judge: paired_difference(balanced["verifier"], balanced[judge]) for judge in figures if "verifier" in scores
    }
    return own | {"n": len(claims), "baselines": figures, "differences": {"balanced_accuracy": ahead}}


def _of_source(source: str, claims: Sequence[Claim], scores: Mapping[str, Scores]) -> Report:
    chosen = np.array([claim.source == source for claim in claims])
    some = [claim for claim in claims if claim.source == source]
    return compare(some, {judge: values[chosen] for judge, values in scores.items()})


def _figures(claims: Sequence[Claim], scores: Scores, threshold: float) -> Report:
    truth = np.array([claim.supported for claim in claims])
    said = scores >= threshold
    balanced = _balanced(claims, said)
    best, best_cut = max((_balanced(claims, scores >= cut).value or 0.0, float(cut)) for cut in _cuts(scores))
    report: Report = {
        "f1": _f1(truth, said),
        "macro_f1": (_f1(truth, said) + _f1(~truth, ~said)) / 2,
        "balanced_accuracy": balanced.value,
        "intervals": {"balanced_accuracy": balanced.interval()},
        "auc": _auc(scores[truth], scores[~truth]),
        "best_balanced_accuracy": best,
        "best_threshold": best_cut,
        "threshold": threshold,
    }
    if any(claim.label == "partial" for claim in claims):
        report["three_way"] = _three_way(claims, scores, threshold)
    return report


def _three_way(claims: Sequence[Claim], scores: Scores, threshold: float) -> Report:
    """Recall of each of the three classes, and the mean of the three."""
    said = np.where(scores >= threshold, "supported", np.where(scores >= threshold / 2, "partial", "unsupported"))
    truth = np.array([claim.label for claim in claims])
    recalls = {label: float((said[truth == label] == label).mean()) for label in sorted(set(truth.tolist()))}
    return {"recall": recalls, "balanced_accuracy": sum(recalls.values()) / len(recalls)}


def _balanced(claims: Sequence[Claim], said: npt.NDArray[np.bool_]) -> Ratio:
    """Mean of the two classes' recalls, as a weighted mean of right answers; with one class alone, its recall."""
    truth = [claim.supported for claim in claims]
    sizes = {True: sum(truth), False: len(truth) - sum(truth)}
    weights = [1 / sizes[one] for one in truth]
    right = [weight * (one == told) for one, told, weight in zip(truth, said.tolist(), weights, strict=True)]
    return Ratio(right, weights)


def _f1(truth: npt.NDArray[np.bool_], said: npt.NDArray[np.bool_]) -> float:
    found = int(truth.sum()) + int(said.sum())
    return 2 * int((truth & said).sum()) / found if found else 0.0


def _auc(above: Scores, below: Scores) -> float | None:
    """The chance that a supported claim scores higher than one that is not; ties count half."""
    if not len(above) or not len(below):
        return None
    ordered = np.sort(below)
    lower, not_higher = np.searchsorted(ordered, above, "left"), np.searchsorted(ordered, above, "right")
    return float((lower + not_higher).mean() / (2 * len(below)))


def _cuts(scores: Scores) -> Scores:
    return np.quantile(scores, np.linspace(0, 1, 201))


def _name(path: Path, files: Sequence[Path]) -> str:
    # Files of different sets are all called claims.jsonl.
    folders = [one.parent.name for one in files]
    return path.parent.name if folders.count(path.parent.name) == 1 else f"{path.parent.name}/{path.stem}"
