"""`attune eval selection`: does the selector keep the gold passages and nothing else, beside the encoder's top k.

f1, precision and recall are means over questions with gold passages; empty_accuracy is the share of questions without
any for which nothing is kept: those of the set, and every other question once more with its gold passages taken away.
The baseline takes the k in 1..10 with the best f1 on the measured questions, which flatters it.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app import adapters
from evaluation.answers_cases import reader_of, texts_of
from evaluation.choices import selector_settings
from evaluation.datasets import AnswerSet, Question, even_sample, read_answers
from evaluation.errors import EvaluationError
from evaluation.holdout import kept_back
from evaluation.indexing import IndexedTexts, index_texts
from evaluation.progress import for_each
from evaluation.reports import Report, combine
from evaluation.statistics import Ratio, mean, paired_difference
from evaluation.workplace import encoder_of, index_of, retriever_of, temporary_settings
from retrieval.ports import Encoder, Selector
from retrieval.types import Hit, Mode, Query

MOST = 10  # of k
TIMED_HITS = 20
_HITS = 100  # more than any question of a set brings along
_TIMED = 10  # selections


@dataclass(frozen=True)
class Choice:
    """A question's hits, fused and by the encoder alone, with the judged id of each; gold may be empty."""

    question: str
    hits: tuple[Hit, ...]
    by_encoder: tuple[str, ...]
    judged: dict[str, str]  # passage id -> id of the judged text
    gold: frozenset[str]
    misinfo: frozenset[str]

    def ids(self, hits: Sequence[Hit]) -> frozenset[str]:
        return frozenset(self.judged[hit.passage.id] for hit in hits)

    def without_gold(self) -> "Choice":
        """The same question where nothing answers it."""
        left = [hit for hit in self.hits if self.judged[hit.passage.id] not in self.gold]
        ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(left, start=1))
        others = tuple(one for one in self.by_encoder if one not in self.gold)
        return replace(self, hits=ranked, by_encoder=others, gold=frozenset())


async def evaluate(
    folders: Sequence[Path], limit: int | None = None, selector: str | None = None, held_back: bool = False
) -> Report:
    """Figures of the selector that `selector` names (None: the settings') on each set. Raises EvaluationError."""
    sets = [_read(folder, held_back) for folder in folders]
    with temporary_settings(**selector_settings(selector)) as settings:
        async with encoder_of(settings) as encoder:
            chosen = await asyncio.to_thread(adapters.make_selector, settings, encoder)
            return combine({data.name: await measure(data, chosen, encoder, limit) for data in sets})


async def measure(data: AnswerSet, selector: Selector, encoder: Encoder, limit: int | None = None) -> Report:
    """Find each question's own passages as a turn would, and let the selector choose among them."""
    choices = await _choices(data, encoder, limit)
    full = [choice for choice in choices if choice.gold]
    empty = [choice for choice in choices if not choice.gold] + [one.without_gold() for one in full]
    empty = [choice for choice in empty if choice.hits]

    async def select(choice: Choice) -> frozenset[str]:
        return choice.ids((await selector.select(choice.question, choice.hits)).kept)

    kept = await for_each(full, select, f"{data.name}: selecting")
    kept_of_empty = await for_each(empty, select, f"{data.name}: selecting, nothing is gold")
    best = max(range(1, MOST + 1), key=lambda k: mean(_f1s(full, _first(full, k))).value or 0.0)
    return {
        **_figures(full, kept, empty, kept_of_empty),
        "n": len(full),
        "n_empty": len(empty),
        "ms_per_20_passages": await _milliseconds(choices, selector),
        "selector": selector.version,
        "baselines": {
            "top_k": {"k": str(best)} | _figures(full, _first(full, best), empty, _first(empty, best)),
        },
        "differences": {
            "top_k": {"f1": paired_difference(mean(_f1s(full, kept)), mean(_f1s(full, _first(full, best))))}
        },
    }


