"""The benches on tiny inputs: that they run end to end and that their figures mean what they say."""

import asyncio
from pathlib import Path

import pytest

from evaluation import bench_ingest, bench_retrieve, bench_turn
from evaluation.asking import asker
from evaluation.errors import EvaluationError

pytestmark = pytest.mark.usefixtures("no_models")


def test_the_line_goes_through_the_median_turn_of_each_length() -> None:
    costs = [
        bench_turn.TurnCost(tokens, 20 + 0.5 * tokens + noise) for tokens in (1, 50, 100) for noise in (-1, 0, 900)
    ]
    slope, start = bench_turn.line_through(costs)
    assert slope == pytest.approx(0.5)
    assert start == pytest.approx(20)


async def test_turns_are_measured_outside_and_up_to_the_first_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_turn, "REPEATS", 1)
    monkeypatch.setattr(bench_turn, "FIRST_TOKENS", 1)
    report = await bench_turn.measure()
    assert report["turns"] == len(bench_turn.ANSWER_WORDS)
    assert report["ms_outside_models"] > 0
    assert report["first_token_ratio"] > 0
    assert report["sec_per_turn"] > 0
    assert report["generator"] == "scripted@1"


async def test_a_turn_that_fails_for_the_other_process_is_no_figure() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nevent")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, asker(f"http://127.0.0.1:{port}", "token") as client:
        with pytest.raises(EvaluationError, match="ended without an answer: event"):
            await client.ask("why?")


async def test_a_filtered_search_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_retrieve, "SEARCHES", 10)
    report = await bench_retrieve.measure(passages=120)
    assert report["passages"] == 120
    assert 0 < report["p50_ms_beyond_encoding"] <= report["p95_ms_beyond_encoding"]
    assert report["hits_kept"] == 1  # so few passages need no graph


async def test_an_encoder_without_weights_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="ATTUNE_ENCODER=hash has no weights"):
        await bench_ingest.measure(tmp_path)
