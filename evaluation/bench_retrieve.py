"""`attune bench retrieve`: a filtered search over many passages, without the time that encoding the query takes.

The passages are self-made. Encoding so many would take an hour, so their vectors are those of a few encoded passages,
each moved by noise: as clustered as real ones, which random vectors are not.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluation.progress import progress
from evaluation.reports import Report
from evaluation.synthetic import Writer
from evaluation.timed import TimedEncoder
from evaluation.workplace import encoder_of, index_of, retriever_of, temporary_settings
from retrieval.index_edge import EdgeIndex
from retrieval.ports import Encoder, PassageIndex, Vectors
from retrieval.types import Passage, Query, document_id, passage_id

READERS = 10  # people, each with an equal share of the passages
SEARCHES = 300
_ENCODED = 1_000  # passages whose vectors the others are made of
_NOISE = 0.5  # of the length of a unit vector: cosine 0.89 to the passage it was made of
_DOCUMENT_PASSAGES = 50
_WARM_UP = 20  # searches before the clock runs: caches fill, kernels compile


async def measure(passages: int = 100_000) -> Report:
    """Milliseconds of a fused search with a readers filter, at the median and the 95th percentile.

    First without graphs, as for half a minute after a large ingest, when every passage of the reader is compared;
    then with them. `hits_kept` is the share of the ten hits before that are among the ten after.
    """
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder, index_of(settings, encoder) as index:
            assert isinstance(index, EdgeIndex)  # measuring stays on this machine
            clock = [time.perf_counter()]
            await _fill(index, encoder, passages)
            clock.append(time.perf_counter())
            exact = await _searches(encoder, index)
            clock.append(time.perf_counter())
            await index.optimize()
            clock.append(time.perf_counter())
            served = await _searches(encoder, index)
    kept = [len(before & after) / len(before) for before, after in zip(exact.hits, served.hits, strict=True) if before]
    return {
        "p50_ms_beyond_encoding": served.milliseconds(0.5),
        "p95_ms_beyond_encoding": served.milliseconds(0.95),
        "p50_ms_without_graphs": exact.milliseconds(0.5),
        "p95_ms_without_graphs": exact.milliseconds(0.95),
        "hits_kept": float(np.mean(kept)),
        "passages": passages,
        "readers": READERS,
        "searches": SEARCHES,
        "fill_seconds": clock[1] - clock[0],
        "graph_seconds": clock[3] - clock[2],
    }


@dataclass(frozen=True)
class _Searches:
    seconds: list[float]  # of each search, beyond encoding
    hits: list[frozenset[str]]  # ids of its passages

    def milliseconds(self, share: float) -> float:
        return 1e3 * float(np.quantile(self.seconds, share))


async def _searches(encoder: Encoder, index: PassageIndex) -> _Searches:
    """The same searches whenever it is called."""
    timed = TimedEncoder(encoder)
    retriever = retriever_of(timed, index)
    writer = Writer(seed=1)
    seconds, hits = [], []
    for number in range(_WARM_UP + SEARCHES):
        query = Query(writer.sentence(), frozenset({_reader(number)}))
        encoding, started = timed.seconds, time.perf_counter()
        found = await retriever.search(query)
        seconds.append((time.perf_counter() - started) - (timed.seconds - encoding))
        hits.append(frozenset(hit.passage.id for hit in found))
    return _Searches(seconds[_WARM_UP:], hits[_WARM_UP:])


async def _fill(index: PassageIndex, encoder: Encoder, count: int) -> None:
    writer, noise = Writer(seed=0), np.random.default_rng(0)
    base = await encoder.encode_passages([writer.paragraph() for _ in range(min(_ENCODED, count))])
    with progress("filling the index", count) as advance:
        for number, size in enumerate(_document_sizes(count)):
            document = document_id(_reader(number), str(number))
            texts = [writer.paragraph() for _ in range(size)]
            passages = [
                Passage(passage_id(document, place, text), document, place, text, f"Document {number}")
                for place, text in enumerate(texts)
            ]
            await index.replace_document(document, passages, _near(base, size, noise), frozenset({_reader(number)}))
            for _ in range(size):
                advance()


def _document_sizes(count: int) -> Iterator[int]:
    for start in range(0, count, _DOCUMENT_PASSAGES):
        yield min(_DOCUMENT_PASSAGES, count - start)


def _near(base: Vectors, count: int, noise: np.random.Generator) -> Vectors:
    """Unit vectors around randomly chosen ones."""
    chosen = base[noise.integers(0, len(base), count)]
    moved = chosen + _NOISE * noise.standard_normal(chosen.shape).astype(np.float32) / np.sqrt(base.shape[1])
    vectors: Vectors = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def _reader(number: int) -> str:
    return f"person {number % READERS}"
