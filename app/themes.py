"""What people complain about, in themes. Words leave here only of people who agreed to it; counts are of all.

Knows no HTTP and keeps no text: of what was encoded before, a digest and the vector.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from app import themes_rows
from app.consent import consenting
from app.db import Database
from app.schemas_quality import Excerpt, Theme, ThemesPublic
from app.themes_clusters import cluster, terms
from app.themes_rows import Complaint
from retrieval.ports import Encoder

READ = 400  # complaints, the newest: enough to see what is frequent, and seconds to encode on one core
SHOWN = 20  # themes
_LETTERS = 600  # of a text that is encoded
_EXCERPT = 300  # letters of one
_KEPT = 4 * READ  # vectors


class Themes:
    """Reads complaints with the encoder that finds passages."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self._database, self._encoder = database, encoder
        self._vectors: dict[bytes, npt.NDArray[np.float32]] = {}

    async def read(self, days: int, examples: int, now: datetime) -> ThemesPublic:
        """The themes of the last `days`, today included, each with so many examples."""
        until = now.date()
        since = until - timedelta(days=days - 1)
        async with self._database.session() as session:
            found = await themes_rows.complaints(session, datetime.combine(since, time(), UTC), READ)
            agreed = await consenting(session)
        read = found[:READ]
        groups = await self._groups(read)
        large = [group for group in groups if len(group) > 1]
        shown = large[:SHOWN]
        spoken = [[one.text for one in group if one.person_id in agreed] for group in shown]
        named = zip(shown, terms(spoken), strict=True)
        return ThemesPublic(
            since=since,
            until=until,
            complaints=len(read),
            hidden=sum(one.person_id not in agreed for one in read),
            more=len(found) > READ,
            themes=[_theme(group, words, agreed, examples) for group, words in named],
            alone=sum(len(group) == 1 for group in groups),
        )

    async def _groups(self, read: Sequence[Complaint]) -> list[list[Complaint]]:
        if not read:
            return []
        vectors = await self._encoded([one.text[:_LETTERS] for one in read])
        found = await asyncio.to_thread(cluster, vectors)
        return [[read[row] for row in group] for group in found]

    async def _encoded(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._vectors}
        vectors = await self._encoder.encode_queries(list(new.values())) if new else ()
        known = self._vectors | dict(zip(new, vectors, strict=True))
        self._vectors = dict(list(known.items())[-_KEPT:])
        return np.stack([known[digest] for digest in digests])


def _theme(group: Sequence[Complaint], words: list[str], agreed: set[str], examples: int) -> Theme:
    spoken = list({one.text: one for one in reversed(group) if one.person_id in agreed}.values())[::-1]
    return Theme(
        terms=words,
        complaints=len(group),
        people=len({one.person_id for one in group}),
        kinds=dict(Counter(one.kind for one in group).most_common()),
        reasons=dict(Counter(reason for one in group for reason in one.reasons).most_common()),
        examples=[
            Excerpt(
                kind=one.kind,
                text=one.text[:_EXCERPT],
                reasons=list(one.reasons),
                turn_id=one.turn_id,
                created_at=one.created_at,
            )
            for one in spoken[:examples]
        ],
    )
