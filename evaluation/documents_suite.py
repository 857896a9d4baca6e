"""`attune eval documents`: files in, answers and pages out, through the API of a whole product in a temporary home.

page_hit@5: the gold page of the right document is among the pages of the first five hits. cited_page: a citation of
the answer stands on it. accuracy: as everywhere; since a long reference is never contained in an answer as it stands,
accuracy_short is over references of at most ten words (accuracy_short_n questions), and f1 is the figure for the rest.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.schemas import DocumentPublic, TurnPublic
from evaluation.answers import Answered, accuracy, f1, normalise
from evaluation.datasets import DocumentSet, Question, even_sample, read_documents
from evaluation.product import Product, running_product
from evaluation.progress import for_each
from evaluation.reports import Report, combine
from evaluation.statistics import Ratio, mean
from evaluation.workplace import temporary_settings

HITS = 5
REFERENCE_WORDS = 10

Page = tuple[str, int | None]  # a document's name in the questions, and the page counted from 1


@dataclass(frozen=True)
class Judged:
    """What one question gave. `hit` and `cited` are None where no gold page is known."""

    answered: Answered
    hit: bool | None
    cited: bool | None


async def evaluate(folders: Sequence[Path], limit: int | None = None) -> Report:
    """Ingest each set's files into a home of their own and ask its questions. Raises EvaluationError."""
    reports = {}
    for data in [read_documents(folder) for folder in folders]:
        with temporary_settings() as settings:
            async with running_product(settings) as product:
                reports[data.name] = await measure(data, product, limit)
    return combine(reports)


async def measure(data: DocumentSet, product: Product, limit: int | None = None) -> Report:
    """Figures of one set on a product that holds nothing yet."""
    started = time.perf_counter()
    documents = await product.ingest(data.files)
    ingested = time.perf_counter()
    names = {document.id: data.names[file] for file, document in zip(data.files, documents, strict=True)}
    questions = even_sample(data.questions, limit)

    async def judge(question: Question) -> Judged:
        return await _judge(product, question, names)

    judged = await for_each(questions, judge, f"{data.name}: turns")
    asked = time.perf_counter()
    return {
        **_figures(judged),
        "n": len(judged),
        "sec_per_turn": (asked - ingested) / len(judged),
        "ingest_seconds": ingested - started,
        "files": len(documents),
        "passages": sum(document.passages for document in documents),
        "not_indexed": _not_indexed(documents),
    }


def _figures(judged: Sequence[Judged]) -> Report:
    short = [accuracy(one.answered) for one in judged if _is_short(one.answered)]
    ratios: Mapping[str, Ratio] = {
        f"page_hit@{HITS}": mean([float(one.hit) for one in judged if one.hit is not None]),
        "accuracy": mean([accuracy(one.answered) for one in judged if _is_graded(one.answered)]),
        "accuracy_short": mean(short),
        "cited_page": mean([float(one.cited) for one in judged if one.cited is not None]),
        "f1": mean([f1(one.answered) for one in judged if _is_graded(one.answered)]),
        "answered_rate": mean([float(not one.answered.abstained) for one in judged if one.answered.answerable]),
    }
    return {
        **{name: ratio.value for name, ratio in ratios.items()},
        "accuracy_short_n": len(short),
        "intervals": {name: ratio.interval() for name, ratio in ratios.items()},
    }


async def _judge(product: Product, question: Question, names: Mapping[str, str]) -> Judged:
    found = await product.search(question.question, HITS)
    turn = await product.ask(question.question)
    gold = gold_pages(question)
    hits = {(names[hit.document_id], hit.page) for hit in found.hits}
    cited = {(names[citation.document_id], citation.page) for citation in turn.citations}
    return Judged(_answered(question, turn), bool(hits & gold) if gold else None, bool(cited & gold) if gold else None)


def gold_pages(question: Question) -> set[Page]:
    """Document and page of every gold passage; a passage without a title belongs to the question's document."""
    return {
        (question.document or passage.title, passage.page)
        for passage in question.passages or ()
        if passage.label == "gold" and passage.page is not None
    }


def _answered(question: Question, turn: TurnPublic) -> Answered:
    shown = tuple(exposure.text for exposure in turn.exposures if exposure.marker is not None)
    return Answered(question.id, question.answerable, question.answers, turn.answer, turn.abstained, shown)


def _is_graded(answered: Answered) -> bool:
    return answered.answerable and bool(answered.answers)


def _is_short(answered: Answered) -> bool:
    return answered.answerable and any(0 < len(normalise(gold).split()) <= REFERENCE_WORDS for gold in answered.answers)


def _not_indexed(documents: Sequence[DocumentPublic]) -> dict[str, str]:
    return {one.name: f"{one.status}: {one.reason}" for one in documents if one.status != "indexed"}
