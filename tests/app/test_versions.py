"""Copies of trained folders: whole, unchanged, checked; what is wrong with one is named with the remedy."""

import json
import os
from pathlib import Path

import pytest

from app import versions
from app.home import Home
from app.versions import VersionError, adopt, check, read
from retrieval.query_adapter import WEIGHTS
from retrieval.query_update import CONFIG
from tests.app.trained import trained_retriever


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    return trained_retriever(tmp_path / "out")


def test_a_copy_has_every_file_and_nothing_of_the_training_run(home: Home, trained: Path) -> None:
    (trained / "run").mkdir()
    (trained / "run" / "checkpoint.pt").write_bytes(b"large")
    version = adopt(home, trained)
    copied = home.models / version.id
    assert sorted(path.name for path in copied.rglob("*")) == ["manifest.json", CONFIG, WEIGHTS]
    assert check(home, version.id, version.files) == copied
    assert all(path.stat().st_mode & 0o222 == 0 for path in copied.iterdir()), "nobody writes to a version"
    assert adopt(home, trained) == version, "copying it again changes nothing"
    assert [path.name for path in home.models.iterdir()] == [version.id]


def test_the_shipped_adapters_are_versions() -> None:
    from generation import adapter
    from retrieval import verifier

    assert read(adapter.SHIPPED).kind == "generator"
    assert read(verifier.SHIPPED).kind == "verifier"


@pytest.mark.parametrize("harm", ["changed", "removed"])
def test_a_copy_that_was_harmed_is_named_with_the_remedy_and_mended_by_it(home: Home, trained: Path, harm: str) -> None:
    version = adopt(home, trained)
    weights = home.models / version.id / WEIGHTS
    weights.unlink()
    if harm == "changed":
        weights.write_bytes(b"noise")
    with pytest.raises(VersionError, match=rf"{WEIGHTS} is .*attune models promote.*attune models rollback retriever"):
        check(home, version.id, version.files)
    adopt(home, trained)
    check(home, version.id, version.files)


def test_a_manifest_that_was_changed_is_no_version(trained: Path) -> None:
    about = json.loads((trained / "manifest.json").read_text())
    (trained / "manifest.json").write_text(json.dumps(about | {"seed": 7}))
    with pytest.raises(VersionError, match="is not as `attune train` wrote it"):
        read(trained)


def test_weights_that_are_not_those_of_the_manifest_are_refused(trained: Path) -> None:
    (trained / WEIGHTS).write_bytes(b"others")
    with pytest.raises(VersionError, match="other weights than its manifest says"):
        read(trained)


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(VersionError, match="give the --out folder of `attune train`"):
        read(tmp_path)


def test_a_link_is_not_copied(home: Home, trained: Path) -> None:
    (trained / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(VersionError, match="is a link"):
        adopt(home, trained)
    assert list(home.models.iterdir()) == []


def test_another_folder_of_the_same_name_is_refused(home: Home, trained: Path) -> None:
    adopt(home, trained)
    (trained / CONFIG).write_text((trained / CONFIG).read_text() + "\n")
    with pytest.raises(VersionError, match="differs from"):
        adopt(home, trained)


def test_what_a_killed_copy_left_is_swept_and_one_under_way_is_not(home: Home) -> None:
    dead = home.models / ".retriever-0123456789ab.999999999"
    alive = home.models / f".retriever-0123456789ab.{os.getpid()}"
    for folder in (dead, alive):
        folder.mkdir()
        (folder / "half").write_text("")
    versions.sweep(home)
    assert list(home.models.iterdir()) == [alive]
