"""The form of a backup: what is written is read again, and what is damaged, foreign or hostile is refused."""

import io
import json
import tarfile
from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import pytest

from app.backup import BackupError, Snapshot
from app.backup_archive import Manifest, describe, manifest_of, reading, write_all, write_member, writing

NAMES = ["backup.tar", "backup.tar.gz", "backup.tar.zst"]
FILES = {
    "attune.db": Random(1).randbytes(20_000),
    "originals/00000000-0000-0000-0000-000000000000/ab/" + "ab" * 32: Random(2).randbytes((1 << 20) + 1),
    "index/hash/current": b"generation-1",
    "secret_key": b"",
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    folder = tmp_path / "snapshot"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return Snapshot(folder, schema="0001", people=2, documents=1, missing=0)


def written(snapshot: Snapshot, out: Path) -> Manifest:
    with writing(out) as sink:
        write_all(snapshot, sink)
    return manifest_of(out)


def unpacked(archive: Path, folder: Path) -> dict[str, bytes]:
    with reading(archive) as (manifest, members):
        for name, content in members:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_member(content, folder / name, manifest.files[name])
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read_again(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    manifest = written(snapshot, tmp_path / name)
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert (manifest.people, manifest.bytes) == (2, sum(map(len, FILES.values())))
    assert unpacked(tmp_path / name, tmp_path / "home") == FILES


def test_other_programs_read_it(snapshot: Snapshot, tmp_path: Path) -> None:
    written(snapshot, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar") as tar:
        assert tar.getnames() == ["manifest.json", *sorted(FILES)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("left", [0.0, 0.3, 0.9])
def test_half_an_archive_is_refused(snapshot: Snapshot, tmp_path: Path, name: str, left: float) -> None:
    written(snapshot, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    # The end of an uncompressed tar is zeros that nobody needs.
    (tmp_path / name).write_bytes(whole[: int(len(whole.rstrip(b"\0")) * left)])
    with pytest.raises(BackupError, match="damaged"):
        unpacked(tmp_path / name, tmp_path / "home")


@pytest.mark.parametrize("name", NAMES)
def test_one_wrong_byte_is_noticed(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    written(snapshot, tmp_path / name)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) * 2 // 3] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        unpacked(tmp_path / name, tmp_path / "home")


def test_a_name_that_is_taken_or_says_no_form_is_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "there.tar").write_text("older")
    for name, said in (("there.tar", "is there already"), ("a.zip", "names no form"), ("a.tar.bz2", "names no form")):
        with pytest.raises(BackupError, match=said):
            written(snapshot, tmp_path / name)
    assert (tmp_path / "there.tar").read_text() == "older"


def test_what_ends_early_leaves_nothing_under_the_name(snapshot: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "a.tar.zst") as sink:
        sink.write(b"some")
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]


def forged(out: Path, manifest: Manifest, *members: tarfile.TarInfo) -> Path:
    """An archive of these members, each of one byte where it is a file."""
    with tarfile.open(out, "w") as tar:
        about = json.dumps(asdict(manifest)).encode()
        head = tarfile.TarInfo("manifest.json")
        head.size = len(about)
        tar.addfile(head, io.BytesIO(about))
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return out


def member_of(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, int(kind == tarfile.REGTYPE), "/etc/passwd"
    return member


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "index/../../evil", "index//a", "./attune.db", "evil", "server.json", "index\\..\\a"],
)
def test_a_name_that_no_home_has_is_refused(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    manifest = describe(snapshot)
    files = {name: manifest.files["attune.db"]}
    archive = forged(tmp_path / "a.tar", replace(manifest, files=files), member_of(name))
    with pytest.raises(BackupError, match="which no home has"):
        unpacked(archive, tmp_path / "home" / "deep")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(snapshot: Snapshot, tmp_path: Path, kind: bytes) -> None:
    archive = forged(tmp_path / "a.tar", describe(snapshot), member_of("attune.db", kind))
    with pytest.raises(BackupError, match="a link or a device"):
        unpacked(archive, tmp_path / "home")


def test_a_member_that_is_not_listed_or_comes_twice_is_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    manifest = describe(snapshot)
    once = replace(
        manifest.files["attune.db"], size=1, sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    )
    listed = replace(manifest, files={"attune.db": once})
    for number, name in enumerate(["index/more", "attune.db"]):
        archive = forged(tmp_path / f"{number}.tar", listed, member_of("attune.db"), member_of(name))
        with pytest.raises(BackupError, match="is not what"):
            unpacked(archive, tmp_path / f"home {number}")


def test_a_newer_form_and_another_tar_are_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    newer = forged(tmp_path / "newer.tar", replace(describe(snapshot), format=2))
    with pytest.raises(BackupError, match="update Attune"):
        manifest_of(newer)
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.addfile(member_of("photo.jpg"), io.BytesIO(b"x"))
    (tmp_path / "text.tar").write_text("no tar at all")
    for name in ("other.tar", "text.tar"):
        with pytest.raises(BackupError, match="damaged or no backup"):
            manifest_of(tmp_path / name)
