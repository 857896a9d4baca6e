"""`attune eval personalization --real-edits`: does what was learned of a writer foretell what they really wrote?

Gain: mean drop in nats per token of the writer's real text, given the draft and the learned guidance, against other
writers' guidance (shuffled) and against none. `distance` is the same for what learners do to texts themselves: the drop
in normalised edit cost from the draft, rendered, to the real text. Nothing is generated but by learners.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.datasets import even_sample
from evaluation.errors import EvaluationError
from evaluation.prelude_environment import RememberingEncoder
from evaluation.prelude_learners import LEARNERS, Materials
from evaluation.prelude_real_edits import Trial, read_edits, targets, trials
from evaluation.prelude_suite import journalled
from evaluation.progress import for_each
from evaluation.reports import Report
from evaluation.statistics import PERMUTATIONS
from evaluation.workplace import encoder_of, model_of, temporary_settings
from generation.port import ContextOverflowError, LanguageModel, Message
from personalization.edit_cost import edit_cost
from personalization.ports import Guidance

DEFAULT = "cipher-5"  # of the learners that put a description into words


@dataclass(frozen=True)
class Scored:
    """Nats per token of one text under no guidance and under each candidate writer's."""

    user: str
    stratum: tuple[str, str, str]
    none: float
    given: Mapping[str, float]

    @property
    def over_none(self) -> float:
        return self.given[self.user] - self.none

    @property
    def over_shuffled(self) -> float:
        others = [value for user, value in self.given.items() if user != self.user]
        return self.given[self.user] - sum(others) / len(others)


async def evaluate(folder: Path, learner: str = "all", limit: int | None = None, run: Path | None = None) -> Report:
    """Figures over (a sample of) the edits of a folder; `run` keeps what the model answered. Raises EvaluationError."""
    name = DEFAULT if learner == "all" else learner
    if name not in LEARNERS or name == "oracle":
        raise EvaluationError(f"--learner {name!r} cannot learn from real edits: use one of {', '.join(LEARNERS)}")
    edits = read_edits(folder)
    wanted = even_sample(targets(edits), limit)
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder, model_of(settings) as model:
            kept = run or settings.cache / "evaluation" / "real-edits"
            async with journalled(model, kept) as journal:
                remembering = RememberingEncoder(encoder)
                found = await trials(edits, wanted, lambda: LEARNERS[name](Materials(journal, remembering, {})))
                scored = await score(found, journal)
            told = {"distance": figures(distances(found))}
            return (
                figures(scored)
                | told
                | {"learner": name, "generator": model.version, "too_long": len(found) - len(scored)}
            )


async def score(found: Sequence[Trial], model: LanguageModel) -> list[Scored]:
    """Every text under every candidate's guidance; texts that do not fit the model are left out."""

    async def one(trial: Trial) -> Scored | None:
        guidances = [Guidance(), *trial.guidances.values()]
        try:
            none, *given = await asyncio.gather(*(_nats(model, trial, guidance) for guidance in guidances))
        except ContextOverflowError:
            return None
        return Scored(trial.edit.user, trial.edit.stratum, none, dict(zip(trial.guidances, given, strict=True)))

    return [one for one in await for_each(found, one, "texts") if one is not None]


def distances(found: Sequence[Trial]) -> list[Scored]:
    """How near each text comes: minus the normalised cost that is left, with no rendering and with each writer's."""

    def near(trial: Trial, guidance: Guidance) -> float:
        done = guidance.render(trial.edit.shown) if guidance.render else trial.edit.shown
        return -edit_cost(done, trial.edit.wanted).normalised

    return [
        Scored(
            trial.edit.user,
            trial.edit.stratum,
            near(trial, Guidance()),
            {user: near(trial, guidance) for user, guidance in trial.guidances.items()},
        )
        for trial in found
    ]


def figures(scored: Sequence[Scored], seed: int = 0) -> Report:
    """Gains, p of the gain over shuffled writers, and how often a text's own writer is told from the others."""
    if not scored:
        raise EvaluationError("no edit can be foretold: every writer needs at least two edits that leave a text")
    chance = [1 / len(one.given) for one in scored]
    hits = [_share_of_best(one) for one in scored]
    return {
        "gain_over_shuffled": float(np.mean([one.over_shuffled for one in scored])),
        "gain_over_none": float(np.mean([one.over_none for one in scored])),
        "p_value": p_value(scored, seed),
        "n": len(scored),
        "writers": len({one.user for one in scored}),
        "identified": float(np.mean(hits)),
        "chance": float(np.mean(chance)),
    }


def p_value(scored: Sequence[Scored], seed: int = 0) -> float:
    """One-sided: 10,000 times the writers' guidances are dealt out anew within each draft, and the mean is compared.

    A draft with one text deals one of its candidates' guidances at random."""
    drawn = np.random.default_rng(seed)
    strata: dict[tuple[str, str, str], list[Scored]] = {}
    for one in scored:
        strata.setdefault(one.stratum, []).append(one)
    observed = sum(one.given[one.user] for one in scored)
    dealt = np.zeros(PERMUTATIONS)
    for rows in strata.values():
        users = sorted({user for row in rows for user in row.given})
        table = np.array([[row.given.get(user, np.nan) for user in users] for row in rows])
        # Candidates differ, or one of them edited the same draft twice: each row deals from its own.
        if np.isnan(table).any() or len(rows) > len(users):
            for row in rows:
                values = np.array(list(row.given.values()))
                dealt += values[drawn.integers(0, len(values), PERMUTATIONS)]
            continue
        order = drawn.permuted(np.tile(np.arange(len(users)), (PERMUTATIONS, 1)), axis=1)[:, : len(rows)]
        dealt += table[np.arange(len(rows)), order].sum(axis=1)
    # The tolerance counts deals that are equal but for rounding.
    return float(((dealt >= observed - 1e-12).sum() + 1) / (PERMUTATIONS + 1))


def _share_of_best(one: Scored) -> float:
    best = max(one.given.values())
    winners = [user for user, value in one.given.items() if value == best]
    return 1 / len(winners) if one.user in winners else 0.0


async def _nats(model: LanguageModel, trial: Trial, guidance: Guidance) -> float:
    shown = [f"Text:\n{one.draft}\n\nRevised by the writer:\n{one.edited}" for one in guidance.examples]
    asked = "Revise this text."
    if guidance.instruction:
        asked = f"Revise this text for a writer who prefers the following style: {guidance.instruction}."
    prompt = "\n\n".join([*shown, f"{asked}\n\nText:\n{trial.edit.shown}"])
    return (await model.score((Message("user", prompt),), trial.edit.wanted)).mean
