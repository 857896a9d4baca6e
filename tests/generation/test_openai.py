"""The client of OpenAI-compatible servers, against a real server on loopback that misbehaves on request."""

import asyncio
import socket
from contextlib import aclosing
from typing import Any

import pytest

from generation.openai import OpenAIModel, estimate_tokens
from generation.port import ContextOverflowError, GenerationError, GenerationParams, Message, ModelUnavailableError
from tests.generation.conftest import KEY, until
from tests.generation.wire import MODEL, WINDOW, Wire

ASKED = [Message("user", "What is the capital of France ?")]
PARAMS = GenerationParams(max_tokens=20)


async def test_the_request_carries_what_was_asked(wire: Wire, remote: OpenAIModel) -> None:
    await remote.complete(ASKED, GenerationParams(max_tokens=9, temperature=0.5, top_p=0.8, stop=("END",), seed=4))
    sent = wire.requests[-1]
    assert sent["messages"] == [{"role": "user", "content": ASKED[0].content}]
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["top_p"]) == (MODEL, 9, 0.5, 0.8)
    assert (sent["stop"], sent["seed"]) == (["END"], 4)
    assert wire.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize("fault", ["500", "503", "429"])
async def test_passing_trouble_is_tried_again(wire: Wire, remote: OpenAIModel, fault: str) -> None:
    wire.faults.extend([fault, fault])
    assert (await remote.complete(ASKED, PARAMS)).text == "You asked: What is the capital of France ?"
    assert len(wire.requests) == 3


async def test_lasting_trouble_is_told(wire: Wire, remote: OpenAIModel) -> None:
    wire.faults.extend(["500"] * 3)
    with pytest.raises(ModelUnavailableError, match=r"in trouble.*try again later") as raised:
        await remote.complete(ASKED, PARAMS)
    assert KEY not in everything_said(raised.value)


async def test_a_refused_key_is_told_without_the_key(wire: Wire, remote: OpenAIModel) -> None:
    wire.faults.append("401")
    with pytest.raises(ModelUnavailableError, match="ATTUNE_LLM_API_KEY") as raised:
        await remote.complete(ASKED, PARAMS)
    assert KEY not in everything_said(raised.value)


async def test_an_unknown_model_is_told(wire: Wire, remote: OpenAIModel) -> None:
    wire.faults.append("404")
    with pytest.raises(ModelUnavailableError, match="ATTUNE_LLM_MODEL"):
        await remote.complete(ASKED, PARAMS)


async def test_a_request_that_makes_no_sense_is_not_repeated(wire: Wire, remote: OpenAIModel) -> None:
    wire.faults.append("400")
    with pytest.raises(GenerationError, match="refuses the request"):
        await remote.complete(ASKED, PARAMS)
    assert len(wire.requests) == 1


async def test_a_silent_server_is_given_up_on_in_time(wire: Wire) -> None:
    model = OpenAIModel(wire.url, MODEL, KEY, timeout=0.5)
    wire.faults.extend(["hang"] * 3)
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(ModelUnavailableError, match=r"silent for 0\.5 s.*ATTUNE_LLM_TIMEOUT"):
        await model.complete(ASKED, PARAMS)
    assert loop.time() - started < 3
    await model.close()


async def test_a_cut_connection_is_an_error_and_not_an_answer(wire: Wire, remote: OpenAIModel) -> None:
    wire.faults.append("cut")
    got = []
    with pytest.raises(GenerationError, match=r"hung up|try again"):
        async for delta in remote.stream(ASKED, PARAMS):
            got.append(delta)
    assert all(delta.finish_reason is None for delta in got)


async def test_no_server_at_all_is_told_with_the_address(unused_port: int) -> None:
    model = OpenAIModel(f"http://user:hidden@127.0.0.1:{unused_port}/v1", MODEL, KEY)
    with pytest.raises(ModelUnavailableError, match=rf"127\.0\.0\.1:{unused_port} cannot be reached") as raised:
        await model.complete(ASKED, PARAMS)
    assert "hidden" not in str(raised.value)
    await model.close()


async def test_leaving_the_stream_hangs_up(wire: Wire, remote: OpenAIModel) -> None:
    wire.model._pace = 0.05
    wire.model.enqueue("word " * 200)
    async with aclosing(remote.stream(ASKED, GenerationParams(max_tokens=300))) as stream:  # type: ignore[type-var]  # ours is a generator
        await anext(stream)
    await asyncio.wait_for(wire.hung_up.wait(), 5)


async def test_cancelling_a_completion_hangs_up(wire: Wire, remote: OpenAIModel) -> None:
    wire.model._pace = 0.05
    wire.model.enqueue("word " * 200)
    task = asyncio.create_task(remote.complete(ASKED, GenerationParams(max_tokens=300)))
    await until(lambda: wire.model.usage.completion_tokens)
    task.cancel()
    await asyncio.wait_for(wire.hung_up.wait(), 5)


async def test_a_server_that_ignores_the_schema_is_found_out(wire: Wire, remote: OpenAIModel) -> None:
    wire.faults.append("text")
    with pytest.raises(GenerationError, match="response_format"):
        await remote.complete(ASKED, PARAMS, {"type": "object"})


async def test_the_server_tells_its_window(remote: OpenAIModel) -> None:
    assert remote.context_window == 8192
    await remote.complete(ASKED, PARAMS)
    assert remote.context_window == WINDOW


async def test_too_long_a_prompt_is_told_as_such(remote: OpenAIModel) -> None:
    with pytest.raises(ContextOverflowError) as raised:
        await remote.complete([Message("user", "word " * 3000)], PARAMS)
    assert raised.value.context_window == WINDOW


async def test_tokens_are_counted_by_the_server_or_estimated(wire: Wire, remote: OpenAIModel) -> None:
    assert await remote.count_tokens(ASKED) == 7
    wire.tokenizes = False
    assert await remote.count_tokens(ASKED) == estimate_tokens(ASKED) >= 7


async def test_scores_are_the_last_tokens_of_the_echo(wire: Wire, remote: OpenAIModel) -> None:
    score = await remote.score(ASKED, "It is Paris")
    assert score.token_logprobs == pytest.approx((-0.7, -0.1, -0.8))  # words 7, 1 (seen in the question), 8


async def test_a_server_that_cannot_score_says_so(wire: Wire, remote: OpenAIModel) -> None:
    wire.tokenizes = False
    with pytest.raises(GenerationError, match="cannot score"):
        await remote.score(ASKED, "It is Paris")


@pytest.mark.parametrize("text", ["", "Hello there!", "1234567890", "東京🙂", "def f(x):\n  return x", "a" * 50])
def test_the_estimate_is_an_upper_one(text: str, tiny_folder: Any) -> None:
    from tokenizers import Tokenizer

    # a vocabulary of 320 is far worse than any in use: only bytes that it never merges are comparable
    worst = Tokenizer.from_file(str(tiny_folder / "tokenizer.json"))
    plain = "".join(letter for letter in text if not letter.isascii() or letter.isdigit())
    assert estimate_tokens([Message("user", text)]) >= len(worst.encode(plain).ids)


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def everything_said(error: BaseException | None) -> str:
    """The messages of an error and of all that led to it, as a traceback in a log would show them."""
    said = ""
    while error is not None:
        said += str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return said
