"""What of a file could not be read is told beside what could."""

import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.conftest import Upload, client_of, running
from tests.retrieval.test_loader_pdf import mixed


async def test_a_document_with_unread_pages_is_indexed_and_names_them(
    tmp_path: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)  # as where the extra is not installed
    settings = Settings(home=tmp_path / "home", encoder="hash", llm="scripted")
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        added = await upload(client, "door.pdf", mixed())
        document = (await client.get(f"/api/v1/documents/{added.document.id}")).json()
    assert (document["status"], document["passages"]) == ("indexed", 1)
    assert document["reason"].startswith("page 2 can only be read by OCR")
