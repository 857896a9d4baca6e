"""The learning job: an edit -> style told from fact -> preferences. Safe to repeat from its beginning at any moment."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import edits, preferences, turns
from app.asking import SELDOM, Lesson, question_about
from app.contexts import as_bytes, vectors_of
from app.corrections import corrections
from app.db import Database
from app.held import held
from app.jobs import JobCancelledError, Progress, Result
from app.models import Exposure, Turn
from app.models_preferences import Edit, Preference, PreferenceEvidence
from app.recall import StoredRecall
from app.reconciling import Known, reconcile
from app.telling import Rewritten, Told, habits, said, tell_apart
from personalization import ports
from personalization.ports import ContextEdit
from retrieval.ports import Encoder

log = logging.getLogger(__name__)

KIND = "learn"
ACCEPTED = 50  # answers that were left as they were, and are learned from too; encoded in one batch
TRIES = 12  # of one edit in all: a failed one is taken up again with the next edit of its person
_RACES = 5  # times that somebody else may change the preferences while we think

Learn = Callable[[Sequence[ports.Preference], Sequence[ContextEdit], ContextEdit], list[ports.Preference]]


@dataclass(frozen=True)
class _Material:
    """All that is known when an edit is learned from, as of one version of the person's preferences."""

    version: int
    edit: Edit
    turn: Turn
    shown: Sequence[Exposure]
    earlier: Sequence[Edit]
    overtaken: frozenset[str]  # earlier edits of the same answer
    kept: Sequence[edits.Kept]
    rows: Sequence[Preference]
    evidence: Sequence[PreferenceEvidence]
    asked_lately: bool


def infer(known: Sequence[ports.Preference], past: Sequence[ContextEdit], new: ContextEdit) -> list[ports.Preference]:
    """What is known after one more edit."""
    from personalization.memory import learn

    return learn(known, past, new)


