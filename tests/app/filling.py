"""A server on a small disk of its own: on a line `fill` from its parent it fills it, on `free` it frees it again."""

import asyncio
import sys
from pathlib import Path

from app.home import Home
from app.main import create_app
from app.server import publishing, serving
from app.settings import Settings

MEBIBYTE = 1 << 20


def fill(file: Path) -> None:
    """Write until nothing more fits, at last byte for byte of a page."""
    with file.open("wb", buffering=0) as handle:
        for size in (MEBIBYTE, 4096, 1):
            try:
                while True:
                    handle.write(b"\1" * size)
            except OSError:
                continue


async def main(home: Path) -> None:
    app = create_app(Settings(home=home, encoder="hash", llm="scripted", port=0))
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, Home(home), url) as address:
        print("ready", url, address.token, flush=True)  # noqa: T201 (the parent reads it)
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line == "fill\n":
                await asyncio.to_thread(fill, home / "filler")
            else:
                (home / "filler").unlink()
            print("done", flush=True)  # noqa: T201 (the parent reads it)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
