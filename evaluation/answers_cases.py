"""What each question of a set is asked over: where its passages come from, which are gold, who may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agents.types import PastTurn
from evaluation.datasets import AnswerSet, Question
from evaluation.errors import EvaluationError
from evaluation.indexing import EVERYONE, JudgedText

Source = Literal["passages", "corpus"]


@dataclass(frozen=True)
class Case:
    """A question with the texts that each baseline reads; None where the set cannot say."""

    question: Question
    every: tuple[str, ...] | None
    gold: tuple[str, ...] | None


def source_of(data: AnswerSet, wanted: str | None) -> Source:
    """Where the passages come from: with the questions, if they carry some, else the corpus. Raises EvaluationError."""
    carried = all(question.passages is not None for question in data.questions)
    match wanted:
        case None:
            return "passages" if carried else "corpus"
        case "passages" if carried:
            return "passages"
        case "corpus" if data.entries:
            return "corpus"
        case "passages" | "corpus":
            raise EvaluationError(f"--source {wanted}: {data.name} has none; leave --source out")
        case _:
            raise EvaluationError(f"--source {wanted!r} is unknown: use passages or corpus")


def gold_of(data: AnswerSet, source: Source, question: Question) -> frozenset[str] | None:
    """Ids of the gold passages; None where the set does not say which they are."""
    if source == "corpus":
        judged = data.qrels.get(question.id)
        return frozenset(judged) if judged else None if question.answerable else frozenset()
    labels = {passage.id: passage.label for passage in question.passages or ()}
    gold = frozenset(identity for identity, label in labels.items() if label == "gold")
    return gold if gold or "unknown" not in labels.values() else None


def texts_of(data: AnswerSet, source: Source, questions: Sequence[Question]) -> list[JudgedText]:
    """Every text that must be in the index before these questions are asked."""
    if source == "corpus":
        return [JudgedText(one.id, one.title, one.text, one.group or EVERYONE) for one in data.entries]
    return [
        JudgedText(passage.id, passage.title, passage.text, reader_of(source, question))
        for question in questions
        for passage in question.passages or ()
    ]


def reader_of(source: Source, question: Question) -> str:
    """Who asks: a reader for each question keeps its passages apart from all others in the one index."""
    return question.group or EVERYONE if source == "corpus" else f"question {question.id}"


def case_of(data: AnswerSet, source: Source, question: Question) -> Case:
    """What the baselines read for this question."""
    gold = gold_of(data, source, question)
    if source == "corpus":
        texts = {entry.id: f"{entry.title}\n{entry.text}".strip() for entry in data.entries}
        return Case(question, None, tuple(texts[one] for one in sorted(gold) if one in texts) if gold else None)
    texts = {one.id: f"{one.title}\n{one.text}".strip() for one in question.passages or ()}
    golden = tuple(text for identity, text in texts.items() if gold and identity in gold)
    return Case(question, tuple(texts.values()), golden or None)


def past_of(question: Question) -> tuple[PastTurn, ...]:
    """The messages before the question as turns; one that was never answered is left out."""
    pairs = pairwise(question.history)
    return tuple(PastTurn(a.content, b.content) for a, b in pairs if (a.role, b.role) == ("user", "assistant"))
