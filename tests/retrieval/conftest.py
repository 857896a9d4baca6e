"""One loader for all tests of a module that only read files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from retrieval.loader import SubprocessLoader
from retrieval.types import LoadedDocument

Load = Callable[..., Awaitable[LoadedDocument]]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared_loader() -> AsyncIterator[SubprocessLoader]:
    loader = SubprocessLoader()
    yield loader
    await loader.close()


@pytest.fixture
def load(shared_loader: SubprocessLoader, tmp_path: Path) -> Load:
    """Reads bytes or a text under a name; the test's module must run in one loop."""

    async def load(data: bytes | str, name: str) -> LoadedDocument:
        path = tmp_path / "upload"  # like the store of originals: the name says nothing
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return await shared_loader.load(path, name)

    return load


def text_of(document: LoadedDocument) -> str:
    return "\n".join(block.text for block in document.blocks)
