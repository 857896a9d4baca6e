"""Figures of an environment's run: costs, regret, accuracy of the preferences, tokens. Knows no learner.

Regret is (cost - oracle) / (none - oracle), null where the oracle saves nothing. Accuracy: the share of rounds in
which the instruction in use lies nearest, by cosine, to the description of the context's own source.
"""

import re
from collections.abc import Mapping, Sequence
from statistics import fmean

from evaluation.prelude_contexts import Task
from evaluation.prelude_environment import Round
from evaluation.prelude_styles import Styles
from evaluation.reports import Report
from personalization.ports import ContextEncoder

STRETCH = 20  # rounds that a figure or a point of the plot covers
PAPER_REDUCTION = {"summary": 0.31, "email": 0.73}  # CIPHER with GPT-4 against none (PRELUDE, table 2)

Curves = Mapping[Task, Mapping[str, Sequence[float]]]  # task -> learner -> cost of each stretch


async def figures(rounds: Sequence[Round], styles: Styles, encoder: ContextEncoder) -> Report:
    """{"tasks": {task: {learner: figures}}}, each the mean over seeds."""
    right = await _right(rounds, styles, encoder)
    tasks: dict[str, Report] = {}
    for task in dict.fromkeys(one.task for one in rounds):
        learners = dict.fromkeys(one.learner for one in rounds if one.task == task)
        tasks[task] = {name: _figures(_of(rounds, task, name), right) for name in learners}
        _compare(tasks[task])
    return {"tasks": tasks, "paper_reduction": PAPER_REDUCTION}


def curves(rounds: Sequence[Round]) -> Curves:
    """Mean cost over seeds of each stretch of 20 rounds; a last shorter one counts for what it is."""
    found: dict[Task, dict[str, list[float]]] = {}
    seeds = len({one.seed for one in rounds})
    last = max(one.number for one in rounds)
    for one in rounds:
        points = found.setdefault(one.task, {}).setdefault(one.learner, [0.0] * (last // STRETCH + 1))
        points[one.number // STRETCH] += one.cost / seeds
    return found


def _figures(rounds: Sequence[Round], right: Mapping[tuple[Task, str, str], bool]) -> Report:
    seeds = len({one.seed for one in rounds})
    length = len(rounds) // seeds
    described = any(one.instruction for one in rounds)
    judged = [right.get((one.task, one.source, one.instruction or ""), False) for one in rounds]
    return {
        "cumulative_cost": sum(one.cost for one in rounds) / seeds,
        "cost_first_20": sum(one.cost for one in rounds if one.number < STRETCH) / seeds,
        "cost_last_20": sum(one.cost for one in rounds if one.number >= length - STRETCH) / seeds,
        "cost_normalised": fmean(one.cost_normalised for one in rounds),
        "accepted": fmean(one.draft == one.edited for one in rounds),
        "words": fmean(len(one.draft.split()) for one in rounds),
        "on_topic": fmean(_on_topic(one) for one in rounds),
        "accuracy": fmean(judged) if described else None,
        "tokens": sum(one.tokens for one in rounds) / seeds,
    }


def _on_topic(one: Round) -> float:
    """Share of the draft's longer words that its context has: costs could also be lowered by saying something else."""
    said, known = (set(re.findall(r"\w{4,}", text.casefold())) for text in (one.draft, one.context))
    return len(said & known) / len(said) if said else 0.0


def _compare(learners: dict[str, Report]) -> None:
    none, oracle = (learners.get(name, {}).get("cumulative_cost") for name in ("none", "oracle"))
    for report in learners.values():
        cost = report["cumulative_cost"]
        room = none - oracle if none is not None and oracle is not None else 0
        report["regret"] = (cost - oracle) / room if room > 0 else None
        report["reduction"] = 1 - cost / none if none else None


async def _right(rounds: Sequence[Round], styles: Styles, encoder: ContextEncoder) -> dict[tuple[Task, str, str], bool]:
    """Whether an instruction is that of a source rather than of another one of the task, all encoded in one batch."""
    said = {(one.task, one.source, one.instruction) for one in rounds if one.instruction}
    texts = sorted(
        {instruction for _, _, instruction in said if instruction}
        | {style.description for sources in styles.values() for style in sources.values()}
    )
    place = {text: at for at, text in enumerate(texts)}
    vectors = await encoder.encode_passages(texts)
    found = {}
    for task, source, instruction in said:
        assert instruction is not None, "only rounds with an instruction were taken"
        close = {
            name: float(vectors[place[style.description]] @ vectors[place[instruction]])
            for name, style in styles[task].items()
        }
        found[task, source, instruction] = max(close, key=close.__getitem__) == source
    return found


def _of(rounds: Sequence[Round], task: Task, learner: str) -> list[Round]:
    return [one for one in rounds if one.task == task and one.learner == learner]
