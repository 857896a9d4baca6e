"""What the command line shows, over the real API."""

import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.home import Home
from app.main import create_app
from app.schemas import PeoplePublic, PersonPublic
from app.server import publishing, serving
from app.services import Services
from app.settings import Settings
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


async def test_files_alike_that_are_sent_together_are_one_document(owner: ApiClient, tmp_path: Path) -> None:
    (folder := tmp_path / "folder").mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_text("The lease ends in May.")
    entries = (await terminal.ingest(owner, [folder], quiet=True))["files"]
    assert sorted(entry["status"] for entry in entries) == ["duplicate"] * 3 + ["indexed"]
    assert all("is here already" in entry["reason"] for entry in entries if entry["status"] == "duplicate")
    assert len({entry["document_id"] for entry in entries}) == 1


async def test_a_folder_without_files_is_told(
    owner: ApiClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    terminal.print_report(await terminal.ingest(owner, [tmp_path / "empty"], quiet=True))
    assert "no files found" in capsys.readouterr().out


async def test_files_alike_that_cannot_be_read_each_end_as_what_they_are(owner: ApiClient, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.py").write_text("")
    report = await terminal.ingest(owner, [folder], quiet=True)
    ended = {(entry["status"], entry["reason"]) for entry in report["files"]}
    assert ended == {("no_text", "the file is empty")}


async def test_the_home_is_no_document(owner: ApiClient, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The key lies under the mat.")
    report = await terminal.ingest(owner, [tmp_path], quiet=True, apart=settings.home)
    assert [Path(entry["path"]).name for entry in report["files"]] == ["note.txt"]


async def test_a_file_that_grows_while_it_is_sent_stops_no_other(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text("half past nine")
    (tmp_path / "b.txt").write_text("The key lies under the mat.")
    plain = os.fstat

    def before_it_grew(descriptor: int) -> os.stat_result:
        """What somebody sees who asks for the size of the log a moment before the next line is written."""
        seen = plain(descriptor)
        if seen.st_ino != (tmp_path / "a.log").stat().st_ino:
            return seen
        return os.stat_result((*seen[:6], seen.st_size - 5, *seen[7:]))

    app = create_app(settings)
    async with (
        serving(app, "127.0.0.1", 0) as url,
        publishing(app, Home(settings.home), url) as address,
        ApiClient(url, address.token) as client,
    ):
        monkeypatch.setattr(os, "fstat", before_it_grew)
        report = await terminal.ingest(client, [tmp_path], quiet=True, apart=settings.home)
    assert [entry["status"] for entry in report["files"]] == ["unreadable", "indexed"]
    assert "changed while it was sent" in report["files"][0]["reason"]


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
