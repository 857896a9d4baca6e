import json
from dataclasses import replace
from pathlib import Path

from app.versions import MANIFEST
from tests.training.sets import shown
from training.examples import read_examples
from training.manifest import Manifest, commit, data_used, folder_hash


def make(folder: Path) -> Manifest:
    used = data_used([folder], read_examples([folder]))
    return Manifest("selector", "base", used, {"rank": 8}, 1, commit(), "00", {"f1": 0.1}, {"f1": 0.2}, "attune train")


def test_a_manifest_names_its_data_and_carries_a_version_of_its_own(tmp_path: Path) -> None:
    manifest = make(shown(tmp_path / "shown"))
    manifest.write(tmp_path)
    written = json.loads((tmp_path / MANIFEST).read_text())
    assert written["version"].startswith("selector-")
    assert written["shippable"] is True
    assert written["data"][0]["name"] == "shown"
    assert written["data"][0]["examples"] > 0
    assert replace(manifest, seed=2).version != manifest.version


def test_weights_of_a_closed_set_are_marked(tmp_path: Path) -> None:
    manifest = make(shown(tmp_path / "shown"))
    closed = replace(manifest.data[0], licence="not stated")
    assert not replace(manifest, data=(manifest.data[0], closed)).shippable


def test_the_hash_of_a_folder_changes_with_a_byte(tmp_path: Path) -> None:
    folder = shown(tmp_path / "shown")
    before = folder_hash(folder)
    assert folder_hash(folder) == before
    (folder / "ABOUT.md").write_text("Licence: MIT.\n")
    assert folder_hash(folder) != before
