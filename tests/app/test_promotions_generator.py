"""An adapter of the embedded model takes over in the middle of an answer: real weights, however small."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import torch
from fastapi import FastAPI
from safetensors.torch import save_file

from app import serving, versions
from app.home import Home
from app.late_model import LateModel
from app.models import Turn
from app.promotions import Promotions
from app.schemas_models import Moved, Verdict
from app.services import Services
from app.settings import Settings
from app.versions import file_hash
from generation import weights
from generation.port import GenerationError, GenerationParams, Message
from tests.app.trained import verdict
from tests.conftest import Upload, client_of, running
from tests.generation.tiny import save_tiny_model
from training.lora import CONFIG, WEIGHTS
from training.manifest import Manifest

QUESTION = {"question": "When was the lighthouse of Quenholm built?", "stream": False}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
async def app(tmp_path: Path, base: Path) -> AsyncIterator[FastAPI]:
    """A laptop with the tiny model."""
    settings = Settings(
        home=tmp_path / "home", cache=tmp_path / "cache", encoder="hash", llm_model=str(base), answer_max_tokens=200
    )
    async with running(settings) as app:
        yield app


def adopted(home: Home, folder: Path, base: Path) -> str:
    """What `attune train generator` leaves, copied into the home: rank 2 on one weight, far from zero."""
    folder.mkdir()
    torch.manual_seed(1)
    path = "base_model.model.model.layers.1.mlp.down_proj"
    parts = {f"{path}.lora_A.weight": torch.randn(2, 64), f"{path}.lora_B.weight": torch.randn(32, 2)}
    save_file(parts, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4}))
    told = {"data": (), "settings": {}, "seed": 0, "commit": "test", "before": {}, "after": {}, "command": "train"}
    Manifest("generator", weights.version(base), weights_sha256=file_hash(folder / WEIGHTS), **told).write(folder)  # type: ignore[arg-type]  # each has its type
    return versions.adopt(home, folder).id


async def moved(promotions: Promotions, version: str) -> Moved:
    return await promotions.decide(version, Verdict(**verdict(None)))


async def under_way(services: Services) -> None:
    """Return when a turn has the generator."""
    async with asyncio.timeout(30):
        while services.serving.now.generator.users == 0:  # noqa: ASYNC110 (a lease tells nobody)
            await asyncio.sleep(0.001)


async def test_a_turn_under_way_ends_with_the_old_weights_and_the_next_has_the_new(
    app: FastAPI, base: Path, tmp_path: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = app.state.services
    version = adopted(services.home, tmp_path / "out", base)
    monkeypatch.setattr(serving, "has_room", lambda: False)
    async with client_of(app, "ann@example.org") as client:
        await upload(client, "a.md", "The lighthouse of Quenholm was built in 1871 by Ada Brun.")
        before = (await client.post("/api/v1/chat", json=QUESTION)).json()
        asking = asyncio.create_task(client.post("/api/v1/chat", json=QUESTION))
        await under_way(services)
        old = services.serving.now.generator
        await moved(services.promotions, version)
        assert not asking.done(), "the model was exchanged in the middle of an answer"
        assert old.thing is not services.model
        answers = [(await asking).json(), (await client.post("/api/v1/chat", json=QUESTION)).json()]
    assert [answer["state"] for answer in answers] == ["complete", "complete"]
    named = [answer["versions"]["generator"] for answer in (before, *answers)]
    assert named == [old.version, old.version, version]
    assert await written(before, answers[0], services) and not await written(answers[0], answers[1], services)
    with pytest.raises(GenerationError, match="has been closed"):  # its last turn has ended
        await old.thing.complete([Message("user", "Hello")], GenerationParams(max_tokens=1))


async def written(one: dict[str, str], other: dict[str, str], services: Services) -> bool:
    """Whether the model wrote the same in both turns."""
    async with services.database.session() as session:
        rows = [await session.get(Turn, turn["id"]) for turn in (one, other)]
    assert rows[0] and rows[1]
    return rows[0].draft == rows[1].draft


async def test_rolling_back_takes_up_the_weights_that_were_kept_open(app: FastAPI, base: Path, tmp_path: Path) -> None:
    services: Services = app.state.services
    if not serving.has_room():
        pytest.skip("this machine has no room for a second model")
    old = services.model
    assert isinstance(old, LateModel)
    await old.ready()
    await moved(services.promotions, adopted(services.home, tmp_path / "out", base))
    new = services.model
    assert isinstance(new, LateModel) and new.loaded, "it is read before it answers"
    back = await services.promotions.rollback("generator")
    assert services.model is old
    assert back.milliseconds < 1_000