@dataclass(frozen=True)
class Learning:
    """What the job needs."""

    database: Database
    encoder: Encoder
    infer: Learn = infer
    recall: StoredRecall | None = None  # of this process: it is told at once, others see it with the next request

    async def run(self, progress: Progress) -> Result:
        """Learn from the edit of this job, and from those before it whose learning failed."""
        await progress.tell("learning")
        person, wanted = progress.job.person_id, progress.job.arguments["edit_id"]
        async with self.database.session() as session:
            failed = await edits.failed(session, person, TRIES)
        for edit_id in dict.fromkeys([*failed, wanted]):
            try:
                await self._learn(person, edit_id)
            except Exception as error:
                await self._note_failure(person, edit_id, error)
                if edit_id == wanted:
                    raise
        return {"edit_id": wanted}

    async def _learn(self, person_id: str, edit_id: str) -> None:
        for _ in range(_RACES):
            material = await self._gather(person_id, edit_id)
            if material is None:  # undone, learned already, or deleted with its conversation
                return
            told = await tell_apart(self.encoder, _rewritten(material))
            lesson = await self._conclude(material, told) if told.is_about_style else None
            ask = lesson is not None and lesson.outcome.taught and not material.asked_lately
            question = await asyncio.to_thread(question_about, lesson) if lesson and ask else None
            if await self._write(material, told, lesson, question):
                if self.recall is not None:
                    await self.recall.renew(person_id)
                return
        raise RuntimeError(f"the preferences changed {_RACES} times while edit {edit_id} was learned from")

    async def _gather(self, person_id: str, edit_id: str) -> _Material | None:
        async with self.database.session() as session:
            version = await preferences.version(session, person_id)
            edit = await edits.find(session, person_id, edit_id)
            turn = await turns.find_turn(session, person_id, edit.turn_id) if edit else None
            if edit is None or turn is None or edit.learning not in edits.UNFINISHED:
                return None
            return _Material(
                version=version,
                edit=edit,
                turn=turn,
                shown=(await turns.list_exposures(session, person_id, [turn.id])).get(turn.id, []),
                earlier=await edits.told_apart(session, person_id, edit),
                overtaken=frozenset(await edits.overtaken_by(session, edit)),
                kept=await edits.kept(session, person_id, ACCEPTED),
                rows=await preferences.ever(session, person_id),
                evidence=await preferences.evidence(session, person_id),
                asked_lately=await edits.asked_lately(session, person_id, SELDOM - 1),
            )

    async def _conclude(self, material: _Material, told: Told) -> Lesson:
        """The preferences after this edit, as rows."""
        live = [row for row in material.rows if row.forgotten_at is None and row.superseded_by is None]
        vectors = await vectors_of(self.encoder, [material.edit, *material.earlier, *live])
        first = 1 + len(material.earlier)
        heard = [one for one in material.evidence if one.edit_id not in material.overtaken]
        known = held(live, vectors[first:], [*heard, *_acceptances(material)])
        past = await self._past(material, vectors[1:first])
        new = ContextEdit(material.edit.id, vectors[0], told.written, told.style)
        after = await asyncio.to_thread(self.infer, [one.preference for one in known], past, new)
        times: dict[str, datetime | None] = {one.edit_id: None for one in heard}
        times |= {edit.id: edit.created_at for edit in (*material.earlier, material.edit)}
        material.edit.vector, material.edit.encoder = as_bytes(vectors[0]), self.encoder.version
        outcome = reconcile(material.edit, Known(material.rows, known, self.encoder.version, times), after)
        return Lesson(material.edit, new, outcome, {one.id: one.vector for one in [*past, new]})

    async def _past(self, material: _Material, vectors: Sequence[ports.Vectors]) -> list[ContextEdit]:
        """What the person did before, oldest first: what they rewrote, and what they kept as it was."""
        done = [
            (edit.created_at, ContextEdit(edit.id, vector, edit.written, edit.style or edit.written))
            for edit, vector in zip(material.earlier, vectors, strict=True)
        ]
        kept = material.kept
        places = await self.encoder.encode_queries([one.context for one in kept]) if kept else ()
        done += [
            (one.created_at, ContextEdit(one.turn_id, vector, said(one.written), said(one.answer)))
            for one, vector in zip(kept, places, strict=True)
        ]
        return [edit for _, edit in sorted(done, key=lambda pair: pair[0])]

    async def _write(
        self, material: _Material, told: Told, lesson: Lesson | None, question: dict[str, Any] | None
    ) -> bool:
        """False if the preferences changed since they were read: then nothing is written."""
        edit, outcome = material.edit, lesson.outcome if lesson else None
        taught = outcome is not None and outcome.taught
        values: dict[str, Any] = {
            "vector": edit.vector,
            "encoder": edit.encoder,
            "style": told.style,
            "facts": told.facts,
            "difference": told.difference,
            "learning": "learned" if taught else "nothing",
            "reason": None if taught else _why_nothing(told),
            "question": question,
        }
        async with self.database.session() as session:
            if not await preferences.changed(session, edit.person_id, material.version):
                return False
            if not await edits.change(session, edit, **values):
                return True
            feedback, labels = corrections(edit, material.shown, told.difference)
            await edits.note_facts(session, edit.person_id, feedback, labels)
            await preferences.withdraw(session, edit.person_id, material.overtaken)
            if outcome is not None:
                await preferences.write(session, edit, outcome)
            await preferences.drop_unsupported(session, edit.person_id)
        return True

    async def _note_failure(self, person_id: str, edit_id: str, error: Exception) -> None:
        if isinstance(error, JobCancelledError):
            return
        log.warning("edit %s was not learned from", edit_id, exc_info=error)
        async with self.database.session() as session:
            edit = await edits.find(session, person_id, edit_id)
            if edit is not None:
                reason = f"learning failed on our side ({type(error).__name__})"
                await edits.change(session, edit, learning="failed", reason=reason, tries=edit.tries + 1)


def _acceptances(material: _Material) -> list[PreferenceEvidence]:
    """That an answer was kept speaks for the preferences that shaped it. Known from the log alone: no edit, no row."""
    person = material.edit.person_id
    return [
        PreferenceEvidence(preference_id=one, edit_id=kept.turn_id, person_id=person, supports=True)
        for kept in material.kept
        for one in kept.preference_ids
    ]


def _rewritten(material: _Material) -> Rewritten:
    return Rewritten(
        edit=material.edit,
        answer=material.turn.answer,
        passages=[exposure.text for exposure in material.shown],
        framing=habits(material.earlier),
    )


def _why_nothing(told: Told) -> str:
    if not told.is_about_style:
        return "it changes what is said, not how" if told.facts else "it changes nothing that could be a habit"
    return "nothing in it would have made your other answers better"
