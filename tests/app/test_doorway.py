"""A few turns at a time look for what they answer from; an answer being written keeps nobody waiting."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import httpx
import pytest

from app.chat import run_turn
from app.doorway import Doorway
from app.models import Person
from app.schemas import AnswerEvent, ChatRequest, SourcesEvent
from app.services import Services
from generation.scripted import ScriptedModel
from tests.conftest import Upload


async def test_so_many_are_in_and_the_others_follow_in_the_order_they_came() -> None:
    doorway, entered = Doorway(2), list[str]()
    ready = {name: asyncio.Event() for name in "abcd"}

    async def go_through(name: str) -> None:
        with doorway.place() as place:
            await place.take()
            entered.append(name)
            await ready[name].wait()

    tasks = [asyncio.create_task(go_through(name)) for name in "abcd"]
    await asyncio.sleep(0)
    assert entered == ["a", "b"]
    ready["b"].set()
    await tasks[1]
    await asyncio.sleep(0)
    assert entered == ["a", "b", "c"]
    for event in ready.values():
        event.set()
    await asyncio.gather(*tasks)


async def test_a_place_is_given_back_once_whatever_ends_it() -> None:
    doorway = Doorway(1)
    with pytest.raises(KeyError), doorway.place() as place:
        await place.take()
        place.leave()
        place.leave()
        raise KeyError
    with doorway.place() as waits_for_none:
        await waits_for_none.take()
        with doorway.place() as gives_up:
            waiting = asyncio.create_task(gives_up.take())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        with doorway.place() as shut_out, pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await shut_out.take()


async def test_while_an_answer_is_written_another_turn_finds_its_sources(
    services: Services, client: httpx.AsyncClient, person: Person, upload: Upload
) -> None:
    await upload(client, "hut.txt", "The hut keeps its spare key under the blue flower pot.")
    model = ScriptedModel(seconds_per_token=0.01)
    model.enqueue(" ".join(f"word{number}" for number in range(1000)))
    model.enqueue("Under the pot [1].")
    narrow = replace(services.answering_with(generator=model), doorway=Doorway(1))
    asked = ChatRequest(question="Where does the hut keep its spare key?")
    async with aclosing(run_turn(narrow, person, asked)) as slow, aclosing(run_turn(narrow, person, asked)) as quick:
        async for event in slow:
            if isinstance(event, SourcesEvent):
                break
        async with asyncio.timeout(5):
            assert [event async for event in quick if isinstance(event, AnswerEvent)]
