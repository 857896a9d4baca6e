"""Stretches of time as tiles: which cover a window, and their figures, counted once and kept. Names no figure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app import quality_rows
from app.db import Database
from app.quality_counts import WHATS, Figures, What, add, count

_MONTH, _DAY, _HOUR = 7, 10, 13  # letters of 2026-05, 2026-05-04 and 2026-05-04 09


def days_of(since: date, until: date) -> list[date]:
    """Every day from one to the other, both included."""
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]


def covering(since: date, until: date) -> list[str]:
    """The fewest tiles that make up these days: months, and days where a month begins before them. `until` is today:
    of the month that is under way, and of the day, no more was asked yet."""
    found: list[str] = []
    day = since
    while day <= until:
        if day.day == 1:
            found.append(f"{day:%Y-%m}")
            day = (day + timedelta(days=31)).replace(day=1)
        else:
            found.append(day.isoformat())
            day += timedelta(days=1)
    return found


class Tiles:
    """The kept figures of one database. A tile that is there is exact: triggers delete it with every change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def figures(self, what: What, spans: Sequence[str], now: datetime) -> dict[str, Figures]:
        """Span -> figures; what is not kept is counted and kept first, a day at a time so that others can write."""
        async with self._database.session() as session:
            kept = await quality_rows.tiles(session, what, spans)
        for span in spans:
            if span not in kept:
                for day in await self._missing_days(span, now):
                    await self._make(day, now)
                kept[span] = (await self._make(span, now))[what]
        return kept

    async def _missing_days(self, span: str, now: datetime) -> list[str]:
        """Of a month, those of its days that are not kept."""
        if len(span) != _MONTH:
            return []
        days = _parts(span, now)
        async with self._database.session() as session:
            kept = await quality_rows.tiles(session, "all", days)
        return [day for day in days if day not in kept]

    async def _make(self, span: str, now: datetime) -> dict[What, Figures]:
        async with self._database.session() as session:
            await quality_rows.claim(session)
            return await _tile(session, span, now)


async def _tile(session: AsyncSession, span: str, now: datetime) -> dict[What, Figures]:
    """The figures of a stretch of time, from those of its parts where it has any, and kept; the tiles are claimed."""
    made: dict[What, Figures] = {what: {} for what in WHATS}
    if parts := _parts(span, now):
        kept = await quality_rows.whole_tiles(session, parts)
        for part in parts:
            for what, figures in (kept.get(part) or await _tile(session, part, now)).items():
                add(made[what], figures)
    else:
        made = count(await quality_rows.asked(session, *_bounds(span)))
    await quality_rows.keep(session, span, made)
    return made


def _parts(span: str, now: datetime) -> list[str]:
    """The days of a month, the hours of today; another day is counted as a whole. Also what is yet to come is a part: a
    clock that is a little ahead of `now` may have asked in it."""
    if len(span) == _MONTH:
        first = date.fromisoformat(f"{span}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return [day.isoformat() for day in days_of(first, last)]
    if span == now.date().isoformat():
        return [f"{span} {hour:02}" for hour in range(24)]
    return []


def _bounds(span: str) -> tuple[datetime, datetime]:
    begin = datetime.fromisoformat(span).replace(tzinfo=UTC)
    return begin, begin + (timedelta(days=1) if len(span) == _DAY else timedelta(hours=1))
