"""What a person's message says of the answer before it, logged as an event on that answer. Changes nobody's ranking.

The job's row is written with the end of the turn and taken away with the event, so a crash between loses nothing and
doubles nothing. Knows no HTTP.
"""

import asyncio
import logging
import uuid
from dataclasses import asdict

from sqlmodel.ext.asyncio.session import AsyncSession

from app import feedback_log, job_rows, turns
from app.db import Database
from app.feedback import NEXT_MESSAGE
from app.jobs import Jobs, Progress, Result
from app.models import Feedback, Job, Turn, table
from app.satisfaction import Satisfaction
from personalization.signals import Line, Signal, Utterance
from personalization.signals_reader import SignalReader

log = logging.getLogger(__name__)

KIND = "signal"
REACH = 20  # turns of a conversation that are read with a message, the latest


class Signalling:
    """Reads signals after the turn, where there is a head to read them with."""

    def __init__(self, database: Database, jobs: Jobs, reader: SignalReader | None, satisfaction: Satisfaction) -> None:
        self._database, self._jobs, self._reader, self._satisfaction = database, jobs, reader, satisfaction
        self._handing_over: set[asyncio.Task[None]] = set()

    async def note(self, session: AsyncSession, turn: Turn) -> str | None:
        """Write down, as part of what `session` writes, that this turn's message is to be read; the job's id."""
        if self._reader is None:
            return None
        job = Job(person_id=turn.person_id, kind=KIND, stage="queued", arguments={"turn_id": turn.id})
        await session.execute(table(Job).insert(), job.model_dump())  # past the ORM: the answer waits for this
        return job.id

    def hand_over(self, job_id: str) -> None:
        """Have a job done whose row has been committed; returns at once."""
        task = asyncio.create_task(self._jobs.submit(job_id))
        self._handing_over.add(task)
        task.add_done_callback(self._handed_over)

    async def close(self) -> None:
        if self._handing_over:
            await asyncio.wait(self._handing_over)

    async def run(self, progress: Progress) -> Result:
        """Read the message of the job's turn."""
        job = progress.job
        async with self._database.session() as session:
            turn = await turns.find_turn(session, job.person_id, job.arguments["turn_id"])
            said = await _said(session, turn) if turn else None
        event = await self._event(turn, *said) if turn and said and self._reader else None
        judged = await self._satisfaction.judged(said[1]) if event and said else {}
        async with self._database.session() as session:
            if turn and event and await feedback_log.find(session, event.person_id, event.id) is None:
                session.add(event)
                session.add(await self._satisfaction.event(session, turn, event.turn_id, judged))
            await job_rows.forget(session, job.id)
        return {}

    async def _event(self, turn: Turn, about: str, utterance: Utterance) -> Feedback:
        assert self._reader is not None
        (signal,) = await self._reader.read([utterance])
        return Feedback(
            id=str(uuid.uuid5(uuid.UUID(turn.id), f"feedback {NEXT_MESSAGE}")),
            person_id=turn.person_id,
            turn_id=about,
            kind=NEXT_MESSAGE,
            value=_value(signal) | {"by": turn.id, "version": self._reader.version},
        )

    def _handed_over(self, task: asyncio.Task[None]) -> None:
        self._handing_over.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("a message is read at the next start only: %s", error)


async def _said(session: AsyncSession, turn: Turn) -> tuple[str, Utterance] | None:
    """The id of the turn before this one, and this one's message with what was said before it; None where the turn
    before has no answer, so that there is nothing to be satisfied with."""
    earlier = await turns.before(session, turn, REACH)
    if not earlier or not _shown(earlier[-1]):
        return None
    lines = [line for one in earlier for line in (Line(True, one.question), Line(False, _shown(one))) if line.text]
    return earlier[-1].id, Utterance(turn.question, tuple(lines))


def _shown(turn: Turn) -> str:
    return turn.answer if turn.edited_answer is None else turn.edited_answer


def _value(signal: Signal) -> dict[str, object]:
    rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(signal).items()}
    return rounded | {"side": signal.side}
