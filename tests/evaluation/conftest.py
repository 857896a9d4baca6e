"""Small data sets in the forms that the suites read, and settings under which nothing needs a model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., Path]


@pytest.fixture
def no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a suite builds from its settings runs without weights."""
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_LLM", "scripted")


@pytest.fixture
def write_rows(tmp_path: Path) -> Write:
    """Write rows as a .jsonl file below the test's folder."""

    def write(name: str, *rows: dict[str, Any]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write
