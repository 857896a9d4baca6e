"""Hostile, broken and locked files end with a status and a reason, and never take the loader with them."""

import asyncio
import gzip
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from retrieval.loader import LoadLimits, SubprocessLoader
from retrieval.ports import LoadError
from tests.retrieval import files

# The readers that tests share live in one event loop.
pytestmark = pytest.mark.asyncio(loop_scope="module")

Pids = Callable[[], set[int]]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XML = '<?xml version="1.0"?>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no_text"),
    "white space": (b" \n\t\n", "no_text"),
    "pdf without text": (files.pdf([], []), "no_text"),
    "word file without text": (files.docx(), "no_text"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "no_text"),
    "locked pdf": (files.LOCKED_PDF, "needs_password"),
    "locked word file": (OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "needs_password"),
    "locked odt": (files.opendocument("text", "", "<manifest><encryption-data/></manifest>"), "needs_password"),
    "broken pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 4, "unreadable"),
    "cut word file": (files.docx((None, "text" * 100))[:400], "unreadable"),
    "broken spreadsheet": (
        files.zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook><sheets>"}),
        "unreadable",
    ),
    "zip": (files.zipped({"a.txt": "words", "b.txt": "more"}), "unsupported"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"text")), "unsupported"),
    "tar in gzip": (gzip.compress(b"name".ljust(257, b"\0") + b"ustar\x0000"), "unsupported"),
    "program": (b"\x7fELF\x02\x01\x01" + os.urandom(64) + bytes(4000), "unsupported"),
    "zip bomb": (files.claiming(files.docx((None, "x")), 0xF0000000), "too_large"),
    "gzip bomb": (gzip.compress(b"a" * (129 * 1024 * 1024), 1), "too_large"),
    "too much text": (b"word " * 30_000, "too_large"),
}


@asynccontextmanager
async def loading(limits: LoadLimits | None = None) -> AsyncIterator[SubprocessLoader]:
    loader = SubprocessLoader(limits)
    try:
        yield loader
    finally:
        await loader.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def loader() -> AsyncIterator[SubprocessLoader]:
    async with loading(LoadLimits(characters=100_000)) as loader:
        yield loader


