"""Fits the encoder selector's numbers on trainable sets in BEIR form: `python -m retrieval.selector_fit DIR...`."""

import argparse
import asyncio
import csv
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.encoder import open_encoder
from retrieval.index_edge import EdgeIndex
from retrieval.ports import Encoder
from retrieval.retriever import Retriever
from retrieval.selector import CAP, SelectorWeights, features, kept_count
from retrieval.types import Hit, Passage, Query, document_id, passage_id

_READ = 10  # hits that the selector reads, as in the product
_SPARED = 0.10  # share of the answerable questions that the threshold may turn away
_RATIOS = np.linspace(0.3, 0.95, 14)
_STEPS = 30


@dataclass(frozen=True)
class Example:
    """One question's hits: `rows` of shape (hits, features), `gold` says which of them answer it (none: abstain)."""

    rows: npt.NDArray[np.float64]
    gold: npt.NDArray[np.bool_]
    group: str  # the set it comes from; sets count alike whatever their size


def fit(examples: Sequence[Example]) -> SelectorWeights:
    """Logistic regression of gold on features, then the threshold and the drop that do best on the same questions."""
    shares = {group: 1 / sum(e.group == group for e in examples) for group in {e.group for e in examples}}
    weight = np.concatenate([np.full(len(e.gold), shares[e.group]) for e in examples])
    rows, gold = np.concatenate([e.rows for e in examples]), np.concatenate([e.gold for e in examples])
    coefficients = _logistic(np.column_stack([rows, np.ones(len(rows))]), gold.astype(float), weight / weight.mean())
    cosine, coverage, bias = (round(float(value), 3) for value in coefficients)
    fitted = SelectorWeights(cosine, coverage, bias, 0.0, 0.0)
    scores = [fitted.score(example.rows) for example in examples]
    fitted = SelectorWeights(cosine, coverage, bias, _threshold(examples, scores, shares), 0.0)
    best = max(_RATIOS, key=lambda ratio: _f1(examples, scores, fitted.with_drop(float(ratio))))
    return fitted.with_drop(round(float(best), 2))


def _logistic(x: npt.NDArray[Any], y: npt.NDArray[Any], weight: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Newton's method with a little ridge."""
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ beta))
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(len(beta))
        beta += np.linalg.solve(curvature, x.T @ (weight * (y - p)) - 1e-3 * beta)
    return beta


def _threshold(examples: Sequence[Example], scores: list[npt.NDArray[Any]], shares: dict[str, float]) -> float:
    """Largest rightly abstained minus wrongly abstained, where no more than _SPARED of the answerable are lost."""
    best = np.array([score.max(initial=0.0) for score in scores])
    answerable = np.array([bool(example.gold.any()) for example in examples])
    weight = np.array([shares[example.group] for example in examples])
    candidates = np.unique(np.round(best, 3))
    lost = np.array([np.average(best[answerable] < t, weights=weight[answerable]) for t in candidates])
    right = np.array([np.average(best[~answerable] < t, weights=weight[~answerable]) for t in candidates])
    return float(candidates[np.argmax(np.where(lost <= _SPARED, right - lost, -1.0))])


def _f1(examples: Sequence[Example], scores: list[npt.NDArray[Any]], weights: SelectorWeights) -> float:
    """Mean F1 of the kept passages over the answerable questions."""
    values = []
    for example, score in zip(examples, scores, strict=True):
        if example.gold.any():
            order = np.argsort(-score, kind="stable")
            kept = order[: kept_count(score[order], weights, CAP)]
            values.append(2 * example.gold[kept].sum() / (len(kept) + example.gold.sum()))
    return float(np.mean(values))


async def examples_of(folder: Path, encoder: Encoder) -> AsyncIterator[Example]:
    """Every question twice: with what the retriever finds, and with the gold passages taken out of it."""
    qrels = folder / ("qrels_train.tsv" if (folder / "qrels_train.tsv").exists() else "qrels.tsv")
    gold: dict[str, set[str]] = defaultdict(set)
    with qrels.open() as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            if float(row["score"]) > 0:
                gold[row["query-id"]].add(row["corpus-id"])
    with tempfile.TemporaryDirectory() as place:
        index = await EdgeIndex.open(Path(place), encoder.version, encoder.dimension)
        names = await _ingest(index, encoder, _lines(folder / "corpus.jsonl"))
        for question in _lines(folder / "queries.jsonl"):
            wanted = gold.get(question["_id"], set())
            query = Query(question["text"], frozenset([question.get("group", "")]), _READ + len(wanted))
            hits = await Retriever(encoder, index).search(query) if wanted else []
            right = [names[hit.passage.document_id] in wanted for hit in hits]
            without = [hit for hit, is_gold in zip(hits, right, strict=True) if not is_gold][:_READ]
            for some in (hits[:_READ], without):
                if some:
                    yield _example(question["text"], some, right[: len(some)] if some is not without else None, folder)
        await index.close()


def _example(question: str, hits: Sequence[Hit], gold: Sequence[bool] | None, folder: Path) -> Example:
    return Example(features(question, hits), np.array(gold or [False] * len(hits)), folder.name)


async def _ingest(index: EdgeIndex, encoder: Encoder, entries: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Each entry as a document of one passage, read by its group; the entries' names by document id."""
    documents = [document_id("fit", entry["_id"]) for entry in entries]
    passages = [
        Passage(passage_id(document, 0, entry["text"]), document, 0, entry["text"], entry.get("title") or "")
        for document, entry in zip(documents, entries, strict=True)
    ]
    vectors = await encoder.encode_passages([passage.indexed_text for passage in passages])
    for row, (passage, entry) in enumerate(zip(passages, entries, strict=True)):
        readers = frozenset([entry.get("group", "")])
        await index.replace_document(passage.document_id, [passage], vectors[row : row + 1], readers)
    return dict(zip(documents, (entry["_id"] for entry in entries), strict=True))


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open() as handle:
        return [json.loads(line) for line in handle]


async def _main(folders: Sequence[Path], name: str, cache: Path) -> SelectorWeights:
    encoder = open_encoder(name, cache)
    examples = [example for folder in folders async for example in examples_of(folder, encoder)]
    await encoder.close()
    return fit(examples)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="trainable sets: corpus.jsonl, queries.jsonl, qrels.tsv")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "attune")
    arguments = parser.parse_args()
    fitted = asyncio.run(_main(arguments.folders, arguments.encoder, arguments.cache))
    sys.stdout.write(json.dumps(asdict(fitted)) + "\n")
