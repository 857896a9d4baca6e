"""What the annotation queue leaves to a model is what `attune annotate --routed` takes of the log."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from app.cli import app as commands
from app.home import Home
from app.models import Person
from app.server import publishing, serving
from app.settings import Settings
from tests.app.training import Judged, write_log
from training.annotation import Asked
from training.annotation_routed import handed_back, left_to_models, routed


async def test_close_calls_are_left_to_models_until_one_has_said_something(settings: Settings, tmp_path: Path) -> None:
    from app.main import create_app

    app: FastAPI = create_app(settings)
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, Home(settings.home), url):
        owner = await app.state.services.auth.ensure_owner()
        log = [Judged("Where is the hut?", ["North."], helped=0), *[Judged("When?", ["At noon."], helped=None)] * 5]
        (judged,), *often = await write_log(app.state.services, Person(**owner.model_dump()), log)
        found = await left_to_models(settings)
        asked = [
            Asked("a", "Where?", (), exposures=(judged,)),
            *(Asked("b", "When?", (), exposures=(*one,)) for one in often),
        ]
        (only,) = routed(asked, found)
        file, made = tmp_path / "labels.jsonl", {"method": "listwise", "model_version": "m"}
        file.write_text(json.dumps({"exposure": only.exposures[0], "utility": 1.0, "cost_tokens": 3}) + "\n")
        counted = await handed_back(settings, [only], file, made)
        left = await left_to_models(settings)
    assert len(found) == 1 and found < {one for (one,) in often}
    assert (only.id, counted["kept"], left) == ("b", 1, frozenset())


def test_a_data_set_has_no_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    words = ["annotate", "--routed", "--from", str(tmp_path), "--out", str(tmp_path / "labels.jsonl")]
    ran = CliRunner().invoke(commands, words)
    assert (ran.exit_code, "--from log" in ran.output) == (2, True)
