"""Whole turns on the questions of a set, in a home of its own: what came back, and how long one turn took."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.events import Outcome
from agents.graph import stream_turn
from agents.types import Searches, TurnContext, TurnRequest
from evaluation.answers import Answered
from evaluation.answers_cases import Source, gold_of, past_of, reader_of, texts_of
from evaluation.datasets import AnswerSet, Question, even_sample
from evaluation.indexing import IndexedTexts, index_texts
from evaluation.progress import for_each
from evaluation.runs import Run, code_version, fingerprint
from evaluation.workplace import index_of, temporary_settings
from generation.port import ContextOverflowError, LanguageModel
from personalization.ports import NoRecall
from retrieval.ports import Encoder, Selector, Verifier
from retrieval.query_update import QueryUpdate
from retrieval.retriever import Retriever

ALONE = 10  # turns that run with nothing beside them, for the time that one takes
CODE = ("agents", "personalization", "retrieval", "generation")


@dataclass(frozen=True)
class Tools:
    """What every turn of a run shares. `stock` answers for the baselines; None: `model` is the stock one."""

    encoder: Encoder
    model: LanguageModel
    selector: Selector
    retrieve_limit: int = 10
    answer_max_tokens: int = 320
    verifier: Verifier | None = None
    stock: LanguageModel | None = None
    update: QueryUpdate | None = None  # of the retriever; None: it searches for questions as they are encoded
    conditions: Mapping[str, Any] = field(default_factory=dict)  # the settings that may change an answer


@dataclass(frozen=True)
class TimedTurn:
    """One question with what came back, and the seconds until it did."""

    answered: Answered
    seconds: float


async def run_turns(
    data: AnswerSet, source: Source, questions: Sequence[Question], tools: Tools, run: Run
) -> tuple[list[Answered], float]:
    """Every question's turn, in order, and the mean seconds of a turn that had the machine to itself.

    An even sample of ALONE questions runs one by one; the others several at a time, as the embedded model batches
    them. What `run` knows already is not asked again.
    """
    alone = {question.id for question in even_sample(questions, ALONE)}
    texts = texts_of(data, source, questions)
    made_from = fingerprint([_tools_identity(tools), texts, source, code_version(*CODE)])
    keys = {one.id: fingerprint([made_from, one, one.id in alone]) for one in questions}
    missing = [question for question in questions if keys[question.id] not in run]
    if missing:
        with temporary_settings() as settings:
            async with index_of(settings, tools.encoder) as index:
                indexed = await index_texts(texts, tools.encoder, index)
                context = context_of(tools, Retriever(tools.encoder, index, tools.update))

                async def turn(question: Question) -> None:
                    started = time.perf_counter()
                    gold = gold_of(data, source, question)
                    answered = await run_question(context, question, reader_of(source, question), indexed, gold)
                    run.put(keys[question.id], TimedTurn(answered, time.perf_counter() - started))

                await for_each([one for one in missing if one.id in alone], turn, f"{data.name}: turns alone", 1)
                await for_each([one for one in missing if one.id not in alone], turn, f"{data.name}: turns")
    turns: list[TimedTurn] = [run.get(keys[question.id], TimedTurn) for question in questions]
    seconds = [turn.seconds for turn, question in zip(turns, questions, strict=True) if question.id in alone]
    return [turn.answered for turn in turns], sum(seconds) / len(seconds)


async def run_question(
    context: TurnContext, question: Question, reader: str, indexed: IndexedTexts, gold: frozenset[str] | None
) -> Answered:
    """One whole turn. A prompt that does not fit the model is an empty answer: it counts as wrong."""
    request = TurnRequest(question.question, "evaluation", frozenset({reader}), past_of(question))
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


def context_of(tools: Tools, searches: Searches) -> TurnContext:
    """What a turn of the product needs, without a person: no memory, no preferences."""
    return TurnContext(
        model=tools.model,
        retriever=searches,
        selector=tools.selector,
        recall=NoRecall(),
        retrieve_limit=tools.retrieve_limit,
        answer_max_tokens=tools.answer_max_tokens,
        verifier=tools.verifier,
    )


def _tools_identity(tools: Tools) -> list[Any]:
    versions = [
        part.version for part in (tools.encoder, tools.model, tools.selector, tools.verifier, tools.update) if part
    ]
    return [*versions, tools.retrieve_limit, tools.answer_max_tokens, dict(tools.conditions)]
