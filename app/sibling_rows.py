"""Pairs of answers to one question: one that its person disliked and had written again, and the one they kept.

A regeneration alone says little: the pair counts only where the person complained of the first answer and not of the
one they kept, and where a checklist finds nothing against that one (docs/decisions/022)."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from agents.citations import cited
from app import consent, feedback_log, turns
from app.feedback import NEXT_MESSAGE, state_of
from app.models import Exposure, Feedback, Turn
from app.models_comparisons import Comparison
from app.siblings import first_of
from app.telling import said

SURE = 0.9  # of a next message's chance to be dissatisfied: on people's own talks the head is too sure (017)
ALIKE = 0.9  # shared words, in order, of two answers from which on one is a near copy of the other

Events = Mapping[str, Sequence[Feedback]]


async def pairs(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """The kept and the disliked answer to each question whose kept answer is one of these turns, in TRL's
    conversational form, as an edit's are. Like there, nothing is made of a prompt that was erased, or quotes what the
    person may no longer read."""
    kept = [turn for turn in found if turn.regenerates and turn.shown and turn.prompt]
    if not kept:
        return []
    together = await _siblings(session, person_id, kept)
    ids = [turn.id for turn in (*kept, *together)]
    events = await feedback_log.of_turns(session, person_id, ids)
    shown = await turns.list_exposures(session, person_id, ids)
    closed = {turn for turn, _ in await consent.out_of_reach(session, person_id, ids)}
    return [
        _pair(turn, other, events)
        for turn in kept
        for other in together
        if first_of(turn) == first_of(other) and not {turn.id, other.id} & closed
        if is_disliked(events.get(other.id, ())) and not is_disliked(events.get(turn.id, ()))
        if prefers(turn, other, shown.get(turn.id, ()))
    ]


async def _siblings(session: AsyncSession, person_id: str, kept: Sequence[Turn]) -> Sequence[Turn]:
    """The answers beside these that had their person write again; a comparison is a choice of its own."""
    firsts = [first_of(turn) for turn in kept]
    beside = or_(col(Turn.id).in_(firsts), col(Turn.regenerates).in_(firsts))
    again = select(Feedback.turn_id).where(Feedback.kind == "regenerated", Feedback.person_id == person_id)
    compared = select(Comparison.id).where(or_(Comparison.turn_id == Turn.id, Comparison.other_id == Turn.id)).exists()
    query = select(Turn).where(Turn.person_id == person_id, beside, col(Turn.shown).is_(False))
    return (await session.exec(query.where(col(Turn.id).in_(again), ~compared))).all()


def is_disliked(events: Sequence[Feedback]) -> bool:
    """Whether the last word on an answer is a vote against it, or, without a vote, a dissatisfied next message."""
    if not events:
        return False
    if vote := state_of(events[0].turn_id, events).vote:
        return vote == "down"
    read = [event.value for event in events if event.kind == NEXT_MESSAGE]
    return any(value.get("dissatisfied", 0.0) >= SURE for value in read)


def prefers(kept: Turn, other: Turn, shown: Sequence[Exposure]) -> bool:
    """The checklist: both are the model's own and whole answers to the same prompt, the kept one cites where the other
    does and nothing that it did not read, and it is no near copy. `shown` are the passages of the kept one."""
    if not all(turn.state == "complete" and turn.draft and not turn.abstained for turn in (kept, other)):
        return False
    chosen, rejected = chosen_text(kept), said(other.answer)
    standing = {exposure.marker for exposure in shown if exposure.cited}
    return (
        kept.prompt == other.prompt
        and set(cited(chosen)) <= standing
        and bool(cited(chosen)) >= bool(cited(rejected))
        and SequenceMatcher(None, chosen.split(), rejected.split(), autojunk=False).ratio() < ALIKE
    )


def chosen_text(turn: Turn) -> str:
    """The kept answer as its person left it."""
    return turn.edited_answer if turn.edited_answer is not None else said(turn.answer)


def _pair(kept: Turn, other: Turn, events: Events) -> dict[str, Any]:
    return {
        "prompt": kept.prompt,
        "chosen": [{"role": "assistant", "content": chosen_text(kept)}],
        "rejected": [{"role": "assistant", "content": said(other.answer)}],
        "turn_id": first_of(kept),  # of all answers to the question: it keeps them on one side of a split
        "chosen_turn_id": kept.id,
        "rejected_turn_id": other.id,
        "feedback_id": next(event.id for event in events[other.id] if event.kind == "regenerated"),
        "person_id": kept.person_id,
        "facts_changed": False,
        "versions": kept.versions,
        "rejected_versions": other.versions,
        "created_at": kept.created_at.isoformat(),
    }
