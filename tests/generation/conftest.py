"""The three implementations of the port, ready to be asked."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import platformdirs
import pytest

from generation.local import LocalModel
from generation.openai import OpenAIModel
from generation.port import LanguageModel
from generation.scripted import ScriptedModel
from generation.weights import fetch
from tests.generation.tiny import save_tiny_model
from tests.generation.wire import MODEL, Wire, serving

# Before torch is loaded, for spinning threads starve each other on the small machines that tests run on.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def smollm2_folder() -> Path:
    """The embedded model's weights; the first run of all fetches them."""
    return fetch("smollm2", Path(os.environ.get("ATTUNE_CACHE", platformdirs.user_cache_dir("attune"))))


@pytest.fixture
async def local(tiny_folder: Path) -> AsyncIterator[LocalModel]:
    model = await LocalModel.open(tiny_folder, device="cpu", slots=4, dtype="float32")
    yield model
    await model.close()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with serving(Wire()) as served:
        yield served


@pytest.fixture
async def remote(wire: Wire) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(wire.url, MODEL, KEY, timeout=5)
    yield model
    await model.close()


@pytest.fixture(params=["scripted", "local", "openai"])
def model(request: pytest.FixtureRequest) -> LanguageModel:
    """Each implementation in turn."""
    if request.param == "scripted":
        return ScriptedModel()
    chosen: LanguageModel = request.getfixturevalue({"local": "local", "openai": "remote"}[request.param])
    return chosen


async def until(happened: Callable[[], object]) -> None:
    """Wait for what another thread or another end of a socket does; pytest's own patience is the limit."""
    while not happened():  # noqa: ASYNC110 - what is waited for cannot set an event of ours
        await asyncio.sleep(0.001)
