"""What the command line shows, over the real API."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.schemas import PeoplePublic, PersonPublic
from app.services import Services
from ui import terminal
from ui.client import ApiClient


@pytest.fixture
async def owner(app: FastAPI, services: Services) -> AsyncIterator[ApiClient]:
    token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    async with ApiClient("http://test", token, transport=httpx.ASGITransport(app)) as client:
        yield client


async def test_a_duplicate_says_what_it_repeats(
    owner: ApiClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("lease.txt", "copy.txt"):
        (tmp_path / name).write_text("The lease ends in May.")
        report = await terminal.ingest(owner, [tmp_path / name], quiet=True)
    assert report["files"][0]["reason"] == "its content is here already, as lease.txt"
    terminal.print_report(report)
    assert "duplicate: its content is here already" in " ".join(capsys.readouterr().out.split())


async def test_the_link_of_a_running_server_logs_in_once(
    owner: ApiClient, stranger: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await terminal.welcome(owner, "Attune runs already.")
    found = re.search(r"http://test/login\?code=(\S+)", capsys.readouterr().out)
    assert found is not None
    answers = [await stranger.post("/api/v1/auth/token", json={"code": found[1]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]


async def test_only_admins_get_login_codes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/admin/login-codes")).status_code == 403


async def test_everybody_is_listed_however_many_pages_there_are() -> None:
    pages = FastAPI()

    @pages.get("/api/v1/admin/users")
    async def people(cursor: int = 0) -> PeoplePublic:
        now = datetime.now(UTC)
        email = f"{cursor}@example.org"
        person = PersonPublic(id=str(cursor), email=email, display_name=email, role="person", created_at=now)
        return PeoplePublic(items=[person], next_cursor=str(cursor + 1) if cursor < 2 else None)

    async with ApiClient("http://test", transport=httpx.ASGITransport(pages)) as client:
        assert [one.email for one in (await terminal.everybody(client)).items] == [f"{n}@example.org" for n in range(3)]
