"""One thread feeds a model with micro-batches: queries first, passages by length. Knows no model and no meaning."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from retrieval.ports import Vectors

Tokens = list[int]
Forward = Callable[[Sequence[Tokens]], Vectors]

_QUERY_BATCH = 32  # texts
# A question waits for at most one micro-batch of passages: small enough to be short, large enough to fill the cores.
_PASSAGE_BATCH = 2048  # tokens, padding included; half of it and its double are no faster
_ROUND = 2048  # passages sorted together; a later call waits for the rest of one round


@dataclass(eq=False)
class _Call:
    """One caller's texts and the vectors found so far."""

    tokens: Sequence[Tokens]
    vectors: Vectors
    left: int
    future: "Future[Vectors]" = field(default_factory=Future)

    def put(self, rows: Vectors, places: Sequence[int]) -> None:
        self.vectors[list(places)] = rows
        self.left -= len(places)
        if self.left == 0:
            with suppress(InvalidStateError):  # cancelled meanwhile
                self.future.set_result(self.vectors)

    def fail(self, error: Exception) -> None:
        with suppress(InvalidStateError):  # cancelled, or another batch of the call failed before
            self.future.set_exception(error)


_Item = tuple[_Call, int]  # a call and the row of it


class Batcher:
    """Runs `forward` in a thread of its own; calls from any thread share its batches."""

    def __init__(self, forward: Forward, dimension: int) -> None:
        self._forward = forward
        self._dimension = dimension
        self._queries: deque[_Item] = deque()
        self._passages: deque[_Item] = deque()
        self._round: list[_Item] = []  # sorted by length, longest first, taken from the end
        self._inbox: queue.SimpleQueue[tuple[_Call, bool] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    def submit(self, tokens: Sequence[Tokens], *, urgent: bool) -> "Future[Vectors]":
        """Vectors of `tokens` in their order; cancelling the future spares what was not computed yet."""
        if self._closed.is_set():
            raise RuntimeError("the encoder is closed")
        call = _Call(tokens, np.empty((len(tokens), self._dimension), dtype=np.float32), len(tokens))
        if not tokens:
            call.future.set_result(call.vectors)
            return call.future
        self._inbox.put((call, urgent))
        return call.future

    def close(self) -> None:
        """Stop after the batch in progress; what still waits is cancelled."""
        if not self._closed.is_set():
            self._closed.set()
            self._inbox.put(None)
            self._thread.join()

    def _work(self) -> None:
        while not self._closed.is_set():
            self._receive(wait=not (self._queries or self._passages or self._round))
            if batch := self._next_batch():
                self._compute(batch)
        self._receive(wait=False)
        for call, _ in [*self._queries, *self._passages, *self._round]:
            call.future.cancel()

    def _receive(self, *, wait: bool) -> None:
        try:
            while message := self._inbox.get(block=wait):
                call, urgent = message
                waiting = self._queries if urgent else self._passages
                waiting.extend((call, row) for row in range(len(call.tokens)))
                wait = False
        except queue.Empty:
            return

    def _next_batch(self) -> list[_Item]:
        if self._queries:
            return [self._queries.popleft() for _ in range(min(_QUERY_BATCH, len(self._queries)))]
        if not self._round:
            count = min(_ROUND, len(self._passages))
            self._round = [self._passages.popleft() for _ in range(count)]
            self._round.sort(key=_length, reverse=True)
        batch: list[_Item] = []
        while self._round and (not batch or (len(batch) + 1) * _length(self._round[-1]) <= _PASSAGE_BATCH):
            batch.append(self._round.pop())
        return batch

    def _compute(self, batch: list[_Item]) -> None:
        batch = [(call, row) for call, row in batch if not call.future.done()]
        if not batch:
            return
        places: dict[_Call, list[int]] = {}
        for place, (call, _) in enumerate(batch):
            places.setdefault(call, []).append(place)
        try:
            vectors = self._forward([call.tokens[row] for call, row in batch])
        except Exception as error:
            for call in places:
                call.fail(error)
            return
        for call, own in places.items():
            call.put(vectors[own], [batch[place][1] for place in own])


def _length(item: _Item) -> int:
    call, row = item
    return len(call.tokens[row])
