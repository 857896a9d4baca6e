"""The scripted model's rules, which product runs without a model rely on."""

import asyncio
import math

import pytest

from generation.port import GenerationError, GenerationParams, Message
from generation.scripted import ScriptedModel

PASSAGES = """<passages>
[1] Handbook, page 3
The hut opens in June. It closes
in October.

[2] Other
Nothing here.
</passages>

Question: when does it open?"""


async def said(model: ScriptedModel, asked: str, **params: object) -> str:
    return (await model.complete([Message("user", asked)], GenerationParams(**params))).text  # type: ignore[arg-type]  # tests pass few


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (PASSAGES, "The hut opens in June. [1]"),
        ("[1] One line only. And more.\n[2] b", "One line only. [1]"),
        ("[1] A sentence. \nwrapped on. More.", "A sentence. [1]"),
        ("What is\n it?", "You asked: What is it?"),
        ("[2] no first passage", "You asked: [2] no first passage"),
    ],
    ids=["heading skipped", "one line", "no heading", "question", "no passage one"],
)
async def test_the_rule(asked: str, answer: str) -> None:
    assert await said(ScriptedModel(), asked) == answer


async def test_only_the_last_user_message_counts() -> None:
    messages = [Message("user", PASSAGES), Message("assistant", "June. [1]"), Message("user", "Thanks")]
    assert (await ScriptedModel().complete(messages, GenerationParams())).text == "You asked: Thanks"


async def test_enqueued_replies_come_first_and_in_order() -> None:
    model = ScriptedModel()
    model.enqueue("  one\n\ntwo ")
    model.enqueue(GenerationError("broken on purpose"))
    assert await said(model, "x") == "  one\n\ntwo "
    with pytest.raises(GenerationError, match="on purpose"):
        await said(model, "x")
    assert await said(model, "x") == "You asked: x"


async def test_an_enqueued_reply_is_given_for_a_schema_as_it_is() -> None:
    model = ScriptedModel()
    model.enqueue('{"a": 1}')
    completion = await model.complete([Message("user", "x")], GenerationParams(max_tokens=1), {"type": "object"})
    assert completion.text == '{"a": 1}'


async def test_prompts_are_remembered_up_to_a_bound() -> None:
    model = ScriptedModel()
    for number in range(120):
        await said(model, str(number))
    assert len(model.prompts) == 100
    assert model.prompts[-1] == (Message("user", "119"),)


async def test_tokens_keep_their_schedule_whatever_the_listener_does() -> None:
    model = ScriptedModel(seconds_per_token=0.05)
    model.enqueue("one two three four")
    loop = asyncio.get_running_loop()
    started, arrived = loop.time(), []
    async for delta in model.stream([Message("user", "x")], GenerationParams()):
        if delta.text:
            arrived.append(loop.time() - started)
            await asyncio.sleep(0.03)
    late = [moment - 0.05 * count for count, moment in enumerate(arrived, 1)]
    assert min(late) >= -0.002
    assert late[-1] < 0.1  # four sleeps of the listener would have added up to 0.12


async def test_scores_follow_the_words_of_the_prompt() -> None:
    score = await ScriptedModel().score([Message("user", "Paris is big.")], "paris is small")
    assert score.token_logprobs == (math.log(0.9), math.log(0.9), math.log(0.1))
