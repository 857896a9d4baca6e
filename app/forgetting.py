"""The job that forgets a person: erases what is theirs, overwrites where it lay, and proves it. Decides about nobody.

Safe to repeat from its beginning at any moment: what it must know is noted before anything is erased.
"""

import asyncio
import logging
from dataclasses import dataclass

from app import audit, documents, forgetting_note, forgetting_rows, job_rows, originals
from app.db import Database
from app.forgetting_note import Note
from app.forgetting_proof import Proof, prove
from app.forgetting_rows import KIND
from app.forgetting_traces import signs_of
from app.home import Home
from app.jobs import Jobs, Progress, Result
from app.models import Person
from app.training_runs_forgetting import let_go
from retrieval.ports import PassageIndex

log = logging.getLogger(__name__)

_ROUNDS = 3  # of overwriting and searching: a reader that came between keeps an old page alive for a moment
_DOCUMENTS = 8  # whose passages give strings to look for


@dataclass(frozen=True)
class Forgetting:
    """What erasing everywhere needs."""

    database: Database
    home: Home
    index: PassageIndex
    jobs: Jobs

    async def run(self, progress: Progress) -> Result:
        """{"erased": {kind: count}, "proof": {...}, "models": [...]} of the person whom the job names."""
        job = progress.job
        note = await asyncio.to_thread(Note.read, self.home, job.id)
        if note is None and job.result is not None:  # killed between the result and the end
            return job.result
        if note is None:
            note = await self._take_note(job.arguments.get("person_id"))
            if note is None:
                return {"erased": {}, "proof": None, "models": []}
            await asyncio.to_thread(note.write, self.home, job.id)
        await progress.tell("erasing")
        await self._erase(note, job.id)
        audit.note("person erased", person=note.person_id, by=job.person_id)
        proof = await self._overwrite(note, progress)
        async with self.database.session() as session:
            models = await forgetting_rows.marked(session)
            result: Result = {"erased": note.erased, "proof": proof.as_result(), "models": models}
            # Before the note goes: whoever repeats us from here on has nothing to look for.
            await job_rows.report(session, job.id, result=result)
        await asyncio.to_thread(forgetting_note.remove, self.home, job.id)
        return result

    async def _take_note(self, person_id: str | None) -> Note | None:
        async with self.database.session() as session:
            person = await session.get(Person, person_id) if person_id else None
            if person is None:  # gone by another way
                return None
            signs = await forgetting_rows.signs(session, person)
            owned = await documents.ids(session, person.id)
            jobs = await forgetting_rows.jobs_of(session, person.id)
            erased = await forgetting_rows.counts(session, person.id)
            since = await forgetting_rows.first_logged(session, person.id)
        for document in owned[:_DOCUMENTS]:
            passages = await self.index.passages(document, frozenset({person.id}))
            middle = [passages[0], passages[len(passages) // 2], passages[-1]] if passages else []
            signs += signs_of("passages", [passage.text for passage in middle])
        files = await asyncio.to_thread(originals.count, self.home, person.id)
        return Note(
            person_id=person.id,
            signs=tuple(dict.fromkeys(signs)),
            documents=tuple(owned),
            jobs=tuple(jobs),
            erased=erased | {"originals": files},
            since=since.isoformat() if since else None,
        )

    async def _erase(self, note: Note, job_id: str) -> None:
        async with self.database.session() as session:
            live = await job_rows.live_jobs(session, note.person_id)
        for job in live:
            if job.kind != KIND:
                await self.jobs.cancel(note.person_id, job.id)
        await let_go(self.database, self.home, self.jobs)
        await self.index.delete_beside(note.documents)
        erased = set(note.documents)
        for document in note.documents:
            await self.index.delete_document(document)
        while True:
            await asyncio.to_thread(originals.remove_all, self.home, note.person_id)
            async with self.database.session() as session:
                # A request that was let in before may have added a file since we looked.
                late = set(await documents.ids(session, note.person_id)) - erased
                if not late:
                    await forgetting_rows.end(session, note.person_id, job_id, note.first_logged)
                    break
            for document in late:
                await self.index.delete_document(document)
            erased |= late
        await asyncio.to_thread(originals.remove_all, self.home, note.person_id)
        await let_go(self.database, self.home, self.jobs)  # a run that began meanwhile has read their log

    async def _overwrite(self, note: Note, progress: Progress) -> Proof:
        """Leave no byte, and look for some: what deleting left between rows goes when the database is written anew."""
        for round_number in range(_ROUNDS):
            await progress.tell("overwriting", round_number, _ROUNDS)
            if round_number:
                self.home.require_space()
                await self.database.compact()
            await self.database.forget_deleted()
            await self.index.forget_deleted()
            await self.jobs.forget(note.jobs)
            await progress.tell("proving", round_number, _ROUNDS)
            proof = await prove(self.database, self.home, self.index, note.signs)
            if not proof.traces:
                break
        else:
            log.error("a person was forgotten, and traces are left: %s", sorted(proof.traces))
        return proof
