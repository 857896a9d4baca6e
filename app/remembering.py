"""The job that gives a person's turns their vectors, for looking back. Safe to repeat at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from app import past
from app.contexts import as_bytes
from app.db import Database
from app.jobs import Jobs, Progress, Result
from app.models import Job
from app.past import PastAnswer
from retrieval.ports import Encoder, Vectors

KIND = "remember"
BATCH = 64
_READ = 4_000  # letters of a turn; no encoder's window holds more


async def give_vectors(
    database: Database, encoder: Encoder, person_id: str, rows: Sequence[PastAnswer]
) -> dict[str, Vectors]:
    """Make the vectors of these turns and keep them; turn id -> vector, shape (dimension,)."""
    if not rows:
        return {}
    encoded = await encoder.encode_passages([row.text[:_READ] for row in rows])
    made = {row.turn_id: vector for row, vector in zip(rows, encoded, strict=True)}
    async with database.session() as session:
        kept = [(one, as_bytes(vector)) for one, vector in made.items()]
        await past.store_vectors(session, person_id, kept, encoder.version)
    return made


@dataclass(frozen=True)
class Remembering:
    """What the job needs."""

    database: Database
    encoder: Encoder
    jobs: Jobs

    async def ask_for(self, person_id: str) -> None:
        """Have it done, once."""
        job = Job(person_id=person_id, kind=KIND, stage="queued")
        async with self.database.session() as session:
            if await past.live_job(session, person_id, KIND):
                return
            session.add(job)
        await self.jobs.submit(job.id)

    async def run(self, progress: Progress) -> Result:
        """Encode what this encoder has not seen, batch by batch, the latest first."""
        person, done = progress.job.person_id, 0
        while True:
            async with self.database.session() as session:
                rows = await past.without_vector(session, person, self.encoder.version, BATCH)
            if not rows:
                return {"turns": done}
            await give_vectors(self.database, self.encoder, person, rows)
            done += len(rows)
            await progress.tell("remembering", done)
