"""The disk fills up while the server runs: it says so, keeps nothing by halves, and goes on answering."""

import asyncio
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).parents[2]
DISK_MEBIBYTES = 200  # the server wants 128 free before it takes a file in
MOUNT = ("unshare", "--map-root-user", "--mount", "sh", "-c")
TEXT = b"# Tides\n\nThe spring tide at Quenholm reaches four metres above the mark.\n"


def can_mount() -> bool:
    """Whether this machine lets us have a small disk that only our process sees."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*MOUNT, "mount -t tmpfs tmpfs /mnt"], check=False, capture_output=True)
    return tried.returncode == 0


@asynccontextmanager
async def on_a_small_disk(home: Path) -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    await asyncio.to_thread(home.mkdir)
    script = f'mount -t tmpfs -o size={DISK_MEBIBYTES}m tmpfs "$1" && exec "$2" -m tests.app.filling "$1"'
    server = await asyncio.create_subprocess_exec(
        *(*MOUNT, script, "sh", str(home), sys.executable), cwd=REPOSITORY, stdin=PIPE, stdout=PIPE
    )
    try:
        _, url, token = (await _line(server)).split()
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
            yield server, client
        assert server.stdin is not None
        server.stdin.close()
        assert await server.wait() == 0
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def _line(server: Process) -> str:
    assert server.stdout is not None
    return (await server.stdout.readline()).decode()


async def tell(server: Process, word: str) -> None:
    assert server.stdin is not None
    server.stdin.write(f"{word}\n".encode())
    assert await _line(server) == "done\n"


async def upload(client: httpx.AsyncClient, name: str, content: bytes) -> httpx.Response:
    return await client.post("/api/v1/documents", files={"file": (name, content)})


@pytest.mark.slow
async def test_a_disk_that_fills_refuses_with_the_remedy_and_loses_nothing(tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("this machine lets nobody mount a small disk (unshare --map-root-user --mount)")
    async with asyncio.timeout(180), on_a_small_disk(tmp_path / "home") as (server, client):
        await tell(server, "fill")
        asked = {"question": "How high is the tide?", "stream": False}
        for refused in (await upload(client, "tides.md", TEXT), await client.post("/api/v1/chat", json=asked)):
            assert refused.status_code == 507, refused.text
            assert "free" in refused.json()["detail"] and "again" in refused.json()["detail"]
        assert (await client.get("/api/v1/documents")).json()["items"] == []
        await tell(server, "free")
        too_much = await upload(client, "much.txt", b"x" * ((DISK_MEBIBYTES - 1) << 20))  # fills it by itself
        assert too_much.status_code == 507 and "nothing was kept" in too_much.json()["detail"], too_much.text
        assert (await client.get("/api/v1/documents")).json()["items"] == []
        added = (await upload(client, "tides.md", TEXT)).json()
        await client.get(f"/api/v1/jobs/{added['job_id']}/events")
        hits = (await client.post("/api/v1/search", json={"query": "spring tide at Quenholm"})).json()["hits"]
        assert [hit["document"] for hit in hits] == ["tides.md"]
