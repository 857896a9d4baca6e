"""What only the index on disk has to keep: acknowledged writes, one owner, and the name of its encoder."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.index_edge import EdgeIndex
from retrieval.index_shard import IndexBusyError, OptimizeError
from retrieval.ports import ForeignIndexError
from retrieval.types import Query
from tests.retrieval.builders import ENCODER, make_document, make_passages, put

# Writes documents of 1, 2, 3... passages for ever and prints each name after its write was acknowledged.
WRITER = """
import asyncio, sys
from pathlib import Path
from retrieval.index_edge import EdgeIndex
from tests.retrieval.builders import ENCODER, put

def texts(number):
    return [f"write {number} text {part}" for part in range(number % 40 + 1)]

async def main():
    index = await EdgeIndex.open(Path(sys.argv[1]), ENCODER.version, ENCODER.dimension)
    for number in range(1, 10_000):
        await put(index, f"doc {number % 40}", texts(number), ["ann"])
        print(number, flush=True)

asyncio.run(main())
"""


async def open_index(folder: Path) -> EdgeIndex:
    return await EdgeIndex.open(folder, ENCODER.version, ENCODER.dimension)


def write_until_killed(folder: Path, acknowledged: int) -> int:
    """The last write that the killed process acknowledged."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    last = 0
    for line in child.stdout:
        last = int(line)
        if last >= acknowledged:
            break
    child.send_signal(signal.SIGKILL)
    last = max([last, *(int(line) for line in child.stdout.read().split())])
    child.wait()
    child.stdout.close()
    return last


@pytest.mark.parametrize("acknowledged", [3, 57, 130])
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, acknowledged: int) -> None:
    last = await asyncio.to_thread(write_until_killed, tmp_path, acknowledged)
    index = await open_index(tmp_path)
    expected = {number % 40: number for number in range(1, last + 1)}
    expected.pop((last + 1) % 40, None)  # the write that was under way may be half done; its job repeats it
    for slot, number in expected.items():
        found = await index.passages(make_document(f"doc {slot}"), frozenset(["ann"]))
        assert [passage.text for passage in found] == [f"write {number} text {part}" for part in range(number % 40 + 1)]
    await put(index, f"doc {(last + 1) % 40}", ["repeated"], ["ann"])
    again = await index.passages(make_document(f"doc {(last + 1) % 40}"), frozenset(["ann"]))
    assert [passage.text for passage in again] == ["repeated"]
    await index.close()


