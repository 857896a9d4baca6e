"""Homes with a log to train on, for the tests of training runs: questions in one tongue, passages in another."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.models import Conversation, Document, Exposure, Feedback, Person, Turn, new_id
from app.services import Services
from app.training_runs_holdout import place
from tests.evaluation.translated import cases, write_set

RUNS = "/api/v1/admin/training-runs"
PATIENCE_SECONDS = 300  # processes that yield to everybody take their time on a busy machine
_SHOWN = 3  # passages of a question: the one that helps and others


@dataclass(frozen=True)
class Judged:
    """A question with the passages that were shown for it; `helped`: the place of the one of which its person says so,
    of the others they say that they did not. None: they say nothing."""

    question: str
    texts: Sequence[str]
    helped: int | None = 0


async def write_log(services: Services, person: Person, judged: Sequence[Judged]) -> list[list[str]]:
    """Turns of this person over one document of theirs; the ids of each turn's exposures."""
    conversation = Conversation(person_id=person.id, title="Huts")
    document = Document(id=f"d-{new_id()}", owner_id=person.id, sha256=new_id(), name="d.txt", title="", size=1)
    turns, shown, said = [], [], []
    for one in judged:
        asked: dict[str, Any] = {"question": one.question, "standalone_question": one.question, "answer": "So it is."}
        turn = Turn(conversation_id=conversation.id, person_id=person.id, state="complete", **asked)
        turns.append(turn)
        rows = [_exposure(turn, document.id, rank, text) for rank, text in enumerate(one.texts)]
        shown.append(rows)
        for rank, row in enumerate(rows if one.helped is not None else []):
            kind = "helped" if rank == one.helped else "not_relevant"
            said.append(Feedback(person_id=person.id, turn_id=turn.id, exposure_id=row.id, kind=kind))
    ids = [[row.id for row in rows] for rows in shown]
    async with services.database.session() as session:
        for some in ([conversation, document], turns, [row for rows in shown for row in rows], said):
            session.add_all(some)
            await session.flush()  # the rows refer to those before
    return ids


def _exposure(turn: Turn, document_id: str, rank: int, text: str) -> Exposure:
    return Exposure(
        turn_id=turn.id,
        person_id=turn.person_id,
        document_id=document_id,
        passage_id=f"passage {text}",
        document_name="d.txt",
        title="",
        text=text,
        rank=rank,
        score=1.0,
        utility=0.9 - 0.3 * rank,
        selected=rank == 0,
    )


async def fill_log(services: Services, person: Person, count: int, *, poisoned: bool = False) -> None:
    """`count` questions in one tongue, and of the passages in the other which one helped; poisoned: a wrong one."""
    found = cases(count, 1)
    texts = [written for _, written in found]
    shown = [[texts[(number + 11 * place) % count] for place in range(_SHOWN)] for number in range(count)]
    helped = 1 if poisoned else 0
    await write_log(
        services, person, [Judged(asked, some, helped) for (asked, _), some in zip(found, shown, strict=True)]
    )


def put_holdout(services: Services, count: int = 60) -> Path:
    """Questions that decide on retrievers, in the same tongues and of the same meanings."""
    return write_set(place(services.home) / "translated", count)


async def until(client: httpx.AsyncClient, run_id: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The run as soon as it is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            run: dict[str, Any] = (await client.get(f"{RUNS}/{run_id}")).json()
            if reached(run):
                return run
            await asyncio.sleep(0.1)


async def ended(client: httpx.AsyncClient, run_id: str) -> dict[str, Any]:
    return await until(client, run_id, lambda run: run["state"] not in ("queued", "running"))


async def started(client: httpx.AsyncClient, **body: Any) -> str:
    asked = {"kind": "retriever", "steps": 40} | body
    response = await client.post(RUNS, json=asked)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])
