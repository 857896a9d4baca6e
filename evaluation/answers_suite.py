"""`attune eval answers`: whole turns on questions with gold answers, beside what the bare model answers.

Turns run several at a time, as the embedded model batches them: sec_per_turn is wall time over questions.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from agents.events import Outcome
from agents.graph import stream_turn
from agents.types import PastTurn, TurnContext, TurnRequest
from evaluation.answers import Answered, figures, intervals
from evaluation.baselines import Case, baselines
from evaluation.datasets import AnswerSet, Question, even_sample, read_answers
from evaluation.errors import EvaluationError
from evaluation.indexing import EVERYONE, IndexedTexts, JudgedText, index_texts
from evaluation.progress import IN_FLIGHT, for_each
from evaluation.reports import Report, combine
from evaluation.workplace import encoder_of, index_of, model_of, retriever_of, selector_of, temporary_settings
from generation.port import ContextOverflowError, LanguageModel
from personalization.ports import NoRecall
from retrieval.ports import Encoder, Selector

Source = Literal["passages", "corpus"]


@dataclass(frozen=True)
class Tools:
    """What every turn of a run shares."""

    encoder: Encoder
    model: LanguageModel
    selector: Selector
    retrieve_limit: int = 10
    answer_max_tokens: int = 320


async def evaluate(
    folders: Sequence[Path],
    limit: int | None = None,
    source: str | None = None,
    selector: str = "encoder",
    generator: str = "stock",
) -> Report:
    """Figures of whole turns on each set, and of the baselines in the same run. Raises EvaluationError."""
    if generator != "stock":
        raise EvaluationError(f"--generator {generator} is not available in this version: use stock")
    sets = [read_answers(folder) for folder in folders]
    sources = [source_of(data, source) for data in sets]
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder, model_of(settings) as model:
            tools = Tools(
                encoder,
                model,
                selector_of(selector, settings, encoder),
                settings.retrieve_limit,
                settings.answer_max_tokens,
            )
            pairs = zip(sets, sources, strict=True)
            return combine({data.name: await measure(data, chosen, tools, limit) for data, chosen in pairs})


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


async def measure(data: AnswerSet, source: Source, tools: Tools, limit: int | None = None) -> Report:
    """Run a turn for each of (a sample of) the questions in a home of its own."""
    questions = even_sample(data.questions, limit)
    with temporary_settings() as settings:
        async with index_of(settings, tools.encoder) as index:
            indexed = await index_texts(_texts(data, source, questions), tools.encoder, index)
            context = TurnContext(
                tools.model,
                retriever_of(tools.encoder, index),
                tools.selector,
                NoRecall(),
                tools.retrieve_limit,
                tools.answer_max_tokens,
            )

            async def turn(question: Question) -> Answered:
                gold = gold_of(data, source, question)
                return await run_question(context, question, _reader(source, question), indexed, gold)

            started = time.perf_counter()
            answered = await for_each(questions, turn, f"{data.name}: turns")
            seconds = time.perf_counter() - started
    bare = await baselines([_case(data, source, question) for question in questions], tools.model)
    return {
        **figures(answered),
        "sec_per_turn": seconds / len(answered),
        "n": len(answered),
        "overflowed": sum(not one.text for one in answered),
        "in_flight": IN_FLIGHT,
        "source": source,
        "selector": tools.selector.version,
        "generator": tools.model.version,
        "baselines": bare,
        "intervals": intervals(answered),
    }


async def run_question(
    context: TurnContext, question: Question, reader: str, indexed: IndexedTexts, gold: frozenset[str] | None
) -> Answered:
    """One whole turn. A prompt that does not fit the model is an empty answer: it counts as wrong."""
    request = TurnRequest(question.question, "evaluation", frozenset({reader}), _past(question))
    outcome = None
    try:
        async for event in stream_turn(context, request):
            if isinstance(event, Outcome):
                outcome = event
    except ContextOverflowError:
        return Answered(question.id, question.answerable, question.answers, "", False, gold=gold)
    assert outcome is not None, "a turn that raises nothing ends with its outcome"
    return Answered(
        question.id,
        question.answerable,
        question.answers,
        outcome.answer,
        outcome.abstained,
        tuple(hit.passage.text for hit in outcome.selection.kept),
        frozenset(indexed.judged_id(citation.hit) for citation in outcome.citations),
        gold,
    )


def gold_of(data: AnswerSet, source: Source, question: Question) -> frozenset[str] | None:
    """Ids of the gold passages; None where the set does not say which they are."""
    if source == "corpus":
        judged = data.qrels.get(question.id)
        return frozenset(judged) if judged else None if question.answerable else frozenset()
    labels = {passage.id: passage.label for passage in question.passages or ()}
    gold = frozenset(identity for identity, label in labels.items() if label == "gold")
    return gold if gold or "unknown" not in labels.values() else None


def _texts(data: AnswerSet, source: Source, questions: Sequence[Question]) -> list[JudgedText]:
    if source == "corpus":
        return [JudgedText(one.id, one.title, one.text, one.group or EVERYONE) for one in data.entries]
    return [
        JudgedText(passage.id, passage.title, passage.text, _reader(source, question))
        for question in questions
        for passage in question.passages or ()
    ]


def _reader(source: Source, question: Question) -> str:
    # A reader for each question keeps its passages apart from all others in the one index.
    return question.group or EVERYONE if source == "corpus" else f"question {question.id}"


def _case(data: AnswerSet, source: Source, question: Question) -> Case:
    gold = gold_of(data, source, question)
    if source == "corpus":
        texts = {entry.id: f"{entry.title}\n{entry.text}".strip() for entry in data.entries}
        return Case(question, None, tuple(texts[one] for one in sorted(gold) if one in texts) if gold else None)
    texts = {one.id: f"{one.title}\n{one.text}".strip() for one in question.passages or ()}
    golden = tuple(text for identity, text in texts.items() if gold and identity in gold)
    return Case(question, tuple(texts.values()), golden or None)


def _past(question: Question) -> tuple[PastTurn, ...]:
    """The messages before the question as turns; one that was never answered is left out."""
    said = question.history
    pairs = pairwise(said)
    return tuple(PastTurn(a.content, b.content) for a, b in pairs if (a.role, b.role) == ("user", "assistant"))