async def test_a_closed_index_opens_with_everything_in_it(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    await put(index, "a", ["Bread needs flour."], ["ann"])
    await index.close()
    index = await open_index(tmp_path)
    vector = (await ENCODER.encode_queries(["bread"]))[0]
    hits = await index.search(Query("bread", frozenset(["ann"])), vector)
    assert [hit.passage.text for hit in hits] == ["Bread needs flour."]
    await index.close()


async def test_a_second_process_is_told_who_holds_the_index(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    code = WRITER.replace("range(1, 10_000)", "range(0)")
    second = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert second.returncode != 0
    assert "is open in another process: stop it" in second.stderr
    with pytest.raises(IndexBusyError, match="open in another process"):
        await open_index(tmp_path)
    await index.close()


async def test_another_encoders_index_is_refused_with_both_names_and_the_remedy(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    await put(index, "a", ["Bread needs flour."], ["ann"])
    await index.close()
    with pytest.raises(
        ForeignIndexError, match=r"hash-1, and the configured one is other-2: .*`attune reindex`.* ATTUNE_ENCODER"
    ):
        await EdgeIndex.open(tmp_path, "other-2", 16)


async def test_another_encoders_empty_index_stands_in_nobodys_way(tmp_path: Path) -> None:
    await (await open_index(tmp_path)).close()
    index = await EdgeIndex.open(tmp_path, "other-2", 16)
    assert await index.count() == 0
    await index.close()


async def test_an_index_built_beside_counts_only_when_finished(tmp_path: Path) -> None:
    old = await open_index(tmp_path)
    await put(old, "a", ["Bread needs flour."], ["ann"])
    await old.close()
    new = await EdgeIndex.open(tmp_path, "other-2", 16, beside=True)
    await new.close()
    with pytest.raises(ForeignIndexError):
        await EdgeIndex.open(tmp_path, "other-2", 16)
    new = await EdgeIndex.open(tmp_path, "other-2", 16, beside=True)
    await new.finish()
    await new.close()
    new = await EdgeIndex.open(tmp_path, "other-2", 16)
    assert await new.count() == 0
    await new.close()
    await (await open_index(tmp_path)).close()  # the way back stays open


async def test_a_half_made_folder_of_a_crashed_first_start_is_made_anew(tmp_path: Path) -> None:
    draft = tmp_path / f".{ENCODER.version}.draft" / "segments" / "half"
    draft.mkdir(parents=True)
    index = await open_index(tmp_path)
    assert await index.count() == 0
    await index.close()


async def test_vectors_of_unit_length_come_back_as_cosines(tmp_path: Path) -> None:
    index = await EdgeIndex.open(tmp_path, "axes-1", 3)
    document = make_document("axes")
    passages = make_passages(document, ["x", "y"])
    await index.replace_document(document, passages, np.eye(3, dtype=np.float32)[:2], frozenset(["ann"]))
    query = Query("x", frozenset(["ann"]), mode="dense")
    hits = await index.search(query, np.array([0.6, 0.8, 0], dtype=np.float32))
    assert [round(hit.dense or 0, 4) for hit in hits] == [0.8, 0.6]
    await index.close()


async def check_what_was_written(index: EdgeIndex) -> None:
    rows = [row async for row in index.scroll()]
    assert len(rows) == 29 * 10 - 10 + 1 + 1  # doc 4 is gone, doc 3 and doc 99 have one passage each
    assert {"changed", "added"} <= {passage.text for passage, _ in rows}
    assert sum(readers == frozenset(["bob"]) for _, readers in rows) == 10


async def test_optimizing_loses_nothing_that_is_written_meanwhile(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    for number in range(30):
        await put(index, f"doc {number}", [f"text {number} {part}" for part in range(10)], ["ann"])

    async def write() -> None:
        await put(index, "doc 3", ["changed"], ["ann"])
        await put(index, "doc 99", ["added"], ["ann"])
        await index.delete_document(make_document("doc 4"))
        await index.set_readers(make_document("doc 5"), frozenset(["bob"]))

    async def read() -> None:
        vector = (await ENCODER.encode_queries(["text 7 1"]))[0]
        for _ in range(50):
            assert len(await index.search(Query("text 7 1", frozenset(["ann"])), vector)) == 10

    await asyncio.gather(index.optimize(), write(), read())
    await check_what_was_written(index)
    await index.close()
    index = await open_index(tmp_path)
    await check_what_was_written(index)
    await index.close()
    assert len(list((tmp_path / ENCODER.version).glob("generation-*"))) == 1


async def test_closing_while_optimizing_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    await put(index, "a", ["Bread needs flour."], ["ann"])
    optimizing = asyncio.create_task(index.optimize())
    await asyncio.sleep(0.2)
    optimizing.cancel()
    await asyncio.gather(optimizing, return_exceptions=True)
    await index.close()
    index = await open_index(tmp_path)
    assert await index.count() == 1
    await index.optimize()
    assert await index.count() == 1
    await index.close()


async def test_an_optimizer_that_dies_is_reported_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.index_shard._OPTIMIZE", "raise SystemExit('no memory left')")
    index = await open_index(tmp_path)
    await put(index, "a", ["Bread needs flour."], ["ann"])
    with pytest.raises(OptimizeError, match="no memory left"):
        await index.optimize()
    assert await index.count() == 1
    await put(index, "b", ["Geese fly south."], ["ann"])
    await index.close()
    index = await open_index(tmp_path)
    assert await index.count() == 2
    await index.close()
