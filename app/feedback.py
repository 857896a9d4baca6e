"""Feedback as it is given and noted, and the state that follows from it. Writes no SQL, and changes nothing else: an
event is read where the same is asked again (app/verdicts.py) and where labels are built."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast, get_args

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from app import feedback_log, marks, turns
from app.db import Database
from app.models import Feedback, Turn, utc_now
from app.problems import Problem, not_found
from app.same_question import is_reasked
from app.schemas_feedback import (
    ExposureFeedbackCreate,
    ExposureSignal,
    FeedbackPublic,
    NextMessage,
    Reason,
    Satisfied,
    TurnFeedback,
    TurnFeedbackCreate,
    Verdict,
    Vote,
)

PER_MINUTE = 120  # of one person: more than anybody clicks, and too few to fill a disk with

NEXT_MESSAGE, SATISFACTION = "next_message", "satisfaction"  # the kinds of events that app/signalling.py logs
WITHDRAWN = "withdrawn"
VOTES = {"up": "up", "down": "down", WITHDRAWN: None}
VERDICTS = {"helped": "helped", "not_relevant": "not_relevant", "wrong": "wrong", WITHDRAWN: None}
OPENED: tuple[str, ...] = get_args(ExposureSignal)
# Whether a source helps, by what was said of it: a verdict, or what an edit says (misread: the source was right).
HELPS = {"helped": True, "source_misread": True, "not_relevant": False, "wrong": False, "source_wrong": False}


@dataclass(frozen=True)
class Given:
    """The event, and whether it is new."""

    event: Feedback
    is_new: bool


async def on_turn(database: Database, person_id: str, turn_id: str, body: TurnFeedbackCreate) -> Given:
    """Log an event on an answer. Raises Problem 404, 409 for a vote or a mark where there is no answer of the model or
    for a key that was used for something else, 422 for a place that is not in the answer, 429."""
    said: dict[str, Any] = {"reasons": list(body.reasons)} if body.reasons else {}
    said |= {"text": body.text} if body.text else {}
    said |= body.span.model_dump() if body.span else {}
    event = Feedback(id=event_id(person_id, body.key), person_id=person_id, turn_id=turn_id, kind=body.kind, value=said)
    async with database.session() as session:
        if known := await feedback_log.find(session, person_id, event.id):  # whatever became of the answer since
            return _again(known, event, body.key)
        turn = await turns.find_turn(session, person_id, turn_id)
        shown = await turns.list_exposures(session, person_id, [turn_id]) if turn and body.span else {}
    if turn is None:
        raise not_found("turn", turn_id)
    if (body.kind in VOTES or body.span) and (turn.state == "running" or not turn.answer):
        raise Problem(409, "there is no answer to judge: wait until it is written, or ask again")
    if body.span:
        event.value = marks.marked(turn, shown.get(turn_id, []), body.kind, body.span)
    return await give(database, event, body.key)


async def on_exposure(database: Database, person_id: str, exposure_id: str, body: ExposureFeedbackCreate) -> Given:
    """Log an event on a source of an answer. Raises Problem 404, 429, and 409 for a key used for another."""
    async with database.session() as session:
        shown = await feedback_log.find_exposure(session, person_id, exposure_id)
    if shown is None:
        raise not_found("exposure", exposure_id)
    event = Feedback(
        id=event_id(person_id, body.key),
        person_id=person_id,
        turn_id=shown.turn_id,
        exposure_id=exposure_id,
        kind=body.kind,
    )
    return await give(database, event, body.key)


async def give(database: Database, event: Feedback, key: str) -> Given:
    """Log an event whose id is `event_id` of its key. Raises Problem 404, 409 and 429."""
    try:
        async with database.session() as session:
            if known := await feedback_log.find(session, event.person_id, event.id):
                return _again(known, event, key)
            minute = utc_now() - timedelta(minutes=1)
            if await feedback_log.count_since(session, event.person_id, minute) >= PER_MINUTE:
                detail = f"more than {PER_MINUTE} events in a minute: wait a moment and send it again with the same key"
                raise Problem(429, detail, headers={"Retry-After": "60"})
            session.add(event)
        return Given(event, is_new=True)
    except IntegrityError:  # the same key at the same moment, or what it is about was deleted at this moment
        async with database.session() as session:
            known = await feedback_log.find(session, event.person_id, event.id)
        if known is None:
            raise not_found("turn", event.turn_id) from None
        return _again(known, event, key)


def _again(known: Feedback, event: Feedback, key: str) -> Given:
    same = ("turn_id", "exposure_id", "kind")
    if any(getattr(known, name) != getattr(event, name) for name in same) or _given(known) != _given(event):
        raise Problem(409, f"the key {key!r} was used for another event: make a new key for each")
    return Given(known, is_new=False)


def _given(event: Feedback) -> dict[str, Any]:
    """What its person sent: what else a mark holds was read from the answer and its sources as they were then."""
    return marks.span_of(event.value) if event.kind in marks.MARKS else event.value


def event_id(person_id: str, key: str) -> str:
    """Derived, so that the same key of the same person cannot be two rows, whoever writes first."""
    return str(uuid.uuid5(uuid.UUID(person_id), f"feedback {key}"))


# --- what the server sees by itself
def note_stopped(session: AsyncSession, turn: Turn) -> None:
    """The person did not wait for the end of this answer."""
    session.add(_noted(turn, turn.id, "stopped", {}))


async def note_asked(session: AsyncSession, turn: Turn, again: Turn | None, before: str | None) -> None:
    """What the new turn says of the one before it: another answer is wanted, or the question is asked once more.

    `again` is the turn that the new one stands beside, `before` the question of the one before, if there was one.
    """
    if again is not None and again.question == turn.question:
        session.add(_noted(turn, again.id, "regenerated", {"by": turn.id}))
        return
    asked = again.question if again else before
    if asked is not None and is_reasked(asked, turn.question):
        about = again.id if again else await turns.id_before(session, turn)
        session.add_all([_noted(turn, about, "reasked", {"by": turn.id})] if about else [])


def _noted(turn: Turn, about: str, kind: str, value: dict[str, Any]) -> Feedback:
    event = str(uuid.uuid5(uuid.UUID(turn.id), f"feedback {kind}"))
    return Feedback(id=event, person_id=turn.person_id, turn_id=about, kind=kind, value=value)


# --- what follows from the events
def state_of(turn_id: str, events: Sequence[Feedback]) -> TurnFeedback:
    """The last vote, verdict on each source and mark on each span; `events` are of one turn, oldest first."""
    state = TurnFeedback(turn_id=turn_id, spans=marks.standing((event.kind, event.value) for event in events))
    for event in events:
        if event.exposure_id is None and event.kind in VOTES:
            state.vote = cast(Vote | None, VOTES[event.kind])
            state.reasons, state.text = event.value.get("reasons", []), event.value.get("text", "")
        elif event.exposure_id is not None and event.kind in VERDICTS:
            state.sources.pop(event.exposure_id, None)
            if (verdict := VERDICTS[event.kind]) is not None:
                state.sources[event.exposure_id] = cast(Verdict, verdict)
    return state


def feedback_public(event: Feedback) -> FeedbackPublic:
    reasons: list[Reason] = event.value.get("reasons", [])
    read = NextMessage.model_validate(event.value) if event.kind == NEXT_MESSAGE else None
    content = Satisfied.model_validate(event.value) if event.kind == SATISFACTION else None
    span = marks.mark_public(event.kind, event.value)
    text = event.value.get("text", "") if span is None else ""
    known = event.model_dump(include=_FIELDS)
    return FeedbackPublic(reasons=reasons, text=text, span=span, next_message=read, satisfaction=content, **known)


_FIELDS = set(FeedbackPublic.model_fields) - {"reasons", "text", "span", "next_message", "satisfaction"}
