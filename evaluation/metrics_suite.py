"""`attune eval metrics`: which metric of a list of passages foretells best whether the generator answers right from it.

Each question is answered three times, from the five passages that BM25, the encoder and both together find first; no
selector stands between. Every metric judges the very list that its answer was written from.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

from agents.types import Searches
from evaluation.answers import Answered, accuracy, f1
from evaluation.answers_cases import gold_of, reader_of, source_of, texts_of
from evaluation.answers_suite import Choices, open_tools
from evaluation.answers_turns import CODE, Tools, context_of, run_question
from evaluation.correlations import advantage, correlation
from evaluation.datasets import AnswerSet, Question, even_sample, read_answers
from evaluation.errors import EvaluationError
from evaluation.holdout import kept_back
from evaluation.indexing import IndexedTexts, index_texts
from evaluation.progress import for_each
from evaluation.ranking import ranking_figures_by_query
from evaluation.reports import Report
from evaluation.runs import Run, code_version, fingerprint
from evaluation.udcg import Read, abstention, learn, udcg
from evaluation.workplace import index_of, temporary_settings
from retrieval.retriever import Retriever
from retrieval.selector import KeepAll
from retrieval.types import Hit, Mode, Query

DEPTH = 5  # passages that the shipped adapter was trained to read at most
FOLDS = 5
CLASSICAL = ("ndcg", "mrr", "recall", "precision")
_AGAINST = "ndcg"


@dataclass(frozen=True)
class Judged:
    """One list of passages, how right the answer from it was, and what each metric says of the list."""

    question: str  # with its set
    mode: Mode
    accuracy: float
    f1: float
    reads: tuple[Read, ...]
    ndcg: float
    mrr: float
    recall: float
    precision: float


@dataclass(frozen=True)
class _InMode:
    """Searches in one way whatever is asked for."""

    searches: Searches
    mode: Mode

    async def search(self, query: Query) -> Sequence[Hit]:
        return await self.searches.search(replace(query, mode=self.mode))


async def evaluate(
    folders: Sequence[Path], limit: int | None = None, held_back: bool = False, run: Path | None = None
) -> Report:
    """Rank correlations with accuracy and with F1, over all sets together and for each. Raises EvaluationError."""
    sets = {folder: _read(folder, limit, held_back) for folder in folders}
    kept = Run(run)
    async with open_tools(Choices(selector="none")) as tools:
        judged = {data.name: await _judged(data, tools, kept) for data in sets.values()}
        version = tools.model.version
    every = [one for some in judged.values() for one in some]
    apart = {name: report_of(some) for name, some in judged.items()} if len(judged) > 1 else {}
    return report_of(every) | {"generator": version, "depth": DEPTH} | ({"sets": apart} if apart else {})


def report_of(judged: Sequence[Judged]) -> Report:
    """Each metric's rank correlation with its interval, and by how much UDCG's is above nDCG's."""
    values, groups = metrics(judged), [one.question for one in judged]
    report: Report = {"lists": len(judged), "questions": len(set(groups))}
    for name in ("accuracy", "f1"):
        right = [getattr(one, name) for one in judged]
        rows: dict[str, Any] = {metric: _told(correlation(found, right, groups)) for metric, found in values.items()}
        ahead = {form: advantage(values[form], values[_AGAINST], right, groups) for form in ("udcg", "udcg_learned")}
        report[name] = rows | {"above_ndcg": {form: _told(found) for form, found in ahead.items()}}
    return report


def metrics(judged: Sequence[Judged]) -> dict[str, list[float]]:
    """Every metric of every list. The learned form is fitted to the other folds' questions, never to its own."""
    found = {name: [float(getattr(one, name)) for one in judged] for name in CLASSICAL}
    found["udcg"] = [udcg(one.reads) for one in judged]
    order = {question: place for place, question in enumerate(dict.fromkeys(one.question for one in judged))}
    folds = [order[one.question] % FOLDS for one in judged]
    learned = {}
    for fold in set(folds):
        others = [one for one, its in zip(judged, folds, strict=True) if its != fold] or judged
        learned[fold] = learn([one.reads for one in others], [one.accuracy for one in others], DEPTH)
    found["udcg_learned"] = [learned[fold](one.reads) for one, fold in zip(judged, folds, strict=True)]
    return found


def _told(found: Any) -> dict[str, Any] | None:
    return asdict(found) if found is not None else None


def _read(folder: Path, limit: int | None, held_back: bool) -> AnswerSet:
    data = read_answers(folder)
    asked = kept_back(data.questions, folder) if held_back else data.questions
    source = source_of(data, None)
    known = [one for one in asked if one.answerable and one.answers and gold_of(data, source, one)]
    if not known:
        raise EvaluationError(f"{folder}: no question has both an answer and passages known to hold it")
    return replace(data, questions=even_sample(known, limit))


async def _judged(data: AnswerSet, tools: Tools, run: Run) -> list[Judged]:
    source = source_of(data, None)
    texts = texts_of(data, source, data.questions)
    made_from = [tools.encoder.version, tools.model.version, dict(tools.conditions), texts, code_version(*CODE)]
    base = fingerprint([*made_from, DEPTH])
    with temporary_settings() as settings:
        async with index_of(settings, tools.encoder) as index:
            indexed = await index_texts(texts, tools.encoder, index)
            searches = Retriever(tools.encoder, index)
            asked = [(question, mode) for question in data.questions for mode in get_args(Mode)]

            async def judge(one: tuple[Question, Mode]) -> Judged:
                key = fingerprint([base, *one])
                if key not in run:
                    gold = gold_of(data, source, one[0]) or frozenset()
                    found = await _one(
                        tools, _InMode(searches, one[1]), one, (indexed, reader_of(source, one[0]), gold)
                    )
                    run.put(key, found)
                known: Judged = run.get(key, Judged)
                return known

            return await for_each(asked, judge, f"{data.name}: lists")


async def _one(
    tools: Tools, searches: _InMode, asked: tuple[Question, Mode], judged: tuple[IndexedTexts, str, frozenset[str]]
) -> Judged:
    (question, mode), (indexed, reader, gold) = asked, judged
    hits = await searches.search(Query(question.question, frozenset({reader}), DEPTH))
    context = context_of(replace(tools, selector=KeepAll(), retrieve_limit=DEPTH), searches)
    answered = await run_question(context, question, reader, indexed, gold)
    chances = await asyncio.gather(*(abstention(tools.model, question.question, hit) for hit in hits))
    right = [indexed.judged_id(hit) in gold for hit in hits]
    reads = tuple(Read(ok, chance) for ok, chance in zip(right, chances, strict=True))
    return _measured(question.id, mode, answered, reads, (indexed.ranking(hits), gold))


def _measured(
    question: str, mode: Mode, answered: Answered, reads: tuple[Read, ...], ranked: tuple[Sequence[str], frozenset[str]]
) -> Judged:
    ranking, gold = ranked
    figures: Mapping[str, float] = ranking_figures_by_query({question: dict.fromkeys(gold, 1)}, {question: ranking})[
        question
    ]
    precision = sum(one.relevant for one in reads) / len(reads) if reads else 0.0
    classical = (figures["ndcg@10"], figures["mrr@10"], figures["recall@10"], precision)
    return Judged(question, mode, accuracy(answered), f1(answered), reads, *classical)
