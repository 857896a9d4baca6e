"""`attune bench load`: many answers at once from one server process, asked over TCP by a client in another.

Scripted: N whole authenticated turns at once, with retrieval, selection, citation check and log, whose answers have 50
tokens, one per 200 ms. What the server adds to a token is its arrival minus its schedule, by the client's clock alone:
token n is due n * 200 ms after the model was asked. That moment is where the stream was ahead of all delay, the
earliest of (arrival of n - n * 200 ms) over all its tokens and its status `writing`, which is number 0; so whatever
delays some tokens more than others counts, and only what delays all of a stream alike does not. Local: whole turns of
the embedded model, N at once against the same questions one after another; without its adapter, which answers in five
words, so that what is measured is writing.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from app import adapters
from evaluation.bench_load_processes import Client, Script, Server, client, server
from evaluation.errors import EvaluationError
from evaluation.product import Product
from evaluation.reports import Report
from evaluation.workplace import temporary_settings

STREAMS = {"scripted": 500, "local": 8}
TOKENS = 50  # of each scripted answer
PACE_SECONDS = 0.2  # from one of them to the next
START_SECONDS = 1.0  # in which the streams are opened: people are many, and not one machine gun
_LOCAL = {"adapter": "stock", "answer_max_tokens": 64}
_DEMO = Path(__file__).parent.parent / "demo"
_DOCUMENT = "warden-handbook-2025.pdf"

Told = Mapping[str, Any]  # what the client says of one turn


async def measure(model: str = "scripted", streams: int | None = None) -> Report:
    """Raises EvaluationError where the model is neither, or nothing can be measured."""
    if model not in STREAMS:
        raise EvaluationError(f"--model {model!r} cannot be put under load: use scripted or local")
    wanted = streams or STREAMS[model]
    chosen: dict[str, Any] = {"llm": model, "llm_api_key": None} | (_LOCAL if model == "local" else {})
    with temporary_settings(**chosen) as settings:
        await asyncio.to_thread(adapters.fetch_models, settings)
        script = Script(wanted + 1, TOKENS, PACE_SECONDS)
        async with server(settings, script) as running, client() as asking:
            questions = await _prepared(running)
            await asking.ask(running, questions[:1])  # the first one opens what is opened once
            load = _paced if model == "scripted" else _computed
            figures = await load(running, asking, [questions[n % len(questions)] for n in range(wanted)])
    return {**figures, "streams": wanted, "model": model, "encoder": settings.encoder}


async def _prepared(running: Server) -> list[str]:
    """The document of the demo is indexed; the questions that it answers."""
    headers = {"Authorization": f"Bearer {running.token}"}
    async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=600.0, trust_env=False) as http:
        document = await Product(http).ingest_one(_DEMO / "corpus" / _DOCUMENT)
    if document.status != "indexed":
        raise EvaluationError(f"{_DOCUMENT} was not indexed ({document.status}): {document.reason}")
    rows = map(json.loads, (_DEMO / "questions.jsonl").read_text().splitlines())
    return [row["question"] for row in rows if row["document"] == _DOCUMENT and row["answerable"]]


async def _paced(running: Server, asking: Client, questions: Sequence[str]) -> Report:
    turns = await asking.ask(running, questions, at_once=len(questions), seconds=START_SECONDS)
    whole = [turn for turn in turns if turn["error"] is None and len(turn["came"]) > TOKENS]
    if not whole:
        raise EvaluationError(f"no stream came to its end: {turns[0]['error'] or 'its answer was too short'}")
    late = 1e3 * np.array([overheads(turn["came"][: TOKENS + 1], PACE_SECONDS) for turn in whole])
    waits = [turn["came"][1] - turn["sent"] for turn in whole]
    seconds = max(turn["ended"] for turn in turns) - min(turn["sent"] for turn in turns)
    return {
        "errors": len(turns) - len(whole),
        "p99_token_overhead_ms": float(np.percentile(late, 99)),
        "p50_token_overhead_ms": float(np.percentile(late, 50)),
        "tokens_per_s": late.size / seconds,
        "open_at_once": most_at_once([(turn["sent"], turn["ended"]) for turn in turns]),
        "p50_first_token_s": float(np.percentile(waits, 50)),
        "p99_first_token_s": float(np.percentile(waits, 99)),
        "seconds": seconds,
    }


async def _computed(running: Server, asking: Client, questions: Sequence[str]) -> Report:
    alone = await asking.ask(running, questions)
    together = await asking.ask(running, questions, at_once=len(questions))
    errors = [turn["error"] for turn in (*alone, *together) if turn["error"] is not None]
    if len(errors) == len(alone) + len(together):
        raise EvaluationError(f"no turn came to its end: {errors[0]}")
    speed = {"alone": tokens_per_second(alone), "together": tokens_per_second(together)}
    return {
        "errors": len(errors),
        "p99_token_overhead_ms": None,  # a model that computes has no schedule
        "tokens_per_s": speed["together"],
        "tokens_per_s_alone": speed["alone"],
        "throughput_ratio": speed["together"] / speed["alone"],
    }


def overheads(came: Sequence[float], pace: float) -> list[float]:
    """Seconds that each token was late. `came[0]` is when the model was asked, as the client saw it."""
    ahead = [moment - n * pace for n, moment in enumerate(came)]
    return [moment - min(ahead) for moment in ahead[1:]]


def tokens_per_second(turns: Sequence[Told]) -> float:
    """Tokens that the model wrote, over the time from the first question to the last answer."""
    written = sum(turn["tokens"] for turn in turns if turn["error"] is None)
    return float(written / (max(turn["ended"] for turn in turns) - min(turn["sent"] for turn in turns)))


def most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    """How many of the spans (begin, end) lie over each other where most do."""
    steps = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    return int(np.cumsum([step for _, step in steps]).max())
