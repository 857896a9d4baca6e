"""Recall over SQL: what a person's preferences ask for in one context. Knows no turn and changes no preference.

Their facts and standing rules are read and kept with them: app/memory.py says what they mean for a question.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app import facts, preferences
from app.contexts import as_bytes, as_vector, vectors_of
from app.db import Database
from app.held import Held, held, is_told
from app.models_memory import PersonFact
from app.models_preferences import Preference
from app.rules import split_rules
from personalization.ports import Recalled, Vectors
from personalization.standing_rules import StandingRule
from retrieval.ports import Encoder
from retrieval.words import content_stems

log = logging.getLogger(__name__)

PEOPLE = 500  # whose preferences are kept in memory; two thousand preferences take 3 MB
# Cosine of a question and "a question about <scope>" from which a narrowed preference applies, unless a word of the
# scope is in the question, which is enough. Chosen with MiniLM on 80 questions of eight kinds, two names of a scope for
# each: 58 % are found to be in theirs, and 2 % of the others; at 0.15 it is 70 % and 4 %.
NEAR = 0.2
_ABOUT = "a question about {}"


@dataclass(frozen=True)
class _Scope:
    """What a person narrowed a preference to, in their words: "e-mails"."""

    stems: frozenset[str]
    vector: Vectors

    def holds(self, stems: frozenset[str], vector: Vectors) -> bool:
        return bool(stems & self.stems) or float(self.vector @ vector) >= NEAR


@dataclass(frozen=True)
class Known:
    """What is known of one person as of one version of it."""

    version: int
    held: Sequence[Held] = ()
    told: Sequence[Preference] = ()  # only a model can follow these
    scopes: Mapping[str, "_Scope"] = field(default_factory=dict)  # by their words
    rules: Sequence[tuple[Preference, StandingRule]] = ()
    facts: Sequence[PersonFact] = ()
    fact_vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # one row a fact

    def rules_here(self, context: str, vector: Vectors) -> list[tuple[Preference, StandingRule]]:
        """The rules whose scope holds, but for what the question itself asks for."""
        out = self._out(context, vector)
        return [(row, rule) for row, rule in self.rules if row.scope not in out and not rule.lifted_by(context)]

    def here(self, context: str, vector: Vectors) -> Recalled:
        """What holds for a question; what it asks for itself comes before any preference of that kind."""
        from personalization.honouring import honoured
        from personalization.memory import guide
        from personalization.stated import read

        out = self._out(context, vector)
        usable = [one for one in self.held if one.row.scope not in out] if out else self.held
        chosen = guide([one.preference for one in usable], vector, read(context))
        told = [row for row in self.told if row.scope not in out]
        said = [chosen.guidance.instruction or "", *(row.description for row in told)]
        done = [usable[place] for place in chosen.used]
        ids = dict.fromkeys([*(one.row.id for one in done), *(row.id for row in told)])

        def honours(written: str, shaped: str) -> tuple[str, ...]:
            are = honoured([one.preference.transformation for one in done], written, shaped)
            missed = {one.row.id for one, is_done in zip(done, are, strict=True) if not is_done}
            return tuple(one for one in dict.fromkeys(one.row.id for one in done) if one not in missed)

        return Recalled("; ".join(filter(None, said)) or None, tuple(ids), chosen.guidance.render, honours)

    def _out(self, context: str, vector: Vectors) -> set[str]:
        """The scopes that do not hold."""
        stems = frozenset(content_stems(context))
        return {words for words, scope in self.scopes.items() if not scope.holds(stems, vector)}


def _carefully(rows: Sequence[Preference], vectors: Sequence[Vectors]) -> list[Held]:
    """What is done to an answer that nobody has read yet must not damage it."""
    from personalization.careful import Careful

    return [
        replace(one, preference=replace(one.preference, transformation=Careful(one.preference.transformation)))
        for one in held(rows, vectors)
    ]


class StoredRecall:
    """Keeps in memory what it read, for as long as the person's version says that nothing changed."""

    def __init__(self, database: Database, encoder: Encoder, *, on: bool = True) -> None:
        self._database = database
        self._encoder = encoder
        self._on = on
        self._known: OrderedDict[str, Known] = OrderedDict()

    def expect(self, person_id: str, version: int) -> None:
        """Say which version of the person's preferences holds: of version 0 there are none, and nothing is read."""
        known = self._known.get(person_id)
        if version == 0:
            self._keep(person_id, Known(0))
        elif known is not None and known.version != version:
            del self._known[person_id]

    async def renew(self, person_id: str) -> None:
        """Read again what is kept of somebody, so that their next question need not wait for it."""
        if person_id in self._known:
            await self._read(person_id)

    async def known(self, person_id: str) -> Known:
        """All that is known of somebody; nothing where personalization is off."""
        if not self._on:
            return Known(0)
        return self._known.get(person_id) or await self._read(person_id)

    async def recall(self, person_id: str, context: str) -> Recalled:
        """What holds for this question of this person. A follow-up is put as the question that stands alone."""
        if not self._on:
            return Recalled()
        try:
            return await self._recall(person_id, context)
        except Exception:  # a generic answer is better than none
            log.exception("the preferences of person %s were left out of an answer", person_id)
            return Recalled()

    async def _recall(self, person_id: str, context: str) -> Recalled:
        known = await self.known(person_id)
        if not (known.held or known.told):
            return Recalled()
        vector = (await self._encoder.encode_queries([context]))[0]
        return await asyncio.to_thread(known.here, context, vector)

    async def _read(self, person_id: str) -> Known:
        async with self._database.session() as session:
            version = await preferences.version(session, person_id)  # first: what follows is at least as new
            stored = await preferences.to_recall(session, person_id)
            said = await facts.to_recall(session, person_id)
        rules, rows = split_rules(stored)
        done = [row for row in rows if not is_told(row)]
        vectors = await vectors_of(self._encoder, done)
        known = Known(
            version,
            await asyncio.to_thread(_carefully, done, vectors),
            [row for row in rows if is_told(row)],
            await self._scopes(stored),
            rules,
            said,
            await self._fact_vectors(person_id, said),
        )
        self._keep(person_id, known)
        return known

    async def _fact_vectors(self, person_id: str, said: Sequence[PersonFact]) -> Vectors:
        """A row for each fact; what had to be encoded is kept for the next time."""
        version = self._encoder.version
        stale = [place for place, row in enumerate(said) if row.vector is None or row.encoder != version]
        fresh = await self._encoder.encode_queries([said[place].text for place in stale]) if stale else ()
        made = dict(zip(stale, fresh, strict=True))
        if made:
            async with self._database.session() as session:
                kept = [(said[place].id, as_bytes(vector)) for place, vector in made.items()]
                await facts.store_vectors(session, person_id, kept, version)
        nowhere = np.zeros(self._encoder.dimension, np.float32)
        rows = [made[n] if n in made else as_vector(row.vector, nowhere) for n, row in enumerate(said)]
        return np.stack(rows) if rows else np.zeros((0, self._encoder.dimension), np.float32)

    async def _scopes(self, rows: Sequence[Preference]) -> dict[str, _Scope]:
        named = list(dict.fromkeys(row.scope for row in rows if row.scope))
        vectors = await self._encoder.encode_queries([_ABOUT.format(scope) for scope in named]) if named else ()
        return {
            scope: _Scope(frozenset(content_stems(scope)), vector) for scope, vector in zip(named, vectors, strict=True)
        }

    def _keep(self, person_id: str, known: Known) -> None:
        self._known[person_id] = known
        self._known.move_to_end(person_id)
        while len(self._known) > PEOPLE:
            self._known.popitem(last=False)
