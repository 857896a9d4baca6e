"""The end of a training run as news for operators: what somebody has not seen yet, and one message to an address that
the operator sets. Knows no page; no word of anybody is part of it."""

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from app import training_runs_rows
from app.db import Database
from app.models import Promotion, utc_now
from app.models_training import AnnouncementsSeen, TrainingRun
from app.schemas_training import AnnouncementPublic, AnnouncementsPublic, AnnouncementsSeenUpdate
from app.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
MOST = 20  # that are listed; more are only counted
_TIMEOUT, _PAUSE = 10.0, 2.0  # seconds: for an answer, and before the second and last attempt


def public(run: TrainingRun, decided: Promotion | None) -> AnnouncementPublic:
    """What is told of a run that has ended."""
    outcome = ("promoted" if decided.accepted else "refused") if decided else run.state
    return AnnouncementPublic(**run.model_dump(include=set(AnnouncementPublic.model_fields)), outcome=outcome)


async def unseen(session: AsyncSession, person_id: str) -> AnnouncementsPublic:
    """Runs that ended since this operator last said that they have seen what there was, newest first."""
    seen = await session.get(AnnouncementsSeen, person_id)
    since = seen.until if seen else None
    found = await training_runs_rows.ended_since(session, since, MOST)
    count = await training_runs_rows.count_ended_since(session, since)
    return AnnouncementsPublic(items=[public(*one) for one in found], unseen=count)


async def mark_seen(session: AsyncSession, person_id: str, body: AnnouncementsSeenUpdate) -> None:
    """This operator has seen what ended until then; what they had seen before stays seen."""
    until = min(body.until, utc_now())
    seen = await session.get(AnnouncementsSeen, person_id) or AnnouncementsSeen(person_id=person_id, until=until)
    seen.until = max(seen.until, until)
    session.add(seen)


class Announcer:
    """Tells the address in the settings, once, that a run has ended.

    The run is marked before it is told: whoever is killed between has told nobody, and whoever comes next tells nobody
    again. An address that was slow to answer may hear the same id twice. The pages do not depend on it.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._url = settings.announce_url.get_secret_value() if settings.announce_url else None

    async def follow(self) -> None:
        """Tell what ends; runs until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:  # it may answer again by the next look
                log.warning("whether a run has ended could not be found out: %s", type(error).__name__)

    async def look(self) -> None:
        """Mark what has ended and tell it; where no address is set, only mark it: what is set later tells no past."""
        async with self._database.session() as session:
            found = await training_runs_rows.announce(session)
        for one in found if self._url else []:
            await self._tell(public(*one).model_dump(mode="json"))

    async def _tell(self, said: dict[str, Any]) -> None:
        assert self._url is not None, "whoever calls has looked"
        for is_last in (False, True):
            if (problem := await self._post(self._url, said)) is None:
                return
            if not is_last:
                await asyncio.sleep(_PAUSE)
        host = urlsplit(self._url).hostname  # the rest of an address often is its secret
        log.warning("the end of run %s could not be announced to %s: %s", said["id"], host, problem)

    async def _post(self, url: str, said: dict[str, Any]) -> str | None:
        """What went wrong, if anything."""
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
                response = await client.post(url, json={"event": "training run ended"} | said)
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if response.is_success else f"it answered {response.status_code}"
