"""Clocks around the models."""

import asyncio
from collections.abc import Sequence

from evaluation.timed import TimedEncoder, TimedModel
from generation.port import GenerationParams, Message
from generation.scripted import ScriptedModel
from retrieval.encoder_hash import HashEncoder
from retrieval.ports import Vectors

PAUSE = 0.02
ASK = (Message("user", "Hello"),)


class SlowEncoder(HashEncoder):
    async def encode_queries(self, texts: Sequence[str]) -> Vectors:
        await asyncio.sleep(PAUSE)
        return await super().encode_queries(texts)


async def test_the_encoder_s_clock_runs_while_it_encodes() -> None:
    timed = TimedEncoder(SlowEncoder())
    vectors = await timed.encode_queries(["one", "two"])
    await asyncio.sleep(3 * PAUSE)
    assert vectors.shape == (2, timed.dimension)
    assert PAUSE <= timed.seconds < 3 * PAUSE


async def test_the_model_s_clock_stands_while_the_caller_works() -> None:
    model = ScriptedModel(seconds_per_token=PAUSE)
    model.enqueue("one two three")
    timed = TimedModel(model)
    text = ""
    async for delta in timed.stream(ASK, GenerationParams()):
        text += delta.text
        await asyncio.sleep(5 * PAUSE)
    assert text == "one two three"
    # Three words and the closing piece. Paced against the clock, only the first word has to be waited for.
    assert timed.deltas == 4
    assert PAUSE <= timed.seconds < 3 * PAUSE


async def test_closing_a_timed_stream_closes_the_model_s() -> None:
    closed = []

    class Watched(ScriptedModel):
        async def stream(self, messages, params):  # type: ignore[no-untyped-def]
            try:
                async for delta in super().stream(messages, params):
                    yield delta
            finally:
                closed.append(True)

    model = Watched()
    model.enqueue("one two three")
    stream = TimedModel(model).stream(ASK, GenerationParams())
    assert (await anext(stream)).text == "one"
    await stream.aclose()  # type: ignore[attr-defined]  # the port says iterator, ours is a generator
    assert closed == [True]


async def test_everything_else_passes_through() -> None:
    model = ScriptedModel()
    model.enqueue("whole")
    timed = TimedModel(model)
    assert (await timed.complete(ASK, GenerationParams())).text == "whole"
    assert await timed.count_tokens(ASK) == 1
    assert len((await timed.score(ASK, "Hello you")).token_logprobs) == 2
    assert timed.usage == model.usage
    assert timed.version == "scripted@1"
