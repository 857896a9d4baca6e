"""The loop measured: simulated people search and click, the retriever is trained on their log, and they search again.

Knows the retriever's own recipe, index and labels, and no other way to learn; answers are not written.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evaluation.datasets import Qrels, RetrievalSet, SearchQuery, even_sample, read_qrels, read_queries, read_retrieval
from evaluation.errors import DataError
from evaluation.holdout import trainable
from evaluation.indexing import EVERYONE, IndexedTexts
from evaluation.ranking import ranking_figures_by_query
from evaluation.retrieval_suite import rank_texts
from evaluation.statistics import mean, paired_permutation
from retrieval.ports import Encoder, Loader, PassageIndex
from retrieval.query_adapter import WEIGHTS
from retrieval.query_update import QueryUpdate, open_query_adapter
from retrieval.retriever import Retriever
from retrieval.types import Hit, Mode, Query
from training import retriever
from training.loop_people import Crowd, Habits, at_their_word
from training.retriever_lessons import Sources

SHOWN = 10
_METRIC = "ndcg@10"
_MODES: tuple[Mode, ...] = ("fused", "dense")
Values = Mapping[str, list[float]]


@dataclass(frozen=True)
class Arm:
    """One way the loop may go: how people behave, and whether their clicks are taken at their word."""

    habits: Habits = field(default_factory=Habits)
    at_their_word: bool = False


# What corrected clicks are compared with: the same clicks uncorrected, clicks without position bias, with spammers, and
# with a brigade of accounts that push one wrong passage of every question together.
ARMS: Mapping[str, Arm] = {
    "corrected": Arm(),
    "raw": Arm(at_their_word=True),
    "unbiased": Arm(Habits(bias=0.0)),
    "spammed": Arm(Habits(spammers=0.05)),
    "spammed_raw": Arm(Habits(spammers=0.05), at_their_word=True),
    "brigaded": Arm(Habits(colluders=0.05)),
    "drifted": Arm(Habits(drift=0.3)),
}


@dataclass(frozen=True)
class Asked:
    """A set's queries: those that people ask in every round, with what helps, and those that nobody asks."""

    again: tuple[SearchQuery, ...]
    helps: Qrels
    never: RetrievalSet


@dataclass(frozen=True)
class World:
    """The corpus, searchable, and what the recipe works with."""

    index: PassageIndex
    texts: IndexedTexts
    encoder: Encoder
    loader: Loader
    run: Callable[[Any], Any]


def read_asked(folder: Path, limit: int | None) -> Asked:
    """The queries that may be trained on are asked, the others only measured. Raises DataError.

    A set with qrels_train.tsv has both apart already; of one without it, what is held back by document is measured.
    """
    judged_set, allowed = read_retrieval(folder), trainable([folder])[folder]
    path = folder / "qrels_train.tsv"
    judged = read_qrels(path) if path.exists() else judged_set.qrels
    asked = [one for one in read_queries(folder) if one.id in judged and one.id in allowed]
    never = [one for one in judged_set.queries if one.id not in allowed]
    if not asked or not never:
        raise DataError(f"{folder}: {len(asked)} queries to ask and {len(never)} to measure on; the loop needs both")
    again = even_sample(asked, limit)
    few = replace(judged_set, queries=even_sample(never, limit))
    return Asked(again, {one.id: judged[one.id] for one in again}, few)


def evaluate(asked: Asked, world: World, arms: Mapping[str, Arm], rounds: int, folder: Path) -> dict[str, Any]:
    """nDCG@10 at the start and after `rounds` of each arm, on queries asked in every round and on those never asked."""
    stock = _values(asked, asked.helps, world, None)
    found: dict[str, Any] = {}
    ended: dict[str, Values] = {}
    for name, arm in arms.items():
        crowd = Crowd(arm.habits, {query: set(grades) for query, grades in asked.helps.items()}, seed=1)
        update, log = _rounds(asked, world, arm, (crowd, rounds), folder / name)
        helps = {query: dict.fromkeys(texts, 1) for query, texts in crowd.helps.items()}
        ended[name] = _values(asked, helps, world, update)
        start = stock if helps == asked.helps else _values(asked, helps, world, None)
        clicks = [event for turn in log for event in turn["feedback"]]
        found[name] = {"start": _means(start), **_means(ended[name]), "clicks": len(clicks), "turns": len(log)}
        found[name]["p_values"] = {"start": _p_values(ended[name], start)}
    if {"corrected", "raw", "unbiased"} <= ended.keys():
        found["corrected"]["p_values"]["raw"] = _p_values(ended["corrected"], ended["raw"])
        found["corrected"]["gain_of_unbiased"] = {
            name: _share(_means(stock)[name], _means(ended["corrected"])[name], _means(ended["unbiased"])[name])
            for name in stock
        }
    asked_again, never = len(asked.again), len(asked.never.queries)
    return {"start": _means(stock), **found, "asked_again": asked_again, "never_asked": never, "rounds": rounds}


