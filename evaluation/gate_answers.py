"""Whole turns of champion and challenger on the same questions over one index, in turns. Opens nothing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.types import TurnContext
from evaluation.answers import Answered, accuracy, f1, ratios
from evaluation.answers_cases import Source, gold_of, reader_of, texts_of
from evaluation.answers_turns import CODE, TimedTurn, run_question
from evaluation.datasets import AnswerSet, Question, even_sample
from evaluation.gate import RATE, Judgement, Pair, judge, latency_guard, rate_guard
from evaluation.gate_retrieval import group_of
from evaluation.indexing import IndexedTexts, index_texts
from evaluation.progress import for_each
from evaluation.reports import Report
from evaluation.runs import Run, code_version, fingerprint
from evaluation.statistics import Ratio
from retrieval.ports import Encoder, PassageIndex

METRIC = "mean of accuracy and F1"
TIMED = 12  # questions asked of both with nothing beside them, for the time that a turn takes


@dataclass(frozen=True)
class Side:
    """What answers for one of the two, with the versions and settings that may change an answer."""

    context: TurnContext
    conditions: Mapping[str, Any]


@dataclass(frozen=True)
class Compared:
    """One set's turns by both, in the order of the questions; `seconds` of those that were timed."""

    name: str
    questions: Sequence[Question]
    champion: Sequence[Answered]
    challenger: Sequence[Answered]
    seconds: tuple[Sequence[float], Sequence[float]]

    def pairs(self) -> list[Pair]:
        return [
            Pair(
                _score(ours), _score(theirs), float(ours.answerable and bool(ours.answers)), group_of(self.name, asked)
            )
            for asked, ours, theirs in zip(self.questions, self.champion, self.challenger, strict=True)
        ]


class Contest:
    """Both sides over the texts of one set. What `run` knows is not asked again, but for what is timed."""

    def __init__(self, data: AnswerSet, source: Source, sides: tuple[Side, Side], run: Run) -> None:
        self._data, self._source, self._sides, self._run = data, source, sides, run
        code = code_version(*CODE)
        texts = texts_of(data, source, data.questions)
        self._made_from = [fingerprint([dict(side.conditions), texts, source, code]) for side in sides]

    async def run(self, encoder: Encoder, index: PassageIndex) -> Compared:
        """Index the texts once and ask both every question."""
        questions = self._data.questions
        indexed = await index_texts(texts_of(self._data, self._source, questions), encoder, index)
        timed = even_sample(questions, TIMED)
        both = await for_each(timed, lambda one: self._alone(one, indexed), f"{self._data.name}: turns alone", 1)
        left = [(side, one) for one in questions for side in (0, 1) if self._key(side, one) not in self._run]
        await for_each(left, lambda task: self._ask(*task, indexed), f"{self._data.name}: champion and challenger")
        answered = [[self._run.get(self._key(side, one), TimedTurn).answered for one in questions] for side in (0, 1)]
        alike = {one.id for one, *two in zip(questions, *answered, strict=True) if two[0].abstained == two[1].abstained}
        # To decline is quick: where one of the two does, their times say who declined.
        kept = [spent for one, spent in zip(timed, both, strict=True) if one.id in alike] or both
        seconds = ([one[0] for one in kept], [one[1] for one in kept])
        return Compared(self._data.name, questions, answered[0], answered[1], seconds)

    async def _alone(self, question: Question, indexed: IndexedTexts) -> tuple[float, float]:
        # The one that is asked first changes from question to question: whoever is second finds the caches warm.
        order = (0, 1) if int(fingerprint(question.id), 16) % 2 else (1, 0)
        seconds = {side: await self._ask(side, question, indexed) for side in order}
        return seconds[0], seconds[1]

    async def _ask(self, side: int, question: Question, indexed: IndexedTexts) -> float:
        gold, reader = gold_of(self._data, self._source, question), reader_of(self._source, question)
        started = time.perf_counter()
        answered = await run_question(self._sides[side].context, question, reader, indexed, gold)
        seconds = time.perf_counter() - started
        self._run.put(self._key(side, question), TimedTurn(answered, seconds))
        return seconds

    def _key(self, side: int, question: Question) -> str:
        return fingerprint([self._made_from[side], question])


def judged(compared: Sequence[Compared]) -> Judgement:
    """The verdict over all sets, every question counting the same."""
    champion = ratios([one for each in compared for one in each.champion])
    challenger = ratios([one for each in compared for one in each.challenger])
    seconds = [[one for each in compared for one in each.seconds[side]] for side in (0, 1)]
    answered, falsely = (_two(champion, challenger, name) for name in ("answered_rate", "false_answer_rate"))
    guards = [
        latency_guard(seconds[0], seconds[1], "s a turn"),
        rate_guard("answered_rate", "The share of answerable questions that it answers", answered, RATE, -1),
        rate_guard("false_answer_rate", "The share of unanswerable questions that it answers", falsely, RATE, 1),
    ]
    return judge(METRIC, [pair for each in compared for pair in each.pairs()], guards)


def of_set(compared: Compared) -> Report:
    """One set's figures, without a verdict."""
    sides = {"champion": compared.champion, "challenger": compared.challenger}
    figures = {side: {name: one.value for name, one in ratios(some).items()} for side, some in sides.items()}
    return {**figures, "n": len(compared.questions)}


def _two(champion: Mapping[str, Ratio], challenger: Mapping[str, Ratio], name: str) -> tuple[Ratio, Ratio]:
    return champion[name], challenger[name]


def _score(one: Answered) -> float:
    return (accuracy(one) + f1(one)) / 2
