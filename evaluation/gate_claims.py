"""Two citation checks on the same claims: what each says, and how long it takes. Judges and opens nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.citations_suite import THRESHOLDS
from evaluation.claims import Claim
from evaluation.gate import Judgement, Pair, judge, latency_guard
from evaluation.progress import progress
from evaluation.reports import Report
from retrieval.ports import Verifier

METRIC = "balanced accuracy"


@dataclass(frozen=True)
class Compared:
    """One set of claims with what both said of each, and the milliseconds that took."""

    name: str
    claims: Sequence[Claim]
    chances: Sequence[tuple[float, float]]
    milliseconds: Sequence[tuple[float, float]]


async def compare(name: str, claims: Sequence[Claim], sides: tuple[Verifier, Verifier]) -> Compared:
    """Ask both about every claim, in turns; `sides`: champion, challenger."""
    chances, milliseconds = [], []
    with progress(f"{name}: champion and challenger", len(claims)) as advance:
        for number, claim in enumerate(claims):
            order = (0, 1) if number % 2 else (1, 0)
            told = {side: await _ask(sides[side], claim) for side in order}
            chances.append((told[0][0], told[1][0]))
            milliseconds.append((told[0][1], told[1][1]))
            advance()
    return Compared(name, claims, chances, milliseconds)


async def _ask(judge: Verifier, claim: Claim) -> tuple[float, float]:
    started = time.perf_counter()
    (chance,) = await judge.support([(claim.claim, "\n".join(claim.evidence))])
    return chance, 1e3 * (time.perf_counter() - started)


def judged(compared: Sequence[Compared]) -> Judgement:
    """The verdict over all sets; each class weighs the same over all claims together."""
    claims = [
        (each.name, claim, chance) for each in compared for claim, chance in zip(each.claims, each.chances, strict=True)
    ]
    supported = sum(claim.supported for _, claim, _ in claims)
    weights = {True: 1 / max(1, supported), False: 1 / max(1, len(claims) - supported)}
    pairs = [
        Pair(_right(claim, champion), _right(claim, challenger), weights[claim.supported], _group(name, claim))
        for name, claim, (champion, challenger) in claims
    ]
    times = [[one[side] for each in compared for one in each.milliseconds] for side in (0, 1)]
    return judge(METRIC, pairs, [latency_guard(times[0], times[1], "ms a claim")])


def of_set(compared: Compared) -> Report:
    """One set's figures, without a verdict: shares of claims that were told rightly."""
    count = len(compared.claims)
    right = [
        sum(_right(c, both[side]) for c, both in zip(compared.claims, compared.chances, strict=True)) for side in (0, 1)
    ]
    return {"champion": right[0] / count, "challenger": right[1] / count, "n": count}


def _right(claim: Claim, chance: float) -> float:
    return float(claim.supported == (chance >= THRESHOLDS["verifier"]))


def _group(name: str, claim: Claim) -> str | None:
    return f"{name}/{claim.source}" if claim.source else None
