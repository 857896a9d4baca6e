"""Every SQL statement about comparisons, and what follows from the choices. The owner is part of each but the
operator's, which counts everybody's."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app import feedback_log
from app.cursor import newest_first
from app.models import Feedback, Turn
from app.models import table as bare
from app.models_comparisons import Comparison
from app.problems import Problem
from app.quality_intervals import wilson
from app.schemas_comparisons import Choice, ComparedPair
from app.telling import said

COMPARED = "compared"  # the kind of event that holds a choice; it lies on the first answer
_TURNS, _COMPARISONS = bare(Turn), bare(Comparison)
_OTHER = _TURNS.alias("other")


async def find(session: AsyncSession, person_id: str, comparison_id: str) -> Comparison | None:
    """The comparison, if it is this person's."""
    query = select(Comparison).where(Comparison.id == comparison_id, Comparison.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def page(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None
) -> Sequence[Comparison]:
    """Newest first; `before` is the (created_at, id) of the last one already seen."""
    query = select(Comparison).where(Comparison.person_id == person_id)
    return (await session.exec(newest_first(query, Comparison.created_at, Comparison.id, limit, before))).all()


async def note(session: AsyncSession, row: Comparison, turn: Turn) -> None:
    """Make this turn the first answer of a new comparison, or the second of one that has a first. Raises Problem 409
    where there is a second already."""
    if not row.turn_id:
        row.turn_id = turn.id
        session.add(row)
        return
    mine = (
        col(Comparison.id) == row.id,
        col(Comparison.person_id) == row.person_id,
        col(Comparison.other_id).is_(None),
    )
    if not (await session.exec(update(Comparison).where(*mine).values(other_id=turn.id))).rowcount:
        raise Problem(409, "the second answer was asked for before: it is part of the conversation")


def choice_of(events: Sequence[Feedback]) -> Choice | None:
    """The last word on a comparison; `events` are those of its first answer, oldest first."""
    chosen = [event.value["choice"] for event in events if event.kind == COMPARED]
    return cast(Choice, chosen[-1]) if chosen else None


async def pairs(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """The better and the worse answer of each comparison that begins in one of these turns, in TRL's conversational
    form. Where the two were not asked with the same prompt there is no pair: the worse one may have read worse."""
    firsts = {turn.id: turn for turn in found}
    query = select(Comparison, Turn).join(Turn, col(Turn.id) == Comparison.other_id)
    query = query.where(col(Comparison.turn_id).in_(firsts), Comparison.person_id == person_id)
    rows = (await session.exec(query)).all()
    events = await feedback_log.of_turns(session, person_id, [row.turn_id for row, _ in rows])
    made = []
    for row, other in rows:
        first, said_of_it = firsts[row.turn_id], events.get(row.turn_id, [])
        choice = choice_of(said_of_it)
        better, worse = (first, other) if choice == "a" else (other, first)
        if choice in {"a", "b"} and _is_pair(better, worse):
            event = next(event for event in reversed(said_of_it) if event.kind == COMPARED)
            made.append(_pair(row, better, worse, event))
    return made


def _is_pair(better: Turn, worse: Turn) -> bool:
    whole = all(turn.state == "complete" and turn.draft and not turn.abstained for turn in (better, worse))
    return whole and bool(better.prompt) and better.prompt == worse.prompt and better.answer != worse.answer


def _pair(row: Comparison, better: Turn, worse: Turn, event: Feedback) -> dict[str, Any]:
    return {
        "prompt": better.prompt,
        "chosen": [{"role": "assistant", "content": said(better.answer)}],
        "rejected": [{"role": "assistant", "content": said(worse.answer)}],
        "turn_id": row.turn_id,  # of the first one, whichever was better: it keeps both on one side of a split
        "chosen_turn_id": better.id,
        "rejected_turn_id": worse.id,
        "comparison_id": row.id,
        "feedback_id": event.id,
        "person_id": row.person_id,
        "facts_changed": False,
        "versions": better.versions,
        "rejected_versions": worse.versions,
        "created_at": event.created_at.isoformat(),
    }


# --- for the operator
def is_second() -> ColumnElement[bool]:
    """Whether a row of turns is the second answer of a comparison."""
    return exists().where(_COMPARISONS.c.other_id == _TURNS.c.id).correlate(_TURNS)


def was_not_kept() -> ColumnElement[bool]:
    """Whether a row of turns is the answer of a comparison that its conversation did not go on from: until somebody
    prefers the second one, that is the second one. One question was asked, and one answer to it counts."""
    goes_on = exists().where(_COMPARISONS.c.turn_id == _TURNS.c.id, _OTHER.c.id == _COMPARISONS.c.other_id)
    return (is_second() & ~_TURNS.c.shown) | goes_on.where(_OTHER.c.shown).correlate(_TURNS)


async def table(session: AsyncSession) -> list[ComparedPair]:
    """What people chose between each two versions, the pair of the newest comparison first; of everybody."""
    said_of = (col(Feedback.turn_id) == Comparison.turn_id) & (col(Feedback.kind) == COMPARED)
    query = select(Comparison, Feedback.value).join(Feedback, said_of, isouter=True)
    query = query.order_by(col(Comparison.created_at).desc(), col(Feedback.created_at), col(Feedback.id))
    last: dict[str, tuple[Comparison, Choice | None]] = {}
    for row, value in (await session.exec(query)).all():
        last[row.id] = (row, value["choice"] if value else None)
    groups: dict[tuple[str, str, str], list[tuple[Comparison, Choice | None]]] = {}
    for row, choice in last.values():
        groups.setdefault((row.kind, row.champion, row.challenger), []).append((row, choice))
    return [_counted(*names, rows) for names, rows in groups.items()]


def _counted(
    kind: str, champion: str, challenger: str, rows: Sequence[tuple[Comparison, Choice | None]]
) -> ComparedPair:
    chosen = [(row, choice) for row, choice in rows if choice is not None]
    decided = [(row, choice == "a") for row, choice in chosen if choice != "tie"]
    wins = sum(row.challenger_first == is_first for row, is_first in decided)
    losses, ties = len(decided) - wins, len(chosen) - len(decided)
    return ComparedPair(
        kind=kind,
        champion=champion,
        challenger=challenger,
        offered=len(rows),
        n=len(chosen),
        people=len({row.person_id for row, _ in chosen}),
        wins=wins,
        losses=losses,
        ties=ties,
        first_chosen=sum(is_first for _, is_first in decided),
        share=(wins + ties / 2) / len(chosen) if chosen else None,
        interval=wilson(wins, len(decided)) if decided else None,
        p_value=sign_test(wins, losses) if decided else None,
    )


def sign_test(wins: int, losses: int) -> float:
    """The chance of a split at least as uneven if either were as likely: exact, two-sided."""
    n, fewer = wins + losses, min(wins, losses)
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n)
