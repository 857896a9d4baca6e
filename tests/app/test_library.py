"""Taking in a file while something else happens to it."""

import sqlite3

import httpx
import pytest

from app import originals, people
from app.home import Home
from app.originals import Incoming
from app.services import Services
from tests.conftest import Upload


async def test_an_upload_that_meets_the_deletion_of_the_same_file_is_told_to_come_again(
    client: httpx.AsyncClient, services: Services, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upload(client, "a.bin", b"\x7fELF\x02\x01\x01" + bytes(4000))  # unsupported, so it would be tried again

    def keep(home: Home, owner_id: str, incoming: Incoming) -> None:
        with sqlite3.connect(home.database) as other:
            other.execute("DELETE FROM document")
        originals_keep(home, owner_id, incoming)

    originals_keep = originals.keep
    monkeypatch.setattr(originals, "keep", keep)
    files = {"file": ("a.bin", b"\x7fELF\x02\x01\x01" + bytes(4000))}
    response = await client.post("/api/v1/documents", files=files)
    assert response.status_code == 409
    assert "upload it again" in response.json()["detail"]


async def test_changing_an_erased_account_does_not_bring_it_back(services: Services) -> None:
    gone = await services.auth.create_person("gone@example.org", None)
    async with services.database.session() as session:
        await people.delete_person(session, gone.id)
    async with services.database.session() as session:
        assert await people.change(session, gone.id, display_name="Back") is None
        assert await people.find_person(session, "gone@example.org") is None
