"""A turn as a trace: one span a step, under one span that says what came of it, and nothing of what was said."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.services import Services
from app.settings import Settings
from app.tracing import Tracing, begun, provider_of
from generation.port import GenerationError
from generation.scripted import ScriptedModel
from tests.conftest import Upload

NOTE = "The hut keeps its spare key under the blue flower pot. The warden returns on Friday."
QUESTION = "Where does the hut keep its spare key?"
PRIVATE = ("hut", "key", "flower", "warden", "ann@", "example.org")


@pytest.fixture
async def spans(app: FastAPI, services: Services) -> AsyncIterator[InMemorySpanExporter]:
    """What the app sends away, kept here."""
    kept = InMemorySpanExporter()
    provider = provider_of(SimpleSpanProcessor(kept))
    app.state.services = replace(services, tracing=Tracing(provider))
    yield kept
    provider.shutdown()


def named(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


async def test_each_step_has_a_span_under_the_turn_and_the_turn_tells_counts_and_versions(
    client: httpx.AsyncClient, upload: Upload, spans: InMemorySpanExporter
) -> None:
    await upload(client, "hut.txt", NOTE)
    response = await client.post("/api/v1/chat", json={"question": QUESTION, "stream": False})
    turn, found = response.json(), named(spans)
    assert set(found) == {"turn", "recall", "stand_alone", "retrieve", "select", "compose", "generate", "check"}
    root = found.pop("turn")
    assert root.parent is None
    for span in found.values():
        assert span.parent is not None and root.context is not None
        assert span.parent.span_id == root.context.span_id
        assert root.start_time is not None and span.start_time is not None and span.start_time >= root.start_time
    told = dict(root.attributes or {})
    assert told["attune.request.id"] == response.headers["X-Request-Id"]
    assert (told["attune.turn.id"], told["attune.turn.state"]) == (turn["id"], "complete")
    assert told["attune.sources.found"] == len(turn["exposures"]) > 0
    assert told["attune.sources.cited"] == len(turn["citations"]) > 0
    assert told["attune.tokens.completion"] == turn["completion_tokens"] > 0
    assert told["attune.version.generator"] == turn["versions"]["generator"]


async def test_nothing_of_what_was_said_is_sent_away(
    client: httpx.AsyncClient, upload: Upload, spans: InMemorySpanExporter
) -> None:
    await upload(client, "hut.txt", NOTE)
    await client.post("/api/v1/chat", json={"question": QUESTION, "stream": False})
    sent = json.dumps([json.loads(span.to_json()) for span in spans.get_finished_spans()])
    assert "attune.turn.id" in sent
    assert [word for word in PRIVATE if word in sent.casefold()] == []


async def test_a_failure_is_told_by_its_kind_and_never_by_its_message(
    app: FastAPI, client: httpx.AsyncClient, upload: Upload, spans: InMemorySpanExporter
) -> None:
    await upload(client, "hut.txt", NOTE)
    broken = ScriptedModel()
    broken.enqueue(GenerationError("the key lies under the flower pot"))
    app.state.services = app.state.services.answering_with(generator=broken)
    assert (await client.post("/api/v1/chat", json={"question": QUESTION, "stream": False})).status_code == 502
    found = named(spans)
    assert dict(found["generate"].attributes or {}) == {"error.type": "GenerationError"}
    for name in ("generate", "turn"):
        assert found[name].status.status_code.name == "ERROR"
        assert found[name].status.description is None
        assert found[name].events == ()
    assert (found["turn"].attributes or {})["attune.turn.state"] == "failed"
    assert found["retrieve"].status.status_code.name == "UNSET"


async def test_traces_are_off_until_the_setting_says_so(settings: Settings, services: Services) -> None:
    assert services.tracing._tracer is None
    wanted = settings.model_copy(update={"traces": "otlp"})
    async with AsyncExitStack() as stack:
        assert begun(stack, wanted)._tracer is not None