def last_learned(folder: Path, arms: Mapping[str, Arm], rounds: int) -> dict[str, Path]:
    """Where each arm left what it learned last; an arm that learned nothing is not named."""
    kept = {name: [folder / name / f"round-{number + 1}" for number in range(rounds)] for name in arms}
    return {
        name: found[-1]
        for name, all_of in kept.items()
        if (found := [one for one in all_of if (one / WEIGHTS).exists()])
    }


def _rounds(
    asked: Asked, world: World, arm: Arm, people: tuple[Crowd, int], folder: Path
) -> tuple[QueryUpdate | None, list[dict[str, Any]]]:
    """People ask everything once a round; after each round the retriever is fitted to the whole log, from the start."""
    crowd, rounds = people
    update: QueryUpdate | None = None
    log: list[dict[str, Any]] = []
    for number in range(rounds):
        shown = world.run(_search_all(asked.again, world, update))
        for query, hits in zip(asked.again, shown, strict=True):
            texts = [world.texts.judged_id(hit) for hit in hits]
            if number >= rounds // 2:
                crowd.drift(query, texts)
            log += crowd.visits(number, query, hits, texts)
        try:
            update = _trained(log, world, arm, folder / f"round-{number + 1}")
        except DataError:  # too little was clicked yet to learn anything from: everything stays as it is
            continue
    return update, log


async def _search_all(queries: Sequence[SearchQuery], world: World, update: QueryUpdate | None) -> list[list[Hit]]:
    searches = Retriever(world.encoder, world.index, update)
    return [
        await searches.search(Query(one.text, frozenset({one.group or EVERYONE}), SHOWN)) for one in queries
    ]  # one after the other: a batch of one vector is as quick


def _trained(log: Sequence[Mapping[str, Any]], world: World, arm: Arm, out: Path) -> QueryUpdate:
    out.mkdir(parents=True, exist_ok=True)
    export = out / "turns.jsonl"
    seen = [at_their_word(turn) for turn in log] if arm.at_their_word else log
    export.write_text("".join(json.dumps(turn) + "\n" for turn in seen), encoding="utf-8")
    parts = retriever.Parts(world.encoder, world.loader, world.run)
    retriever.train(Sources(log=export), out, retriever.Options(), parts, "attune eval loop")
    return open_query_adapter(out, world.encoder)


def _values(asked: Asked, helps: Qrels, world: World, update: QueryUpdate | None) -> Values:
    """nDCG@10 of every query under names like "again_fused"."""
    searches = Retriever(world.encoder, world.index, update)
    sides = {"again": (asked.again, helps), "never": (asked.never.queries, asked.never.qrels)}
    found: dict[str, list[float]] = {}
    for side, (queries, qrels) in sides.items():
        for mode in _MODES:
            rankings = world.run(_rank_all(searches, world.texts, queries, mode))
            judged = {one.id: qrels[one.id] for one in queries}
            figures = ranking_figures_by_query(judged, rankings)
            found[f"{side}_{mode}"] = [figures[one.id][_METRIC] for one in queries]
    return found


async def _rank_all(
    searches: Retriever, texts: IndexedTexts, queries: Sequence[SearchQuery], mode: Mode
) -> dict[str, Sequence[str]]:
    asked = {one.id: Query(one.text, frozenset({one.group or EVERYONE}), mode=mode) for one in queries}
    return {name: await rank_texts(searches, texts, query, SHOWN) for name, query in asked.items()}


def _means(values: Values) -> dict[str, float]:
    return {name: mean(found).value or 0.0 for name, found in values.items()}


def _p_values(ours: Values, theirs: Values) -> dict[str, float]:
    return {name: paired_permutation(ours[name], theirs[name]) for name in ours}


def _share(start: float, corrected: float, unbiased: float) -> float | None:
    """How much of what unbiased clicks gain the corrected ones do; None where unbiased ones gain nothing."""
    return (corrected - start) / (unbiased - start) if unbiased > start else None
