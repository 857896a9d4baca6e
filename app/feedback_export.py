"""What people did with answers, as rows to train on. Streams; every statement is filtered by one person at a time."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import borrowed, comparisons_rows, consent, edits, feedback_log, feedback_rows, sibling_rows, turns
from app.db import Database
from app.models import Exposure, Turn
from app.models_preferences import Edit
from app.telling import said
from app.training_runs_log import NAMES

Format = Literal["turns", "dpo", "kto", "labels"]
PAGE = 100

_TURN = {"id", "created_at", "error", "timings"}
_EXPOSURE = {"id", "turn_id", "person_id"}
_EVENT = {"turn_id", "person_id"}
_UNREAD = {"text": "", "title": "", "heading": None}


async def rows(database: Database, people: Sequence[str], form: Format) -> AsyncIterator[str]:
    """One JSON object a line, person by person, oldest turn first.

    `consent` says of each whether it may train what others use too, by what its person says now, and the owner of every
    document in it. What the person may no
    longer read teaches nobody: of turns its text is left out, of the other forms the row; and a turn that rests on
    what was taken back gives none.
    """
    async with database.session() as session:
        willing = await consent.consenting(session)
        alone = willing - await consent.agreed(session)
    for person_id in people:
        last: Turn | None = None
        while True:
            async with database.session() as session:
                found = await _page(session, person_id, last)
                ids = [turn.id for turn in found]
                gone = {turn for turn, _ in await borrowed.withdrawn(session, person_id, ids)}
                foreign = await consent.of_others(session, willing, person_id, ids)
                made = await _MAKERS[form](session, person_id, [turn for turn in found if turn.id not in gone])
            for row in made:
                named = {row.get(name) for name in NAMES}
                says = {"consent": person_id in willing and not named & foreign}
                says |= {consent.ALONE: True} if person_id in alone else {}
                yield json.dumps(row | says, ensure_ascii=False) + "\n"
            if len(found) < PAGE:
                break
            last = found[-1]


async def _page(session: AsyncSession, person_id: str, last: Turn | None) -> Sequence[Turn]:
    query = select(Turn).where(Turn.person_id == person_id, Turn.state != "running")
    if last is not None:
        tied = (col(Turn.created_at) == last.created_at) & (col(Turn.id) > last.id)
        query = query.where(or_(col(Turn.created_at) > last.created_at, tied))
    return (await session.exec(query.order_by(col(Turn.created_at), col(Turn.id)).limit(PAGE))).all()


async def _whole(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """Turns with every passage that was shown and all that was said about them."""
    ids = [turn.id for turn in found]
    shown = await turns.list_exposures(session, person_id, ids)
    events = await feedback_log.of_turns(session, person_id, ids)
    judged = await feedback_rows.judged(session, person_id, ids)
    closed = await consent.out_of_reach(session, person_id, ids)
    unquotable = {turn for turn, _ in closed}
    return [
        {
            "turn_id": turn.id,
            **turn.model_dump(mode="json", exclude=_TURN),
            "prompt": None if turn.id in unquotable else turn.prompt,
            "exposures": [
                _exposure(exposure)
                | {"labels": judged.get(exposure.id, [])}
                | (_UNREAD if (turn.id, exposure.document_id) in closed else {})
                for exposure in shown.get(turn.id, [])
            ],
            "feedback": [event.model_dump(mode="json", exclude=_EVENT) for event in events.get(turn.id, [])],
            "created_at": turn.created_at.isoformat(),
        }
        for turn in found
    ]


async def _pairs(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """What the model wrote and what its person made of it last, and the better and the worse of two answers, in TRL's
    conversational form.

    A turn whose prompt was erased with a document, or quotes one that the person may no longer read, gives none.
    """
    pairs = []
    closed = {turn for turn, _ in await consent.out_of_reach(session, person_id, [turn.id for turn in found])}
    for turn in found:
        rejected = said(turn.answer)
        if not turn.prompt or turn.id in closed or turn.edited_answer in (None, rejected):
            continue
        chain: Sequence[Edit] = await edits.of_turn(session, person_id, turn.id)
        pairs.append(
            {
                "prompt": turn.prompt,
                "chosen": [{"role": "assistant", "content": turn.edited_answer}],
                "rejected": [{"role": "assistant", "content": rejected}],
                "turn_id": turn.id,
                "edit_id": chain[-1].id,
                "person_id": turn.person_id,
                "facts_changed": bool(chain[-1].facts),
                "versions": turn.versions,
                "created_at": chain[-1].created_at.isoformat(),
            }
        )
    open_ = [turn for turn in found if turn.id not in closed]
    pairs += await comparisons_rows.pairs(session, person_id, open_)
    return pairs + await sibling_rows.pairs(session, person_id, open_)


def _exposure(exposure: Exposure) -> dict[str, Any]:
    return {"exposure_id": exposure.id, **exposure.model_dump(mode="json", exclude=_EXPOSURE)}


_MAKERS: Mapping[Format, Callable[[AsyncSession, str, Sequence[Turn]], Awaitable[list[dict[str, Any]]]]] = {
    "turns": _whole,
    "dpo": _pairs,
    "kto": feedback_rows.votes,
    "labels": feedback_rows.labels,
}
