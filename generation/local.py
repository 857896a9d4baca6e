"""The embedded model: a transformers chat model in this process. Knows folders of weights, not where they come from."""

import asyncio
import math
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Self

from generation import adapter
from generation.answers import require_json, whole
from generation.local_engine import Engine
from generation.local_jobs import Job, Refusal, ScoreJob, WriteJob
from generation.local_schema import Guides, SchemaGuide
from generation.port import (
    Completion,
    ContextOverflowError,
    ContinuationScore,
    Delta,
    GenerationError,
    GenerationParams,
    JsonSchema,
    Message,
    ModelUnavailableError,
    Usage,
)


class LocalModel:
    """LanguageModel over a folder of weights; requests made at the same time share every step of the computation.

    Greedy answers can differ in the last bits of near ties with the company they were computed in.
    """

    def __init__(
        self, folder: Path, device: str = "auto", slots: int = 16, dtype: str = "auto", adapted: Path | None = None
    ) -> None:
        """Load the weights: seconds of work, so call it in a thread or through `open`. Raises ModelUnavailableError."""
        if "torch" not in sys.modules:
            # Threads that spin while they wait starve each other as soon as something else wants a core.
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        self._tokenizer, model = _load(folder, device, dtype, adapted)
        self._special = re.compile("|".join(re.escape(text) for text in _special_texts(self._tokenizer)) or r"(?!)")
        ends = _end_tokens(self._tokenizer, model)
        self._guides: Guides | None = None
        self._guide_arguments = (self._tokenizer.backend_tokenizer, model.config.vocab_size, sorted(ends))
        self._context_window = _context_window(model.config)
        self._version = adapter.version(folder, adapted)
        self._declines_at = adapter.declines_at(adapted) if adapted else None
        self._engine = Engine(model, self._tokenizer.backend_tokenizer, ends, slots)

    @classmethod
    async def open(
        cls, folder: Path, device: str = "auto", slots: int = 16, dtype: str = "auto", adapted: Path | None = None
    ) -> Self:
        """Load in a thread. `device` is "auto", "cpu" or "cuda"; `slots` answers at most are written together.

        `dtype` is "float32", "bfloat16", or "auto": the one in which the hardware reads a prompt sooner.
        `adapted` is the folder of an adapter that was trained on these weights.
        """
        return await asyncio.to_thread(cls, folder, device, slots, dtype, adapted)

    @property
    def version(self) -> str:
        return self._version

    @property
    def context_window(self) -> int:
        return self._context_window

    @property
    def usage(self) -> Usage:
        return self._engine.usage

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(await asyncio.to_thread(self._render, messages))

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        async for delta in self._write(messages, params, None):
            yield delta

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        guide = await asyncio.to_thread(self._guide, schema) if schema is not None else None
        completion = await whole(self._write(messages, params, guide))
        if guide:
            require_json(completion, params)
        return completion

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        prompt = await asyncio.to_thread(self._render, messages)
        scored = await asyncio.to_thread(self._encode, continuation)
        self._refuse_overflow(len(prompt), len(scored))
        if not scored:
            return ContinuationScore(())
        async for item in self._results(ScoreJob(prompt, _nobody, continuation=scored)):
            assert isinstance(item, ContinuationScore)
            return item
        raise AssertionError("the engine always answers")

    async def close(self) -> None:
        await asyncio.to_thread(self._engine.close)

    async def _write(
        self, messages: Sequence[Message], params: GenerationParams, guide: SchemaGuide | None
    ) -> AsyncIterator[Delta]:
        prompt = await asyncio.to_thread(self._render, messages)
        self._refuse_overflow(len(prompt), params.max_tokens)
        job = WriteJob(prompt, _nobody, params=params, guide=guide, refusal=await self._refusal(params))
        async for item in self._results(job):
            assert isinstance(item, Delta)
            yield item
            if item.finish_reason:
                return

    async def _refusal(self, params: GenerationParams) -> Refusal | None:
        if not params.refusal or self._declines_at is None:
            return None
        tokens = await asyncio.to_thread(self._encode, params.refusal)
        fits = 0 < len(tokens) <= params.max_tokens
        return Refusal(params.refusal, tokens, math.log(self._declines_at)) if fits else None

    async def _results(self, job: Job) -> AsyncIterator[Delta | ContinuationScore]:
        """What the engine delivers for `job`, which stops as soon as nobody listens."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[Delta | ContinuationScore | GenerationError] = asyncio.Queue()

        def deliver(item: Delta | ContinuationScore | GenerationError) -> None:
            try:
                loop.call_soon_threadsafe(arrived.put_nowait, item)
            except RuntimeError:  # the loop is closed, and with it whoever listened
                job.cancelled = True

        job.deliver = deliver
        self._engine.submit(job)
        try:
            while True:
                item = await arrived.get()
                if isinstance(item, GenerationError):
                    raise item
                yield item
        finally:
            job.cancelled = True

    def _render(self, messages: Sequence[Message]) -> list[int]:
        """Tokens of the chat, up to where the assistant begins to speak."""
        # A document that spells a control token must not be able to end its message and begin another one.
        chat = [{"role": message.role, "content": self._defuse(message.content)} for message in messages]
        text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer(self._defuse(text), add_special_tokens=False)["input_ids"])

    def _defuse(self, text: str) -> str:
        return self._special.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

    def _guide(self, schema: JsonSchema) -> SchemaGuide:
        if self._guides is None:
            self._guides = Guides(*self._guide_arguments)
        return self._guides.make(schema)

    def _refuse_overflow(self, prompt_tokens: int, new_tokens: int) -> None:
        if prompt_tokens + new_tokens > self._context_window:
            raise ContextOverflowError(prompt_tokens, new_tokens, self._context_window)


def _load(folder: Path, device: str, dtype: str, adapted: Path | None) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    logging.disable_progress_bar()
    chosen = _fastest(device) if dtype == "auto" else getattr(torch, dtype)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=chosen, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(
            f"the model in {folder} cannot be loaded ({error}): delete the folder to have it fetched again, "
            f"or set ATTUNE_LLM_MODEL to a folder with safetensors, tokenizer and config.json"
        ) from error
    if not tokenizer.chat_template:
        raise ModelUnavailableError(f"the model in {folder} has no chat template: choose one tuned for chat")
    model = model.eval().requires_grad_(False).to(device)
    if adapted:
        adapter.merge(model, adapted)
    if model.dtype == torch.float32 and device == "cpu":
        _lay_out_for_small_batches(model)
    return tokenizer, model


def _lay_out_for_small_batches(model: Any) -> None:
    """Store each linear weight as its transpose, which fp32 kernels multiply 8 rows by in two thirds of the time."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.weight = torch.nn.Parameter(module.weight.t().contiguous().t(), requires_grad=False)


def _fastest(device: str) -> Any:
    """bf16 where the hardware multiplies it faster than fp32: without AMX, AVX-512 reads a prompt in half the speed."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16
    return torch.bfloat16 if torch.cpu.get_capabilities().get("amx_bf16") else torch.float32


def _context_window(config: Any) -> int:
    """Tokens read at once; no more than a sliding window, within which it does nothing."""
    windows = [config.max_position_embeddings, getattr(config, "sliding_window", None)]
    return min(window for window in windows if window)


def _special_texts(tokenizer: Any) -> list[str]:
    return sorted(
        {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}, key=len, reverse=True
    )


def _end_tokens(tokenizer: Any, model: Any) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    given = ends if isinstance(ends, list) else [ends]
    return frozenset(token for token in [*given, tokenizer.eos_token_id] if token is not None)


def _nobody(_: object) -> None:
    """The listener of a job before it is submitted."""
