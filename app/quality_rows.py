"""SQL of the quality figures: what was asked in a stretch of time, and the tiles that were counted before.

Everybody's rows, and of a row no text of anybody; whoever calls this answers to operators only.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.comparisons_rows import is_second, was_not_kept
from app.feedback import NEXT_MESSAGE
from app.models import Exposure, Feedback, Person, Turn, table
from app.models_preferences import Edit
from app.models_quality import QualityTile
from app.quality_counts import Asked, Event, Figures, Shown, What

_TILES, _TURNS, _EDITS = table(QualityTile), table(Turn), table(Edit)
_EXPOSURES, _EVENTS = table(Exposure), table(Feedback)
_FIRST = _TURNS.alias("first")


def _asked_in(since: datetime, until: datetime) -> tuple[Any, Any]:
    return _TURNS.c.created_at >= since, _TURNS.c.created_at < until


async def asked(session: AsyncSession, since: datetime, until: datetime) -> list[Asked]:
    """The turns that were asked then and have ended, with what is counted of them. An answer that was asked for again
    was read, and counts; of two that were compared the one counts that was kept."""
    same = sa.exists().where(_FIRST.c.id == _TURNS.c.regenerates, _FIRST.c.question == _TURNS.c.question)
    query = sa.select(
        _TURNS.c.id,
        ~same.correlate(_TURNS) | is_second(),
        _TURNS.c.state,
        _TURNS.c.abstained,
        _TURNS.c.draft != "",
        sa.cast(_TURNS.c.versions, sa.Text),
        sa.cast(_TURNS.c.timings, sa.Text),
    ).where(*_asked_in(since, until), _TURNS.c.state != "running", ~was_not_kept())
    found = (await session.execute(query)).all()
    if not found:
        return []
    costs = await _costs(session, since, until)
    events = await _events(session, since, until)
    shown = await _shown(session, since, until)
    return [
        Asked(
            is_question=bool(is_question),
            state=state,
            abstained=abstained,
            written=written,
            versions=json.loads(versions),
            timings=json.loads(timings),
            cost=costs.get(turn),
            events=events.get(turn, ()),
            shown=shown.get(turn, ()),
        )
        for turn, is_question, state, abstained, written, versions, timings in found
    ]


async def _costs(session: AsyncSession, since: datetime, until: datetime) -> dict[str, float]:
    """Of each rewritten answer what was changed in all; as in app/edits.py never more than the whole."""
    spent = func.sum(_EDITS.c.cost_normalised)
    query = sa.select(_EDITS.c.turn_id, spent).join(_TURNS, _TURNS.c.id == _EDITS.c.turn_id)
    found = await session.execute(query.where(*_asked_in(since, until)).group_by(_EDITS.c.turn_id))
    return {turn: min(1.0, cost) for turn, cost in found.all()}


async def _events(session: AsyncSession, since: datetime, until: datetime) -> dict[str, list[Event]]:
    read = sa.case((_EVENTS.c.kind == NEXT_MESSAGE, sa.cast(_EVENTS.c.value, sa.Text)), else_=None)
    query = (
        sa.select(_EVENTS.c.turn_id, _EVENTS.c.exposure_id, _EVENTS.c.kind, read)
        .join(_TURNS, _TURNS.c.id == _EVENTS.c.turn_id)
        .where(*_asked_in(since, until))
        .order_by(_EVENTS.c.created_at, _EVENTS.c.id)
    )
    found: dict[str, list[Event]] = {}
    for turn, exposure, kind, value in (await session.execute(query)).all():
        found.setdefault(turn, []).append(Event(exposure, kind, value))
    return found


async def _shown(session: AsyncSession, since: datetime, until: datetime) -> dict[str, list[Shown]]:
    kind = _EXPOSURES.c.kind
    source = sa.case((kind == "document", _EXPOSURES.c.document_id), else_=kind)
    query = (
        sa.select(_EXPOSURES.c.turn_id, _EXPOSURES.c.id, source, _EXPOSURES.c.selected, _EXPOSURES.c.cited)
        .join(_TURNS, _TURNS.c.id == _EXPOSURES.c.turn_id)
        .where(*_asked_in(since, until))
    )
    found: dict[str, list[Shown]] = {}
    for turn, exposure, of, selected, cited in (await session.execute(query)).all():
        found.setdefault(turn, []).append(Shown(exposure, of, selected, cited))
    return found


async def first_asked(session: AsyncSession) -> datetime | None:
    """When the first turn was asked that is still there."""
    return (await session.exec(select(Turn.created_at).order_by(col(Turn.created_at)).limit(1))).first()


async def people(session: AsyncSession, stretches: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """How many people asked something in each of these stretches of time, in one statement."""
    counted = [
        sa.select(func.count())
        .select_from(Person)
        .where(sa.exists().where(_TURNS.c.person_id == col(Person.id), *_asked_in(*ends)))
        .scalar_subquery()
        for ends in stretches
    ]
    return list((await session.execute(sa.select(*counted))).one())


async def claim(session: AsyncSession) -> None:
    """Let nobody else change a turn, or what is said of it, until this transaction ends.

    So no change falls between counting and keeping the count. SQLite's one writer is whoever writes first; a lock on
    the tiles of PostgreSQL waits for transactions whose triggers delete some, and keeps new ones waiting.
    """
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(_TILES.delete().where(sa.false()))
    else:
        await session.execute(sa.text("LOCK TABLE qualitytile IN SHARE ROW EXCLUSIVE MODE"))


async def tiles(session: AsyncSession, what: What, spans: Iterable[str]) -> dict[str, Figures]:
    """Span -> figures, of those that are kept."""
    query = sa.select(_TILES.c.span, _TILES.c.figures).where(_TILES.c.what == what, _TILES.c.span.in_(list(spans)))
    return {span: figures for span, figures in (await session.execute(query)).all()}


async def whole_tiles(session: AsyncSession, spans: Iterable[str]) -> dict[str, dict[What, Figures]]:
    """Span -> all of its figures, of those that are kept."""
    columns = (_TILES.c.span, _TILES.c.what, _TILES.c.figures)
    found: dict[str, dict[What, Figures]] = {}
    for span, what, figures in (await session.execute(sa.select(*columns).where(_TILES.c.span.in_(list(spans))))).all():
        found.setdefault(span, {})[what] = figures
    return found


async def keep(session: AsyncSession, span: str, figures: dict[What, Figures]) -> None:
    """Keep what was counted; the transaction must have claimed the tiles before it counted."""
    await session.execute(_TILES.delete().where(_TILES.c.span == span))
    rows: Sequence[dict[str, Any]] = [{"span": span, "what": what, "figures": of} for what, of in figures.items()]
    await session.execute(_TILES.insert(), rows)
