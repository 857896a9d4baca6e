"""A person's memory for a turn: what they said of themselves, their standing rules, their earlier conversations.

Knows no preference of style and writes no answer. The turn log is the only truth about the past: what is kept beside
it can be made again from it, and goes with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import numpy as np

from agents.abstention import UNSUPPORTED
from agents.memory import ActingRule, Remembered
from agents.past import LookBack, look_back_in
from agents.small_talk import reply_to_small_talk
from agents.verdicts import heeded
from app import past, rules
from app.contexts import as_vector
from app.db import Database
from app.models import utc_now
from app.past import PastAnswer
from app.recall import Known, StoredRecall
from app.remembering import give_vectors
from app.same_question import question_key
from app.verdicts import StoredVerdicts
from personalization.person_facts import is_about_person
from retrieval.ports import Encoder, Vectors
from retrieval.types import Hit, Passage

# Cosine of a question and a fact from which the fact may matter. Chosen with MiniLM on 30 everyday questions that a
# fact answers or bears on (21 reach it) and 12 that none does (3 reach it), among 15 facts.
NEAR = 0.3
FACTS = 3  # at most, for one question
AT_ONCE = 32  # turns without a vector that a question waits for; a job does the others
HITS = 10
_SHOWN = 2_000  # letters of an earlier turn

FACT_TITLE, CONVERSATION_TITLE = "What you told me", "Our conversation"


class StoredMemory:
    """The port Memory over SQL. `catch_up` sees to it that a person's turns get their vectors, later."""

    def __init__(
        self, database: Database, encoder: Encoder, recall: StoredRecall, catch_up: Callable[[str], Awaitable[None]]
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._recall = recall
        self._catch_up = catch_up
        self._verdicts = StoredVerdicts(database)

    async def remember(self, person_id: str, question: str) -> Remembered:
        """The facts that may matter for a question, but for those that did not when it was asked before; and the
        documents that standing rules leave for it."""
        known = await self._recall.known(person_id)
        asks_for_facts = bool(known.facts) and is_about_person(question)
        if not asks_for_facts and not known.rules:
            return Remembered()
        vector = (await self._encoder.encode_queries([question]))[0]
        found = await self._heeded(person_id, question, nearest(known, question, vector)) if asks_for_facts else ()
        acting = known.rules_here(question, vector)
        if not acting:
            return Remembered(found)
        async with self._database.session() as session:
            left = await rules.within(session, person_id, [rule for _, rule in acting])
        return Remembered(found, tuple(ActingRule(row.id, row.description) for row, _ in acting), left)

    async def look_back(self, person_id: str, asked: LookBack) -> Sequence[Hit]:
        """Earlier turns that come nearest to the topic; the latest where there is none. Those that the person sent away
        when they asked this before are left out."""
        async with self._database.session() as session:
            rows = await past.answers(session, person_id, asked, self._encoder.version)
        rows = await asyncio.to_thread(_telling, rows)
        if not rows:
            return ()
        if not asked.topic:
            latest = [_turn_hit(row, 1 / rank, rank) for rank, row in enumerate(rows[:HITS], start=1)]
            return await self._heeded(person_id, "", latest)
        made = await self._made(person_id, [row for row in rows if row.vector is None])
        vector = (await self._encoder.encode_queries([asked.topic]))[0]
        found = await asyncio.to_thread(_ranked, asked.topic, vector, rows, made)
        return await self._heeded(person_id, asked.topic, found)

    async def _heeded(self, person_id: str, asked: str, found: Sequence[Hit]) -> tuple[Hit, ...]:
        if not found:
            return ()
        return heeded(found, await self._verdicts.of(person_id, asked, [hit.passage.id for hit in found]))

    async def _made(self, person_id: str, missing: Sequence[PastAnswer]) -> dict[str, Vectors]:
        """Vectors of the latest turns that had none; the rest is left to a job, and to the words until then."""
        now = missing[:AT_ONCE]
        made = await give_vectors(self._database, self._encoder, person_id, now)
        if len(missing) > len(now):
            await self._catch_up(person_id)
        return made


def nearest(known: Known, question: str, vector: Vectors) -> tuple[Hit, ...]:
    """The facts that come near, nearest first; what the question says itself need not be told again."""
    closeness = known.fact_vectors @ vector
    order = [int(place) for place in np.argsort(-closeness, kind="stable") if closeness[place] >= NEAR]
    said = question.casefold()
    new = [place for place in order if known.facts[place].text.casefold() not in said]
    return tuple(
        _fact_hit(known.facts[place].id, known.facts[place].text, known.facts[place].created_at, closeness[place], rank)
        for rank, place in enumerate(new[:FACTS], start=1)
    )


def _telling(rows: Sequence[PastAnswer]) -> list[PastAnswer]:
    """Each question once, as it was answered last; without greetings, and without questions that were about the past
    themselves: they would only echo it."""
    now = utc_now()
    last: dict[str, PastAnswer] = {}
    for row in rows:
        last.setdefault(question_key(row.question), row)
    return [
        row
        for row in last.values()
        if reply_to_small_talk(row.question) is None and look_back_in(row.question, now) is None
    ]


def _ranked(topic: str, vector: Vectors, rows: Sequence[PastAnswer], made: dict[str, Vectors]) -> list[Hit]:
    from retrieval.scan import scan

    nowhere = np.zeros(len(vector), np.float32)
    vectors = np.stack([made.get(row.turn_id, as_vector(row.vector, nowhere)) for row in rows])
    found = scan(topic, vector, [row.text for row in rows], vectors)
    fused = found.fused
    return [
        _turn_hit(rows[n], float(fused[n]), rank, float(found.dense[n]), float(found.lexical[n]))
        for rank, n in enumerate(found.best(HITS), start=1)
    ]


def _fact_hit(identity: str, text: str, at: datetime, cosine: float, rank: int) -> Hit:
    said = f"You told me on {day(at)}: “{text}”"
    passage = Passage(identity, identity, 0, said, FACT_TITLE, heading=day(at), kind="fact")
    return Hit(passage, float(cosine), rank, dense=float(cosine))


def _turn_hit(
    row: PastAnswer, score: float, rank: int, dense: float | None = None, lexical: float | None = None
) -> Hit:
    given = row.answer.removesuffix(UNSUPPORTED).rstrip()
    answer = "I could not answer it." if row.abstained else f"I answered: “{given}”"
    said = f"On {day(row.at)} you asked: “{row.question}”\n{answer}"[:_SHOWN]
    passage = Passage(
        row.turn_id, row.conversation_id, 0, said, CONVERSATION_TITLE, heading=day(row.at), kind="conversation"
    )
    return Hit(passage, score, rank, dense, lexical)


def day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
