"""`attune feedback export`: turns and pairs as rows to train on, of one person or of all."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from app import cli
from app.models import utc_now
from app.services import Services
from app.settings import Settings
from tests.app.giving import give
from tests.app.rewriting import LONG, NOTE, SHORT, ask, rewrite, teach
from tests.conftest import Upload, client_of, running


@pytest.fixture
async def operator(app: FastAPI, services: Services, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """Speaks as the home's owner."""
    token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    stranger.headers["Authorization"] = f"Bearer {token}"
    return stranger


async def exported(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    response = await client.get("/api/v1/admin/feedback", params=query)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


async def test_pairs_hold_the_first_draft_the_last_text_and_where_they_came_from(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, upload: Upload
) -> None:
    teach(services)
    added = await upload(client, "hut.txt", NOTE)
    turn = await ask(client)
    await rewrite(client, turn.id, f"Well. {SHORT}")
    edit = await rewrite(client, turn.id, LONG)
    await ask(client)
    (pair,) = await exported(operator, format="dpo")
    assert [message["role"] for message in pair["prompt"]] == ["system", "user"]
    assert pair["rejected"] == [{"role": "assistant", "content": SHORT}]
    assert pair["chosen"] == [{"role": "assistant", "content": LONG}]
    assert (pair["turn_id"], pair["edit_id"]) == (turn.id, edit.id) and pair["versions"]["generator"]
    await client.delete(f"/api/v1/documents/{added.document.id}")
    assert await exported(operator, format="dpo") == [], "its prompt quoted what was deleted"


async def test_turns_hold_every_passage_that_was_shown_and_every_event(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, upload: Upload
) -> None:
    teach(services)
    await upload(client, "mill.txt", "The mill of Quenholm was built in 1702 by the river.")
    turn = await ask(client, "When was the mill of Quenholm built by the river?")
    await rewrite(client, turn.id, turn.answer.replace("1702", "1712"))
    (row,) = await exported(operator, format="turns")
    assert (row["turn_id"], row["answer"]) == (turn.id, turn.answer) and "1712" in row["edited_answer"]
    assert [event["kind"] for event in row["feedback"]] == ["source_wrong"]
    assert row["exposures"][0]["exposure_id"] == row["feedback"][0]["exposure_id"]


async def test_votes_label_the_models_own_words_and_a_withdrawn_one_labels_nothing(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, upload: Upload
) -> None:
    teach(services)
    added = await upload(client, "hut.txt", NOTE)
    wanted, unwanted, withdrawn, rewritten, unvoted = [await ask(client) for _ in range(5)]
    await give(client, "turns", wanted.id, "down")
    up = await give(client, "turns", wanted.id, "up")
    await give(client, "turns", unwanted.id, "down", reasons=["style"], text="too short")
    await give(client, "turns", withdrawn.id, "up")
    await give(client, "turns", withdrawn.id, "withdrawn")
    await give(client, "turns", rewritten.id, "down")
    await rewrite(client, rewritten.id, LONG)
    await give(client, "turns", rewritten.id, "up")
    assert unvoted.id and await ask(client, "Hello!")
    rows = {row["turn_id"]: row for row in await exported(operator, format="kto")}
    assert {identity: row["label"] for identity, row in rows.items()} == {
        wanted.id: True,
        unwanted.id: False,
        rewritten.id: False,
    }
    row = rows[wanted.id]
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert rows[rewritten.id]["completion"] == row["completion"] == [{"role": "assistant", "content": SHORT}]
    assert row["feedback_id"] == up.id and row["versions"]["generator"] and row["person_id"]
    assert (rows[unwanted.id]["reasons"], rows[unwanted.id]["text"]) == (["style"], "too short")
    await client.delete(f"/api/v1/documents/{added.document.id}")
    assert await exported(operator, format="kto") == [], "their prompts quoted what was deleted"


async def test_labels_are_a_row_for_each_passage_with_what_was_said_and_done(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, upload: Upload
) -> None:
    teach(services)
    for place, year in (("mill", 1702), ("bridge", 1813)):
        await upload(client, f"{place}.txt", f"The {place} of Quenholm was built in {year} by the river.")
    turn = await ask(client, "When was the mill of Quenholm built by the river?")
    first, second = turn.exposures
    for kind in ("helped", "citation_opened", "citation_opened", "wrong"):
        await give(client, "exposures", first.id, kind)
    await give(client, "turns", turn.id, "down", reasons=["incorrect"])
    await give(client, "turns", turn.id, "copied")
    await rewrite(client, turn.id, turn.answer.replace("1702", "1712"))
    rows = await exported(operator, format="labels")
    assert [(row["exposure_id"], row["rank"], row["propensity"]) for row in rows] == [
        (first.id, 1, 1),
        (second.id, 2, 1),
    ]
    assert rows[0]["feedback"] == {
        "verdict": "wrong",
        "marked": None,
        "events": {"helped": 1, "citation_opened": 2, "wrong": 1, "source_wrong": 1},
    }
    assert rows[1]["feedback"] == {"verdict": None, "marked": None, "events": {}}
    assert rows[0]["answer"] == {
        "vote": "down",
        "reasons": ["incorrect"],
        "events": {"down": 1, "copied": 1},
        "next_message": None,
        "satisfaction": None,
        "edited": True,
        "abstained": False,
        "state": "complete",
    }
    assert datetime.fromisoformat(rows[0]["labels"][0].pop("created_at")) <= utc_now()
    assert rows[0]["labels"] == [{"utility": 0.0, "method": "edit", "model_version": "person"}]
    assert rows[1]["labels"] == [] and rows[0]["versions"] == turn.versions
    assert (rows[0]["question"], rows[0]["text"], rows[0]["cited"]) == (turn.question, first.text, True)


async def test_one_persons_rows_are_exported_alone_and_to_admins_only(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, operator: httpx.AsyncClient, upload: Upload
) -> None:
    for person in (client, other_client):
        await upload(person, "hut.txt", NOTE)
        await ask(person)
    assert len(await exported(operator)) == 2
    (row,) = await exported(operator, email="ben@example.org")
    assert row["person_id"] == (await other_client.get("/api/v1/me")).json()["id"]
    unknown = await operator.get("/api/v1/admin/feedback", params={"email": "nobody@example.org"})
    assert unknown.status_code == 404
    assert (await client.get("/api/v1/admin/feedback")).status_code == 403


async def prepare(settings: Settings) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        await ask(client, "Hello!")


def test_the_command_writes_the_file_whole_or_not_at_all(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    for name, value in {"HOME": settings.home, "ENCODER": "hash", "LLM": "scripted"}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", str(value))
    asyncio.run(prepare(settings))
    out = tmp_path / "turns.jsonl"
    runner = CliRunner()
    done = runner.invoke(cli.app, ["feedback", "export", "--format", "turns", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == 1 and json.loads(out.read_text())["question"] == "Hello!"
    refused = runner.invoke(cli.app, ["feedback", "export", "--out", str(tmp_path / "x"), "--user", "nobody@x.org"])
    assert refused.exit_code == 1 and not (tmp_path / "x").exists()
    wrong = runner.invoke(cli.app, ["feedback", "export", "--out", str(tmp_path / "x"), "--format", "csv"])
    assert wrong.exit_code == 2 and "labels" in runner.invoke(cli.app, ["feedback", "export", "--help"]).output
