"""Which of a person's known facts are brought up for a question, against those that people marked as relevant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents.questions import joined_with_subject, leans_on_history
from agents.types import PastTurn
from app.memory import FACTS, nearest
from app.models_memory import PersonFact
from app.recall import Known
from evaluation.datasets import Row, even_sample, unique_rows
from evaluation.progress import for_each
from evaluation.reports import Report
from evaluation.statistics import Ratio, paired_permutation
from personalization.person_facts import facts_in, is_about_person, key_of
from retrieval.ports import Encoder
from retrieval.scan import Scores, scan

_WAYS = ("dense", "bm25", "fused")


class _Fact(Row):
    id: str
    text: str


class _Turn(Row):
    turn: str
    utterance: str
    resolved: str = ""
    response: str = ""
    relevant_facts: tuple[str, ...] = ()


class _Conversation(Row):
    id: str
    user_facts: tuple[_Fact, ...] = ()
    turns: tuple[_Turn, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """One question, as it is put to the facts, in the person's words and in those of somebody who resolved it."""

    person: str
    raw: str
    resolved: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class _Found:
    """Facts of one question: in order, by each way, and those that a turn would give to the generator."""

    asked: _Asked
    orders: dict[str, list[str]]
    given: list[str]


def is_of_facts(folder: Path) -> bool:
    """Whether the conversations in this folder come with what is known of their people."""
    path = folder / "conversations.jsonl"
    return path.exists() and any(one.user_facts for one in unique_rows(path, _Conversation))


async def measure_facts(folder: Path, encoder: Encoder, limit: int | None = None) -> Report:
    """Rank each person's facts for each of their turns; figures of the ranking over turns with a marked fact, of what
    is given over all turns."""
    people = unique_rows(folder / "conversations.jsonl", _Conversation)
    known = {one.id: await _known(one, encoder) for one in people}
    asked = even_sample([turn for one in people for turn in _asked(one)], limit)

    async def find(one: _Asked, question: str) -> _Found:
        return await _find(one, question, known[one.person], encoder)

    raw = await for_each(asked, lambda one: find(one, one.raw), "facts")
    resolved = await for_each(asked, lambda one: find(one, one.resolved), "facts, resolved")
    ways = {way: _ranking(raw, way) for way in _WAYS}
    texts = [fact.text for one in people for fact in one.user_facts]
    return {
        **ways["dense"],
        **_given(raw, [found.given for found in raw]),
        "queries": sum(bool(one.relevant) for one in asked),
        "n": len(asked),
        "facts": len(texts),
        "stated_facts_found": Ratio([bool(facts_in(text)) for text in texts], [1] * len(texts)).value,
        "encoder": encoder.version,
        "resolved": _ranking(resolved, "dense") | _given(resolved, [found.given for found in resolved]),
        "baselines": {
            "bm25": ways["bm25"] | _given(raw, [found.orders["bm25"][:FACTS] for found in raw]),
            "dense": ways["dense"] | _given(raw, [found.orders["dense"][:FACTS] for found in raw]),
            "fused": ways["fused"] | _given(raw, [found.orders["fused"][:FACTS] for found in raw]),
            "all": _given(raw, [[row.id for row in known[one.person].facts] for one in asked]),
            "nothing": _given(raw, [[] for _ in raw]),
        },
        "p_values": {"bm25": _p_value(raw, "bm25")},
    }


async def _known(person: _Conversation, encoder: Encoder) -> Known:
    rows = [
        PersonFact(id=one.id, person_id=person.id, key=key_of(one.text), text=one.text) for one in person.user_facts
    ]
    return Known(0, facts=rows, fact_vectors=await encoder.encode_queries([row.text for row in rows]))


def _asked(person: _Conversation) -> list[_Asked]:
    """The turns, follow-ups put as a turn puts them when no model can rewrite them."""
    found, past = list[_Asked](), list[PastTurn]()
    for turn in person.turns:
        said = turn.utterance
        raw = joined_with_subject(said, past) if past and leans_on_history(said) else said
        found.append(_Asked(person.id, raw, turn.resolved or said, frozenset(turn.relevant_facts)))
        past.append(PastTurn(said, turn.response))
    return found


async def _find(asked: _Asked, question: str, known: Known, encoder: Encoder) -> _Found:
    vector = (await encoder.encode_queries([question]))[0]
    scores = scan(question, vector, [row.text for row in known.facts], known.fact_vectors)
    by: Mapping[str, Scores] = {"dense": scores.dense, "bm25": scores.lexical, "fused": scores.fused}
    orders = {way: [known.facts[n].id for n in np.argsort(-by[way], kind="stable")] for way in _WAYS}
    given = nearest(known, question, vector) if is_about_person(question) else ()
    return _Found(asked, orders, [hit.passage.id for hit in given])


def _ranking(found: Sequence[_Found], way: str) -> Report:
    """Recall@3 and MRR, over the questions for which a fact was marked."""
    marked = [one for one in found if one.asked.relevant]
    recall = [len(one.asked.relevant & set(one.orders[way][:FACTS])) / len(one.asked.relevant) for one in marked]
    return {"recall@3": sum(recall) / len(marked), "mrr": sum(_reciprocal(one, way) for one in marked) / len(marked)}


def _reciprocal(found: _Found, way: str) -> float:
    ranks = (rank for rank, fact in enumerate(found.orders[way], start=1) if fact in found.asked.relevant)
    return 1 / next(ranks, float("inf"))


def _given(found: Sequence[_Found], given: Sequence[Sequence[str]]) -> dict[str, float | None]:
    """Micro-averaged, over all questions; `given_unasked`: the share of those without a marked fact that got one."""
    right = [len(one.asked.relevant & set(facts)) for one, facts in zip(found, given, strict=True)]
    precision, recall = Ratio(right, list(map(len, given))), Ratio(right, [len(one.asked.relevant) for one in found])
    sums = sum(map(len, given)) + sum(len(one.asked.relevant) for one in found)
    unasked = [not one.asked.relevant for one in found]
    spoken = [bool(facts) and no for facts, no in zip(given, unasked, strict=True)]
    return {
        "precision": precision.value,
        "recall": recall.value,
        "f1": 2 * sum(right) / sums if sums else None,
        "given_rate": Ratio([bool(facts) for facts in given], [1] * len(given)).value,
        "given_unasked": Ratio(spoken, unasked).value,
    }


def _p_value(found: Sequence[_Found], way: str) -> float:
    marked = [one for one in found if one.asked.relevant]
    return paired_permutation([_reciprocal(one, "dense") for one in marked], [_reciprocal(one, way) for one in marked])