@pytest.fixture
def workers() -> Pids:
    """Process ids of the readers started since the test began."""
    before = all_workers()
    return lambda: all_workers() - before


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.txt"
    path.write_text("good words")
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A page that takes a second or more to read."""
    path = tmp_path / "slow.html"
    path.write_text("<html><body>" + "<p>a <b>word</b></p>" * 60_000)
    return path


def all_workers() -> set[int]:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {int(pid) for pid in children if b"loader_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_file_has_a_status_and_a_reason(case: str, loader: SubprocessLoader, tmp_path: Path) -> None:
    data, status = BAD[case]
    path = tmp_path / "upload"
    path.write_bytes(data)
    with pytest.raises(LoadError) as caught:
        await loader.load(path, "upload.bin")
    assert (caught.value.status, bool(caught.value.reason)) == (status, True)


@pytest.mark.parametrize(
    "markup",
    [
        f'{XML}<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><r><p>safe</p><p>&l11;</p></r>',
        f'{XML}<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r><p>safe</p><p>&f;</p></r>',
    ],
    ids=["billion laughs", "file of the machine"],
)
async def test_entities_of_xml_stay_unresolved(markup: str, loader: SubprocessLoader, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(markup)
    document = await loader.load(tmp_path / "a.xml", "a.xml")
    assert [block.text for block in document.blocks] == ["safe"]


async def test_a_hundred_thousand_nested_elements_do_no_harm(loader: SubprocessLoader, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><body>" + "<div>" * 60_000 + "deep down")
    document = await loader.load(tmp_path / "a.html", "a.html")
    assert [block.text for block in document.blocks] == ["deep down"]


async def test_a_file_beyond_the_size_is_refused_unread(good: Path, workers: Pids) -> None:
    async with loading(LoadLimits(file_bytes=5)) as loader:
        with pytest.raises(LoadError, match="10 bytes, 5 are allowed") as caught:
            await loader.load(good, "good.txt")
        assert caught.value.status == "too_large"
        assert not workers()


async def test_a_reader_that_hangs_is_ended_and_replaced(slow: Path, good: Path, workers: Pids) -> None:
    async with loading(LoadLimits(seconds=0.1)) as loader:
        with pytest.raises(LoadError, match=r"longer than 0.1 s") as caught:
            await loader.load(slow, "slow.html")
        assert caught.value.status == "unreadable"
        assert not workers()
        assert (await loader.load(good, "good.txt")).blocks[0].text == "good words"


async def test_a_reader_that_crashes_is_replaced(slow: Path, good: Path, workers: Pids) -> None:
    async with loading() as loader:
        await loader.load(good, "good.txt")
        (worker,) = workers()
        task = asyncio.create_task(loader.load(slow, "slow.html"))
        await asyncio.sleep(0.05)
        os.kill(worker, signal.SIGSEGV)
        with pytest.raises(LoadError, match="crashed") as caught:
            await task
        assert caught.value.status == "unreadable"
        assert (await loader.load(good, "good.txt")).blocks[0].text == "good words"


async def test_a_reader_killed_while_it_waits_costs_the_next_file_nothing(good: Path, workers: Pids) -> None:
    async with loading() as loader:
        await loader.load(good, "good.txt")
        (worker,) = workers()
        os.kill(worker, signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert (await loader.load(good, "good.txt")).blocks[0].text == "good words"


async def test_a_file_that_eats_memory_is_unreadable(tmp_path: Path, good: Path) -> None:
    (tmp_path / "fat.txt").write_bytes(b"fat words " * 15_000_000)
    async with loading(LoadLimits(memory_bytes=400 * 1024 * 1024)) as loader:
        with pytest.raises(LoadError, match="memory") as caught:
            await loader.load(tmp_path / "fat.txt", "fat.txt")
        assert caught.value.status == "unreadable"
        assert (await loader.load(good, "good.txt")).blocks[0].text == "good words"


async def test_a_load_that_nobody_waits_for_ends_its_reader(slow: Path, good: Path, workers: Pids) -> None:
    async with loading() as loader:
        task = asyncio.create_task(loader.load(slow, "slow.html"))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not workers()
        assert (await loader.load(good, "good.txt")).blocks[0].text == "good words"


async def test_files_share_a_reader_until_it_has_grown_old(good: Path, workers: Pids) -> None:
    loader = SubprocessLoader(files_per_worker=2)
    seen = []
    for _ in range(3):
        await loader.load(good, "good.txt")
        seen.append(workers())
    await loader.close()
    assert len(seen[0]) == 1
    assert seen[1] == set()  # ended after its second file
    assert seen[2].isdisjoint(seen[0])
    assert not workers()


async def test_two_readers_work_side_by_side(slow: Path, good: Path) -> None:
    loader = SubprocessLoader(workers=2)
    await asyncio.gather(loader.load(good, "good.txt"), loader.load(good, "good.txt"))
    waiting = asyncio.create_task(loader.load(slow, "slow.html"))
    await asyncio.sleep(0.05)
    await loader.load(good, "good.txt")
    assert not waiting.done()
    await waiting
    await loader.close()


async def test_no_secret_of_ours_lies_beside_a_hostile_file(
    good: Path, monkeypatch: pytest.MonkeyPatch, workers: Pids
) -> None:
    monkeypatch.setenv("ATTUNE_SECRET_KEY", "sesame")
    async with loading() as loader:
        await loader.load(good, "good.txt")
        (worker,) = workers()
        assert b"sesame" not in environment(worker)


async def ends_well(code: str) -> bool:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait() == 0


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("refuse", ["_leave_network()", "sys.addaudithook(_refuse_sockets)"])
async def test_a_reader_has_no_network(refuse: str, listener: int) -> None:
    connect = f"import socket; socket.create_connection(('127.0.0.1', {listener}), 2)"
    leave = f"import sys; from retrieval.loader_worker import _leave_network, _refuse_sockets; {refuse}"
    assert await ends_well(connect)
    assert await ends_well(leave)
    assert not await ends_well(f"{leave}; {connect}")


async def test_ocr_that_is_not_installed_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(RuntimeError, match=r"\[ocr\]"):
        SubprocessLoader(ocr=True)
