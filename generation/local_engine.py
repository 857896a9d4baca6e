"""One thread that owns a model and serves many requests at once, token by token. Knows tokens, not messages."""

import logging
import queue
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from generation.local_jobs import Answer, Job, Reading, ScoreJob, WriteJob
from generation.local_rows import RowCache
from generation.local_text import Sampler, TextStream
from generation.port import ContinuationScore, Delta, GenerationError, Usage

log = logging.getLogger(__name__)

_CHUNK = 512  # tokens of a prompt read before the running answers get their next token
_READERS = 4  # prompts read in rotation, so that a short one overtakes a long one


class Engine:
    """Batches whatever is asked at the same time: prompts are read in chunks between the steps of running answers.

    Up to `slots` answers are written together, one token each per step; further ones wait in order of arrival.
    """

    def __init__(self, model: Any, tokenizer: Any, ends: frozenset[int], slots: int) -> None:
        import torch

        self.usage = Usage()
        self._model, self._tokenizer, self._ends, self._slots = model, tokenizer, ends, slots
        self._inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting: deque[Job] = deque()
        self._reading: deque[Reading] = deque()
        self._writing: list[Answer] = []  # in the order of the cache's rows
        self._rows = RowCache()
        self._door = threading.Lock()
        self._closed = False
        self._threads = torch.get_num_threads()
        self._reader = ThreadPoolExecutor(
            1, "read-prompts", initializer=torch.set_num_threads, initargs=(self._threads,)
        )
        self._started = threading.Event()
        self._worker = threading.Thread(target=self._run, name="write-answers", daemon=True)
        self._worker.start()
        self._started.wait()
        torch.set_num_threads(self._threads)  # what later threads begin with; the worker keeps its own

    def submit(self, job: Job) -> None:
        """Hand over a job; its `deliver` is called from the engine's thread."""
        with self._door:
            if self._closed:
                raise GenerationError("the model has been closed: start Attune again")
            self._inbox.put(job)

    def close(self) -> None:
        """Stop, telling whoever still waits; blocks until the current step is over."""
        with self._door:  # so that no job comes after the one that ends the thread
            self._closed = True
            self._inbox.put(None)
        self._worker.join()
        self._reader.shutdown()

    def _run(self) -> None:
        import torch

        # A step of one token is too small to share: with several threads, each of its few hundred operations
        # waits for the slowest core, which on a busy machine costs more than nine tenths of the speed.
        # Asked before set, or the thread's first operation would set it back.
        torch.get_num_threads()
        torch.set_num_threads(1)
        self._started.set()
        with torch.inference_mode():
            while self._admit():
                try:
                    if self._reading:
                        self._read(self._reading[0])
                    self._drop_cancelled()
                    if self._writing:
                        self._write()
                except Exception as error:
                    # Whatever broke a step broke it for all who share it; the thread must live for the next ones.
                    log.exception("a step of the local model failed")
                    self._fail(f"the local model failed ({error}): try again, with a shorter prompt if it was long")
        self._fail("the model was closed while it answered")

    def _admit(self) -> bool:
        """Take what has arrived, waiting if there is nothing else to do; False once closed."""
        while True:
            idle = not (self._waiting or self._reading or self._writing)
            try:
                job = self._inbox.get(block=idle)
            except queue.Empty:
                break
            if job is None:
                return False
            self._waiting.append(job)
        for job in list(self._waiting):
            if job.cancelled:
                self._waiting.remove(job)
            elif len(self._reading) < _READERS and self._has_room_for(job):
                self._waiting.remove(job)
                self._reading.append(Reading(job))
        return True

    def _has_room_for(self, job: Job) -> bool:
        if isinstance(job, ScoreJob):
            return True
        to_come = sum(isinstance(reading.job, WriteJob) for reading in self._reading)
        return len(self._writing) + to_come < self._slots

    def _read(self, reading: Reading) -> None:
        """Read one chunk of a prompt; at its end the answer joins the others, or the score is told."""
        if not reading.job.cancelled:
            logits, refuses = self._reader.submit(self._read_chunk, reading).result()
            if reading.at < len(reading.tokens):
                self._reading.rotate(-1)
                return
            if isinstance(reading.job, ScoreJob):
                reading.job.deliver(ContinuationScore(tuple(reading.logprobs)))
            elif isinstance(reading.job, WriteJob):
                self._refuse(reading.job) if refuses else self._begin(reading.job, reading.cache, logits[-1])
        # Not before: whatever failed above is told to all that are being read, this one among them.
        self._reading.popleft()

    def _read_chunk(self, reading: Reading) -> tuple[Any, bool]:
        """Logits (positions, vocabulary), and whether the prompt is read to its end and calls for its refusal."""
        import torch

        chunk = reading.tokens[reading.at : reading.at + _CHUNK]
        wanted = max(0, reading.at + len(chunk) - max(reading.at, reading.wanted_from))
        with torch.inference_mode():
            logits = self._model(
                input_ids=torch.tensor([chunk], device=self._model.device),
                past_key_values=reading.cache,
                use_cache=True,
                logits_to_keep=max(1, wanted),
            ).logits[0]
            if isinstance(reading.job, ScoreJob) and wanted:
                done = len(reading.logprobs)
                targets = torch.tensor(reading.job.continuation[done : done + wanted], device=logits.device)
                logprobs = torch.log_softmax(logits.float(), dim=-1)
                reading.logprobs += logprobs.gather(1, targets[:, None])[:, 0].tolist()
            reading.at += len(chunk)
            self.usage += Usage(len(chunk), 0)
            return logits, reading.at == len(reading.tokens) and reading.refuses(self._model, logits[-1])

    def _refuse(self, job: WriteJob) -> None:
        assert job.refusal
        usage = Usage(0, len(job.refusal.tokens))
        self.usage += usage
        job.deliver(Delta(job.refusal.text, "stop", usage + Usage(len(job.tokens), 0)))

    def _begin(self, job: WriteJob, cache: Any, logits: Any) -> None:
        text = TextStream(self._tokenizer, job.params.stop)
        answer = Answer(job, text, Sampler(job.params, logits.device), self._ends)
        self.usage += Usage(0, 1)
        if self._take(answer, logits):
            layers = [(layer.keys, layer.values) for layer in cache.layers]
            self._rows.join(layers, len(job.tokens) + job.params.max_tokens)
            self._writing.append(answer)

    def _write(self) -> None:
        """Give every running answer its next token."""
        import torch

        device = self._model.device
        positions, mask = self._rows.begin(torch.empty(0, dtype=self._model.dtype, device=device))
        logits = self._model(
            input_ids=torch.tensor([[answer.last] for answer in self._writing], device=device),
            position_ids=positions,
            attention_mask=mask,
            past_key_values=self._rows,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        self.usage += Usage(0, len(self._writing))
        for row in reversed(range(len(self._writing))):
            if not self._take(self._writing[row], logits[row]):
                self._drop(row)

    def _take(self, answer: Answer, logits: Any) -> bool:
        """Let one answer go on; whether it does. What is wrong with one is not told to the others."""
        try:
            answer.take(logits)
        except GenerationError as error:
            answer.job.deliver(error)
            return False
        return not answer.done

    def _drop_cancelled(self) -> None:
        for row in reversed(range(len(self._writing))):
            if self._writing[row].job.cancelled:
                self._drop(row)

    def _drop(self, row: int) -> None:
        self._rows.leave(row)
        self._writing[row] = self._writing[-1]
        self._writing.pop()

    def _fail(self, message: str) -> None:
        jobs = (
            [answer.job for answer in self._writing] + [reading.job for reading in self._reading] + list(self._waiting)
        )
        self._writing, self._rows = [], RowCache()
        self._reading.clear()
        self._waiting.clear()
        for job in jobs:
            job.deliver(GenerationError(message))
