"""Looking back into long conversations: are the turns that answer found, and is it seen where none does?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.datasets import Entry, Qrels, Question, even_sample, read_entries, read_qrels, unique_rows
from evaluation.errors import DataError
from evaluation.progress import for_each
from evaluation.ranking import KEYS, Ranking, ranking_figures_by_query
from evaluation.reports import Report
from evaluation.statistics import Ratio, mean, paired_permutation
from retrieval.ports import Encoder, Selector, Vectors
from retrieval.scan import Scan, Scores, scan
from retrieval.types import Hit, Passage

HITS = 10  # that the selector reads, as in a turn
DEPTH = 100  # of recall@100
_WAYS = ("fused", "bm25", "dense")


class PastQuestion(Question):
    """A question about one conversation, and of which kind it is."""

    category: str | None = None


@dataclass(frozen=True)
class PastSet:
    """What was said, by conversation, and questions about it."""

    said: dict[str, tuple[Entry, ...]]
    questions: tuple[PastQuestion, ...]
    qrels: Qrels


@dataclass(frozen=True)
class _Found:
    """One question's rankings, and by each whether something was kept to answer from."""

    rankings: dict[str, Ranking]
    answers: dict[str, bool]


def read_past(folder: Path) -> PastSet:
    """Read corpus.jsonl, questions.jsonl and qrels.tsv; a question searches its `group`. Raises DataError."""
    said: dict[str, list[Entry]] = {}
    for entry in read_entries(folder):
        said.setdefault(entry.group or "", []).append(entry)
    questions = unique_rows(folder / "questions.jsonl", PastQuestion)
    lost = [one.id for one in questions if (one.group or "") not in said]
    if lost:
        raise DataError(f"{folder / 'questions.jsonl'}: question {lost[0]!r} is about a group without any text")
    grouped = {group: tuple(entries) for group, entries in said.items()}
    return PastSet(grouped, questions, read_qrels(folder / "qrels.tsv"))


async def measure_past(data: PastSet, encoder: Encoder, selector: Selector, limit: int | None = None) -> Report:
    """Rank the turns of each question's conversation, and let the selector say whether they answer."""
    questions = even_sample(data.questions, limit)
    vectors = {
        group: await encoder.encode_passages([_text(entry) for entry in entries])
        for group, entries in data.said.items()
    }

    async def find(question: PastQuestion) -> _Found:
        group = question.group or ""
        return await _find(question, data.said[group], vectors[group], encoder, selector)

    found = dict(zip((one.id for one in questions), await for_each(questions, find, "looking back"), strict=True))
    qrels = {one.id: data.qrels[one.id] for one in questions if one.id in data.qrels}
    ranked = {way: ranking_figures_by_query(qrels, {id: found[id].rankings[way] for id in qrels}) for way in _WAYS}
    ours = ranked["fused"]
    kept = {way: [found[one.id].answers[way] for one in questions] for way in _WAYS}
    nothing = [False] * len(questions)
    return {
        **_means(ours),
        **abstaining(questions, kept["fused"]),
        "queries": len(qrels),
        "n": len(questions),
        "passages": sum(len(entries) for entries in data.said.values()),
        "encoder": encoder.version,
        "selector": selector.version,
        "categories": _by_category(questions, ours),
        "baselines": {
            "bm25": _means(ranked["bm25"]) | abstaining(questions, kept["bm25"]),
            "dense": _means(ranked["dense"]) | abstaining(questions, kept["dense"]),
            "nothing": dict.fromkeys(KEYS, 0.0) | abstaining(questions, nothing),
        },
        "intervals": {key: mean([figures[key] for figures in ours.values()]).interval() for key in KEYS},
        "p_values": {way: _p_value(ours, ranked[way]) for way in ("bm25", "dense")},
    }


def abstaining(questions: Sequence[Question], answers: Sequence[bool]) -> dict[str, float | None]:
    """The four figures of the decision to answer, as `attune eval answers` defines them."""
    pairs = [(one.answerable, answered) for one, answered in zip(questions, answers, strict=True)]
    right = [not answerable and not answered for answerable, answered in pairs]
    abstained, unanswerable = [not answered for _, answered in pairs], [not answerable for answerable, _ in pairs]
    answered = [answerable and answered for answerable, answered in pairs]
    wrong = [answered and not answerable for answerable, answered in pairs]
    return {
        "abstain_precision": Ratio(right, abstained).value,
        "abstain_recall": Ratio(right, unanswerable).value,
        "answered_rate": Ratio(answered, [answerable for answerable, _ in pairs]).value,
        "false_answer_rate": Ratio(wrong, unanswerable).value,
    }


async def _find(
    question: PastQuestion, entries: Sequence[Entry], vectors: Vectors, encoder: Encoder, selector: Selector
) -> _Found:
    vector = (await encoder.encode_queries([question.question]))[0]
    scores = scan(question.question, vector, [_text(entry) for entry in entries], vectors)
    ways: dict[str, Scores] = {"fused": scores.fused, "bm25": scores.lexical, "dense": scores.dense}
    orders = {way: [int(n) for n in np.argsort(-by, kind="stable")[:DEPTH]] for way, by in ways.items()}
    answers = {}
    for way, order in orders.items():
        hits = [_hit(entries[n], scores, n, rank) for rank, n in enumerate(order[:HITS], start=1)]
        answers[way] = bool((await selector.select(question.question, hits)).kept)
    return _Found({way: [entries[n].id for n in order] for way, order in orders.items()}, answers)


def _hit(entry: Entry, scores: Scan, place: int, rank: int) -> Hit:
    passage = Passage(entry.id, entry.group or "", place, entry.text, entry.title, kind="conversation")
    dense, lexical = float(scores.dense[place]), float(scores.lexical[place])
    return Hit(passage, float(scores.fused[place]), rank, dense, lexical)


def _text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.text}" if entry.title else entry.text


def _by_category(questions: Sequence[PastQuestion], figures: Mapping[str, Mapping[str, float]]) -> dict[str, Report]:
    found: dict[str, dict[str, Mapping[str, float]]] = {}
    for one in questions:
        if one.category and one.id in figures:
            found.setdefault(one.category, {})[one.id] = figures[one.id]
    return {category: _means(some) | {"queries": len(some)} for category, some in sorted(found.items())}


def _means(by_query: Mapping[str, Mapping[str, float]]) -> Report:
    return {key: sum(figures[key] for figures in by_query.values()) / len(by_query) for key in KEYS}


def _p_value(ours: Mapping[str, Mapping[str, float]], theirs: Mapping[str, Mapping[str, float]]) -> float:
    return paired_permutation(
        [figures["ndcg@10"] for figures in ours.values()], [theirs[query]["ndcg@10"] for query in ours]
    )
