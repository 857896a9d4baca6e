"""`attune bench retrieve`: a filtered search over many passages, without the time that encoding the query takes.

The passages are self-made. Encoding so many would take an hour, so their vectors are those of a few encoded passages,
each moved by noise: as clustered as real ones, which random vectors are not.
"""

import time
from collections.abc import Iterator

import numpy as np

from evaluation.progress import progress
from evaluation.reports import Report
from evaluation.synthetic import Writer
from evaluation.timed import TimedEncoder
from evaluation.workplace import encoder_of, index_of, retriever_of, temporary_settings
from retrieval.ports import Encoder, PassageIndex, Vectors
from retrieval.types import Passage, Query, document_id, passage_id

READERS = 10  # people, each with an equal share of the passages
SEARCHES = 300
_ENCODED = 1_000  # passages whose vectors the others are made of
_NOISE = 0.5  # of the length of a unit vector: cosine 0.89 to the passage it was made of
_DOCUMENT_PASSAGES = 50
_WARM_UP = 20  # searches before the clock runs: caches fill, kernels compile


async def measure(passages: int = 100_000) -> Report:
    """Milliseconds of a fused search with a readers filter, at the median and the 95th percentile."""
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder, index_of(settings, encoder) as index:
            filled = time.perf_counter()
            await _fill(index, encoder, passages)
            searched = time.perf_counter()
            timed = TimedEncoder(encoder)
            searches = retriever_of(timed, index)
            beyond = []
            writer = Writer(seed=1)
            for number in range(_WARM_UP + SEARCHES):
                query = Query(writer.sentence(), frozenset({_reader(number)}))
                encoding, started = timed.seconds, time.perf_counter()
                await searches.search(query)
                beyond.append((time.perf_counter() - started) - (timed.seconds - encoding))
    p50, p95 = (1e3 * float(np.quantile(beyond[_WARM_UP:], share)) for share in (0.5, 0.95))
    return {
        "p50_ms_beyond_encoding": p50,
        "p95_ms_beyond_encoding": p95,
        "passages": passages,
        "readers": READERS,
        "searches": SEARCHES,
        "fill_seconds": searched - filled,
    }


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
