"""An adapter that a server loads while it runs: once, again after it was forgotten, and what a server may object."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app import adapters
from app.parts import setting_for
from app.settings import Settings
from generation.openai_adapter import AdaptedOpenAIModel
from generation.port import GenerationParams, Message, ModelUnavailableError
from tests.generation.wire import MODEL, Wire, serving

ASKED = [Message("user", "What is the capital of France ?")]
PARAMS = GenerationParams(max_tokens=20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "models" / "generator-0123"
    made.mkdir(parents=True)
    (made / "adapter_model.safetensors").write_bytes(b"weights")
    return made


@pytest.fixture
async def loading() -> AsyncIterator[Wire]:
    wire = Wire()
    wire.adapters = []
    async with serving(wire) as served:
        yield served


def adapted(url: str, folder: Path, seen_as: Path | None = None) -> AdaptedOpenAIModel:
    return AdaptedOpenAIModel(MODEL, folder, seen_as or folder, base_url=url, timeout=5)


async def test_a_promoted_adapter_is_loaded_once_and_answers(loading: Wire, folder: Path) -> None:
    model = adapted(loading.url, folder)
    for _ in range(2):
        assert (await model.complete(ASKED, PARAMS)).text
    assert loading.adapters == ["generator-0123"]
    assert {sent["model"] for sent in loading.requests} == {"generator-0123"}
    assert model.version.startswith(f"{MODEL}+answers@")
    await model.close()


async def test_what_another_process_loaded_is_used(loading: Wire, folder: Path) -> None:
    first, second = adapted(loading.url, folder), adapted(loading.url, folder)
    await first.complete(ASKED, PARAMS)
    assert (await second.complete(ASKED, PARAMS)).text
    await first.close()
    await second.close()


async def test_a_server_that_was_started_anew_gets_it_again(loading: Wire, folder: Path) -> None:
    model = adapted(loading.url, folder)
    await model.complete(ASKED, PARAMS)
    assert loading.adapters is not None
    loading.adapters.clear()
    with pytest.raises(ModelUnavailableError, match="does not serve model 'generator-0123'"):
        await model.complete(ASKED, PARAMS)
    assert (await model.complete(ASKED, PARAMS)).text
    await model.close()


async def test_a_server_that_loads_none_and_a_folder_that_it_does_not_see_are_told(
    wire: Wire, loading: Wire, folder: Path
) -> None:
    none, unseen = adapted(wire.url, folder), adapted(loading.url, folder, Path("/nowhere/generator-0123"))
    with pytest.raises(ModelUnavailableError, match="VLLM_ALLOW_RUNTIME_LORA_UPDATING"):
        await none.complete(ASKED, PARAMS)
    with pytest.raises(ModelUnavailableError, match="ATTUNE_LLM_ADAPTERS"):
        await unseen.complete(ASKED, PARAMS)
    await none.close()
    await unseen.close()


def test_a_promotion_reaches_a_server_only_where_it_loads_adapters(folder: Path) -> None:
    server: dict[str, Any] = {"llm": "openai", "llm_model": MODEL, "llm_base_url": "http://127.0.0.1:9/v1"}
    closed, opened = Settings(**server), Settings(**server, llm_adapters=Path("/data/models"))
    assert setting_for(closed, "generator") == "ATTUNE_LLM"
    assert setting_for(opened, "generator") is None
    promoted = opened.model_copy(update={"adapter": str(folder)})
    assert [adapters.make_model(one).version.partition("@")[0] for one in (opened, promoted)] == [
        MODEL,
        f"{MODEL}+answers",
    ]
