"""The load bench: what its figures mean, and a small load from end to end over two more processes."""

import asyncio

import pytest

from evaluation import bench_load
from evaluation.bench_load_client import ask_all
from evaluation.errors import EvaluationError


def test_a_token_is_late_by_what_it_came_after_its_place_in_the_schedule() -> None:
    asked = 100.0
    late = [0.0, 0.03, 0.0, 0.5]  # the first says when the model was asked
    came = [asked + n * 0.2 + more for n, more in enumerate(late)]
    assert bench_load.overheads(came, 0.2) == pytest.approx(late[1:])


def test_a_stream_whose_beginning_was_seen_late_hides_nothing() -> None:
    came = [0.9, 1.0, 0.4, 0.6]  # everything before the third was stuck; it is due 0.4 s after the beginning
    assert bench_load.overheads(came, 0.2) == pytest.approx([0.8, 0.0, 0.0])


def test_tokens_are_counted_over_the_whole_time_and_only_where_an_answer_came() -> None:
    turns: list[bench_load.Told] = [
        {"sent": 1.0, "ended": 3.0, "tokens": 30, "error": None},
        {"sent": 2.0, "ended": 6.0, "tokens": 70, "error": None},
        {"sent": 2.0, "ended": 2.5, "tokens": 50, "error": "refused"},
    ]
    assert bench_load.tokens_per_second(turns) == pytest.approx(20)


def test_streams_are_at_once_while_they_lie_over_each_other() -> None:
    assert bench_load.most_at_once([(0, 4), (1, 2), (2, 5), (3, 3.5)]) == 3


async def test_streams_are_answered_at_once_and_their_tokens_timed(
    no_models: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_SELECTOR", "none")  # without a model it keeps nothing for some of the questions
    monkeypatch.setattr(bench_load, "TOKENS", 10)
    monkeypatch.setattr(bench_load, "PACE_SECONDS", 0.05)
    monkeypatch.setattr(bench_load, "START_SECONDS", 0.1)
    report = await bench_load.measure("scripted", 4)
    assert {key: report[key] for key in ("errors", "streams", "open_at_once")} == {
        "errors": 0,
        "streams": 4,
        "open_at_once": 4,
    }
    assert 0 <= report["p50_token_overhead_ms"] <= report["p99_token_overhead_ms"]
    assert 0 < report["tokens_per_s"] < 4 / 0.05


async def test_another_model_cannot_be_put_under_load() -> None:
    with pytest.raises(EvaluationError, match="use scripted or local"):
        await bench_load.measure("openai")


async def test_a_refused_and_a_broken_stream_are_errors_with_what_was_said() -> None:
    said = [
        b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 8\r\n\r\ntoo many",
        b"HTTP/1.1 200 OK\r\n\r\nevent: status\r\ndata: {}\r\n\r\n",
    ]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(said.pop(0))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        turns = await ask_all({"url": url, "token": "t", "questions": ["a", "b"], "at_once": 1, "seconds": 0.0})
    assert "429 Too Many Requests" in turns[0]["error"]
    assert "too many" in turns[0]["error"]
    assert turns[1]["error"]
