"""Quality over time and by source or version, for operators: windows of tiles as figures with intervals.

Knows no HTTP, and no person's text but the names of documents whose owners agreed.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.exc import SQLAlchemyError

from app import quality_rows, quality_slices
from app.db import Database
from app.quality_counts import Figures, What, add
from app.quality_figures import figures_of
from app.quality_tiles import Tiles, covering, days_of
from app.schemas_quality import QualityBucket, QualityPublic, SliceBy, SlicesPublic

log = logging.getLogger(__name__)

LONG = 45  # days from which on a bucket is a week
_PAUSE = 0.05  # between tiles that are made in advance, for those who ask meanwhile


class Quality:
    """The figures of one home."""

    def __init__(self, database: Database) -> None:
        self._database, self._tiles = database, Tiles(database)
        self._one_at_a_time = asyncio.Lock()  # two who look at once need no figure twice

    async def over_time(self, days: int, now: datetime) -> QualityPublic:
        """The last `days`, today included; days before the first turn are left out of the buckets."""
        until = now.date()
        since = await self._begin(days, until)
        kept = await self._figures("all", [day.isoformat() for day in days_of(since, until)], now)
        width = 1 if days <= LONG else 7
        stretches = [(since, until), *_buckets(since, until, width)]
        async with self._database.session() as session:
            people = await quality_rows.people(session, [_bounds(*ends) for ends in stretches])
        total, *buckets = (_bucket(kept, *ends, number) for ends, number in zip(stretches, people, strict=True))
        return QualityPublic(total=total, bucket_days=width, buckets=buckets)

    async def slices(self, by: SliceBy, days: int, limit: int, now: datetime) -> SlicesPublic:
        """The last `days` by what was shown, or by what answered."""
        until = now.date()
        since = await self._begin(days, until)
        what: What = "documents" if by in ("document", "source") else "versions"
        total: Figures = {}
        for figures in (await self._figures(what, covering(since, until), now)).values():
            add(total, figures)
        found = SlicesPublic(by=by, since=since, until=until, total=0)
        if what == "versions":
            chosen = quality_slices.versions(total, by)
            found.total, found.versions = len(chosen), chosen[:limit]
            return found
        async with self._database.session() as session:
            known = await quality_slices.known_documents(session, total)
        sources = quality_slices.sources(total, known, by)
        found.total, found.sources = len(sources), sources[:limit]
        return found

    async def make_ahead(self, stopping: asyncio.Event) -> None:
        """Count what is not kept yet of days that are over, the last first, so that nobody waits for it. Asked to stop,
        it ends after the day that it is at: a statement that is cut off costs its connection."""
        try:
            today = datetime.now(UTC).date()
            since = await self._begin(10_000, today)
            for day in reversed(days_of(since, today - timedelta(days=1))):
                if stopping.is_set():
                    return
                await self._figures("all", [day.isoformat()], datetime.now(UTC))
                await asyncio.sleep(_PAUSE)
        except SQLAlchemyError as error:  # whoever asks for the figures has them counted then
            log.warning("figures of quality could not be counted ahead: %s", type(error).__name__)

    async def _begin(self, days: int, until: date) -> date:
        async with self._database.session() as session:
            first = await quality_rows.first_asked(session)
        wanted = until - timedelta(days=days - 1)
        return min(max(wanted, first.date()), until) if first else until

    async def _figures(self, what: What, spans: list[str], now: datetime) -> Mapping[str, Figures]:
        async with self._one_at_a_time:
            return await self._tiles.figures(what, spans, now)


def _bucket(kept: Mapping[str, Figures], since: date, until: date, people: int) -> QualityBucket:
    total: Figures = {}
    for day in days_of(since, until):
        add(total, kept[day.isoformat()])
    return QualityBucket(since=since, until=until, people=people, **dict(figures_of(total.get("", Counter()))))


def _buckets(since: date, until: date, width: int) -> Iterable[tuple[date, date]]:
    """Whole buckets counted back from the last day; what is left over comes first."""
    ends = []
    while until >= since:
        begin = max(since, until - timedelta(days=width - 1))
        ends.append((begin, until))
        until = begin - timedelta(days=1)
    return reversed(ends)


def _bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """From the first midnight to the one after the last day."""
    return datetime.combine(since, time(), UTC), datetime.combine(until + timedelta(days=1), time(), UTC)


def begun(stack: AsyncExitStack, database: Database) -> Quality:
    """The figures of a home, counted ahead beside everything else until the stack is closed."""
    quality, stopping = Quality(database), asyncio.Event()
    ahead = asyncio.create_task(quality.make_ahead(stopping))

    async def stop() -> None:
        stopping.set()
        await asyncio.wait([ahead])

    stack.push_async_callback(stop)
    return quality
