"""Deleted means gone: no byte stays in the index on disk, no write is lost on the way, and kill -9 changes neither."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.retrieval.builders import ENCODER, put
from tests.retrieval.test_index_edge import open_index

# Writes 20 documents and deletes one of them, prints the line, and goes on writing and deleting while it is renewed.
DELETER = """
import asyncio, sys
from pathlib import Path
from retrieval.index_edge import EdgeIndex
from tests.retrieval.builders import ENCODER, make_document, put

async def main():
    index = await EdgeIndex.open(Path(sys.argv[1]), ENCODER.version, ENCODER.dimension)
    for number in range(20):
        await put(index, f"kept {number}", [f"kept {number} {part}" for part in range(5)], ["ann"])
    await put(index, "gone", ["Zyxquartz lies under the stairs."], ["ann"])
    await index.delete_document(make_document("gone"))
    print("deleted", flush=True)
    forgetting = asyncio.create_task(index.forget_deleted())
    for number in range(100_000):
        await put(index, f"late {number % 50}", [f"late {number}"], ["ann"])
        print(number, flush=True)
        if forgetting.done():
            print("forgotten", flush=True)

asyncio.run(main())
"""


def files_below(folder: Path) -> list[Path]:
    """Walked with os.walk, which passes over a folder that a renewal has just removed."""
    return [Path(parent) / name for parent, _, names in os.walk(folder) for name in names]


def places_of(folder: Path, text: str) -> list[Path]:
    """Files that hold the text, in whatever case."""
    found = []
    for path in files_below(folder):
        with suppress(FileNotFoundError):  # a renewal may be removing it
            found += [path] if text.lower().encode() in path.read_bytes().lower() else []
    return found


def delete_until_killed(folder: Path, last_line: str) -> int:
    """The last late write that was acknowledged by a process that was killed soon after it printed this line."""
    child = subprocess.Popen([sys.executable, "-c", DELETER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lines: list[str] = []
    for line in child.stdout:
        lines.append(line.strip())
        if lines[-1] == last_line:
            break
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.read().split()
    child.wait()
    child.stdout.close()
    return int([line for line in lines if line.isdigit()][-1])


@pytest.mark.parametrize("killed_after", ["1", "40", "forgotten"])
async def test_a_deletion_survives_kill_9_and_so_does_what_was_written_while_it_was_forgotten(
    tmp_path: Path, killed_after: str
) -> None:
    last = await asyncio.to_thread(delete_until_killed, tmp_path, killed_after)
    index = await open_index(tmp_path)
    await index.forget_deleted()
    assert places_of(tmp_path, "Zyxquartz") == []
    rows = {passage.text async for passage, _ in index.scroll()}
    assert {f"kept {number} {part}" for number in range(20) for part in range(5)} <= rows
    late = {number % 50: f"late {number}" for number in range(last + 1)}
    late.pop((last + 1) % 50, None)  # may be half done
    assert set(late.values()) <= rows
    await index.close()


async def test_what_is_written_after_forgetting_survives_kill_9(tmp_path: Path) -> None:
    """The log that a renewed generation begins must not count from where its segments have long been."""
    index = await open_index(tmp_path)
    for number in range(100):
        await put(index, "a", [f"write {number}"], ["ann"])
    await index.forget_deleted()
    await put(index, "a", ["the last write"], ["ann"])
    shutil.copytree(tmp_path, tmp_path.with_name("as-killed"))  # nothing was flushed or closed
    await index.close()
    index = await open_index(tmp_path.with_name("as-killed"))
    assert [passage.text async for passage, _ in index.scroll()] == ["the last write"]
    await index.close()


async def test_old_text_of_a_changed_passage_is_forgotten_too(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    await put(index, "a", ["The Zyxquartz is here.", "kept"], ["ann"])
    await put(index, "a", ["It is gone.", "kept"], ["ann"])
    await index.forget_deleted()
    assert places_of(tmp_path, "Zyxquartz") == []
    assert await index.count() == 2
    await index.close()


async def test_closing_and_opening_forget_what_was_deleted(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    document = await put(index, "a", ["The Zyxquartz is here."], ["ann"])
    await index.delete_document(document)
    await index.close()
    assert places_of(tmp_path, "Zyxquartz") == []
    assert "deleted" not in [path.name for path in files_below(tmp_path)]


async def test_a_pause_is_enough_to_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.index_generations._PAUSE", 0.01)
    index = await open_index(tmp_path)
    await put(index, "b", ["kept"], ["ann"])
    await index.delete_document(await put(index, "a", ["The Zyxquartz is here."], ["ann"]))
    async with asyncio.timeout(60):
        while places_of(tmp_path, "Zyxquartz"):  # noqa: ASYNC110 (files tell nobody that they are gone)
            await asyncio.sleep(0.05)
    assert await index.count() == 1
    await index.close()


async def test_deletions_at_once_are_forgotten_together(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    documents = [await put(index, f"doc {number}", [f"Zyxquartz {number}"], ["ann"]) for number in range(30)]

    async def delete(document: str) -> None:
        await index.delete_document(document)
        await index.forget_deleted()

    await asyncio.gather(*(delete(document) for document in documents))
    assert places_of(tmp_path, "Zyxquartz") == []
    generations = [path.name for path in (tmp_path / ENCODER.version).glob("generation-*")]
    assert generations in (["generation-2"], ["generation-3"])
    await index.close()