def _read(folder: Path, held_back: bool) -> AnswerSet:
    data = read_answers(folder)
    questions = kept_back(data.questions, folder) if held_back else data.questions
    known = tuple(one for one in questions if one.passages and all(p.label != "unknown" for p in one.passages))
    if not known:
        raise EvaluationError(f"{folder}: no question carries passages labelled gold, distractor, misinfo or noise")
    return replace(data, questions=known)


async def _choices(data: AnswerSet, encoder: Encoder, limit: int | None) -> list[Choice]:
    questions = even_sample(data.questions, limit)
    with temporary_settings() as settings:
        async with index_of(settings, encoder) as index:
            indexed = await index_texts(texts_of(data, "passages", questions), encoder, index)
            search = retriever_of(encoder, index).search

            async def find(question: Question) -> Choice:
                return await _choice(question, search, indexed)

            return await for_each(questions, find, f"{data.name}: searching")


async def _choice(
    question: Question, search: Callable[[Query], Awaitable[Sequence[Hit]]], indexed: IndexedTexts
) -> Choice:
    readers = frozenset({reader_of("passages", question)})

    async def found(mode: Mode) -> tuple[Hit, ...]:
        return tuple(await search(Query(question.question, readers, _HITS, mode=mode)))

    hits, by_encoder = await found("fused"), await found("dense")
    labels = {passage.id: passage.label for passage in question.passages or ()}
    return Choice(
        question.question,
        hits,
        tuple(indexed.ranking(by_encoder)),
        {hit.passage.id: indexed.judged_id(hit) for hit in hits},
        frozenset(one for one, label in labels.items() if label == "gold"),
        frozenset(one for one, label in labels.items() if label == "misinfo"),
    )


def _first(choices: Sequence[Choice], k: int) -> list[frozenset[str]]:
    return [frozenset(choice.by_encoder[:k]) for choice in choices]


def _figures(
    full: Sequence[Choice],
    kept: Sequence[frozenset[str]],
    empty: Sequence[Choice],
    kept_of_empty: Sequence[frozenset[str]],
) -> Report:
    pairs = list(zip(full, kept, strict=True))
    everywhere = [*pairs, *zip(empty, kept_of_empty, strict=True)]
    found = {
        "f1": mean(_f1s(full, kept)),
        "precision": mean([len(ids & one.gold) / len(ids) if ids else 0.0 for one, ids in pairs]),
        "recall": mean([len(ids & one.gold) / len(one.gold) for one, ids in pairs]),
        "empty_accuracy": mean([float(not ids) for ids in kept_of_empty]),
        "kept": mean([float(len(ids)) for ids in kept]),
        "misinfo_kept": Ratio(
            [float(len(ids & one.misinfo)) for one, ids in everywhere],
            [float(len(one.misinfo)) for one, _ in everywhere],
        ),
    }
    return {name: ratio.value for name, ratio in found.items()} | {
        "intervals": {name: found[name].interval() for name in ("f1", "empty_accuracy")}
    }


def _f1s(choices: Sequence[Choice], kept: Sequence[frozenset[str]]) -> list[float]:
    pairs = zip(choices, kept, strict=True)
    return [2 * len(ids & choice.gold) / (len(ids) + len(choice.gold)) for choice, ids in pairs]


async def _milliseconds(choices: Sequence[Choice], selector: Selector) -> float | None:
    """The median of selections among 20 hits of neighbouring questions, one at a time; no hit is read twice."""
    hits = [hit for choice in choices for hit in choice.hits]
    lists = [hits[start : start + TIMED_HITS] for start in range(0, len(hits) - TIMED_HITS + 1, TIMED_HITS)]
    seconds = []
    for number, some in enumerate(lists[: _TIMED + 1]):
        started = time.perf_counter()
        await selector.select(choices[number % len(choices)].question, some)
        seconds.append(time.perf_counter() - started)
    # The first one wakes what sleeps.
    return 1e3 * statistics.median(seconds[1:]) if len(seconds) > 1 else None
