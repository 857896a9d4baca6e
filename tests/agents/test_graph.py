"""Journeys through the real graph, with scripted ports around it."""

import asyncio
import time
from contextlib import aclosing

import pytest

from agents.events import Sources, Stage, Token
from agents.graph import stream_turn
from agents.prompts import PROMPT_VERSION
from generation.port import ModelUnavailableError
from generation.scripted import ScriptedModel
from tests.agents.scripted import (
    ASKED,
    HITS,
    PiecewiseModel,
    context_of,
    outcome,
    run,
    streamed,
    words,
)


async def test_an_answer_streams_with_its_citation() -> None:
    events = await run(context_of(PiecewiseModel([words("It is four weeks [1].")])))
    done = outcome(events)
    assert [event.name for event in events if isinstance(event, Stage)] == [
        "recalling",
        "searching",
        "selecting",
        "writing",
        "checking",
    ]
    assert streamed(events) == done.answer == "It is four weeks [1]."
    assert [(c.marker, c.hit, c.origin) for c in done.citations] == [(1, HITS[0], "model")]
    assert not done.abstained
    assert done.usage.completion_tokens == 5
    assert done.prompt_version == PROMPT_VERSION


async def test_a_turn_runs_without_any_model() -> None:
    done = outcome(await run(context_of(ScriptedModel())))
    assert done.answer == "The notice period is four weeks. [1]"
    assert [citation.hit for citation in done.citations] == [HITS[0]]


async def test_sources_come_before_the_first_token() -> None:
    events = await run(context_of(PiecewiseModel([words("Four weeks [1].")]), ranks=[2]))
    kinds = [type(event) for event in events]
    assert kinds.index(Sources) < kinds.index(Token)
    shown = next(event for event in events if isinstance(event, Sources))
    assert shown.hits == HITS
    assert shown.selection.kept == (HITS[1],)


async def test_a_marker_that_resolves_to_nothing_is_never_shown() -> None:
    events = await run(context_of(PiecewiseModel([["It is four weeks", " [", "7", "]", " or so [1", ", 5]", "."]])))
    assert streamed(events) == outcome(events).answer == "It is four weeks or so [1]."
    assert "[7]" in outcome(events).draft


async def test_an_error_of_the_model_comes_out_after_what_it_had_written() -> None:
    model = PiecewiseModel([["Four", " weeks", ModelUnavailableError("the server is gone: start it again")]])
    seen = []
    with pytest.raises(ModelUnavailableError, match="start it again"):
        async for event in stream_turn(context_of(model), ASKED):
            seen.append(event)
    assert streamed(seen) == "Four weeks"


async def test_closing_the_stream_stops_the_model() -> None:
    model = PiecewiseModel([["word "] * 1000], pause=0.001)
    async with aclosing(stream_turn(context_of(model), ASKED)) as events:
        async for event in events:
            if isinstance(event, Token):
                break
    assert model.stopped_after is not None
    assert model.stopped_after < 1000


async def test_cancelling_the_reader_stops_the_model() -> None:
    model = PiecewiseModel([["word "] * 1000], pause=0.001)
    reader = asyncio.create_task(run(context_of(model)))
    await model.asked.wait()
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert model.stopped_after is not None


async def test_concurrent_turns_do_not_mix() -> None:
    models = [PiecewiseModel([words(own_text(n))], pause=0.0005) for n in range(5)]
    results = await asyncio.gather(*(run(context_of(model)) for model in models))
    for n, events in enumerate(results):
        assert streamed(events) == own_text(n)


def own_text(n: int) -> str:
    return "".join(f"Answer {n} of {word}, " for word in range(20)) + "[1]."


async def test_timings_name_every_step() -> None:
    done = outcome(await run(context_of(PiecewiseModel([words("Four weeks [1].")]))))
    steps = {"recall", "stand_alone", "retrieve", "select", "compose", "generate", "check"}
    assert steps <= done.timings.keys()
    assert all(milliseconds >= 0 for milliseconds in done.timings.values())


async def test_a_turn_costs_little_outside_the_models() -> None:
    async def milliseconds(pieces: int) -> float:
        model = PiecewiseModel([[f"word{n} " for n in range(pieces)]])
        started = time.perf_counter()
        await run(context_of(model))
        return 1e3 * (time.perf_counter() - started)

    await milliseconds(1)  # the graph is compiled once
    short = min([await milliseconds(1) for _ in range(5)])
    long = min([await milliseconds(300) for _ in range(5)])
    assert short <= 30
    assert long - short <= 300
