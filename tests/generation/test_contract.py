"""What every implementation of the LanguageModel port promises."""

import asyncio
import json
import math
from contextlib import aclosing

import pytest

from generation.port import ContextOverflowError, GenerationParams, LanguageModel, Message, Usage

ASKED = [Message("system", "Be brief."), Message("user", "What is the capital of France ?")]
LONG = GenerationParams(max_tokens=12)
SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"enum": ["useful", "useless"]},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["verdict", "score"],
    "additionalProperties": False,
}


async def test_a_stream_ends_once_with_its_reason_and_usage(model: LanguageModel) -> None:
    deltas = [delta async for delta in model.stream(ASKED, LONG)]
    assert [bool(delta.finish_reason) for delta in deltas] == [False] * (len(deltas) - 1) + [True]
    assert deltas[-1].usage is not None
    assert deltas[-1].usage.prompt_tokens > 0
    assert 0 < deltas[-1].usage.completion_tokens <= 12
    assert "".join(delta.text for delta in deltas)


async def test_a_completion_is_its_stream_put_together(model: LanguageModel) -> None:
    streamed = "".join([delta.text async for delta in model.stream(ASKED, LONG)])
    assert (await model.complete(ASKED, LONG)).text == streamed


async def test_greedy_answers_repeat(model: LanguageModel) -> None:
    assert await model.complete(ASKED, LONG) == await model.complete(ASKED, LONG)


async def test_max_tokens_cuts_the_answer(model: LanguageModel) -> None:
    completion = await model.complete(ASKED, GenerationParams(max_tokens=2))
    assert completion.finish_reason == "length"
    assert completion.usage.completion_tokens == 2


async def test_a_stop_string_ends_the_answer_and_is_not_part_of_it(model: LanguageModel) -> None:
    whole = (await model.complete(ASKED, LONG)).text
    stop = whole[len(whole) // 2 : len(whole) // 2 + 3]
    completion = await model.complete(ASKED, GenerationParams(max_tokens=12, stop=("never said", stop)))
    assert completion.text == whole[: whole.find(stop)]
    assert completion.finish_reason == "stop"


async def test_a_schema_gives_json_valid_under_it(model: LanguageModel) -> None:
    completion = await model.complete(ASKED, GenerationParams(max_tokens=60), SCHEMA)
    answer = json.loads(completion.text)
    assert answer["verdict"] in {"useful", "useless"}
    assert answer["score"] in range(1, 6)
    assert set(answer) == {"verdict", "score"}


async def test_usage_adds_up(model: LanguageModel) -> None:
    before = model.usage
    first = await model.complete(ASKED, LONG)
    second = await model.complete(ASKED, GenerationParams(max_tokens=3))
    assert model.usage == before + first.usage + second.usage
    assert before == Usage()


async def test_a_prompt_beyond_the_context_is_refused_before_any_work(model: LanguageModel) -> None:
    too_long = [Message("user", "word " * 9000)]
    with pytest.raises(ContextOverflowError, match="shorten the question"):
        await model.complete(too_long, LONG)
    assert model.usage == Usage()


async def test_the_reserve_for_the_answer_counts_too(model: LanguageModel) -> None:
    with pytest.raises(ContextOverflowError):
        await model.complete(ASKED, GenerationParams(max_tokens=9000))


async def test_longer_prompts_have_more_tokens(model: LanguageModel) -> None:
    short = await model.count_tokens(ASKED)
    assert 0 < short < await model.count_tokens([*ASKED, Message("assistant", "It is Paris ."), *ASKED])


async def test_scores_are_log_probabilities_one_for_each_token(model: LanguageModel) -> None:
    score = await model.score(ASKED, "the capital is Paris")
    assert len(score.token_logprobs) >= 4
    assert all(logprob <= 0 for logprob in score.token_logprobs)
    assert math.isclose(score.total, sum(score.token_logprobs))
    assert score == await model.score(ASKED, "the capital is Paris")


async def test_an_empty_continuation_has_no_tokens(model: LanguageModel) -> None:
    assert (await model.score(ASKED, "")).token_logprobs == ()


async def test_many_requests_at_once_get_their_own_answers(model: LanguageModel) -> None:
    questions = [
        [Message("user", f"{word} " * length)] for length, word in enumerate(["Paris", "Seine", "question"], 1)
    ]
    alone = [await model.complete(question, LONG) for question in questions]
    together = await asyncio.gather(*(model.complete(question, LONG) for question in questions))
    assert together == alone


async def test_closing_a_stream_leaves_the_model_usable(model: LanguageModel) -> None:
    async with aclosing(model.stream(ASKED, GenerationParams(max_tokens=50))) as stream:  # type: ignore[type-var]  # the port promises an AsyncIterator; all three are generators
        async for _ in stream:
            break
    assert (await model.complete(ASKED, LONG)).text


async def test_the_version_is_told(model: LanguageModel) -> None:
    assert model.version
    assert model.context_window >= 512
