"""The process that reads text off pictures with rapidocr, whose weights come inside its wheel: one page at a time."""

import importlib.util
import io
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

_SIDE = 2000  # pixels of a page's longer side: 170 dots an inch of A4, and as much as the engine looks at


def ocr_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def remedy() -> str:
    """How the extra gets beside this very copy of Attune: the package is on no index that pip could ask for it."""
    if (Path(__file__).parents[1] / "pyproject.toml").exists():
        return ".venv/bin/pip install -e '.[ocr]' in the folder of the clone, then a restart, lets scans be read"
    wanted = [name.split(";")[0].strip() for name in metadata.requires("attune") or () if 'extra == "ocr"' in name]
    return f"pip install {shlex.join(wanted)} beside attune, then a restart, lets scans be read"


def main() -> None:
    """Arguments: the file, `pdf` or `image`, seconds a page. A line in is a page (from 0), the line out its text."""
    path, kind, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    # Libraries may print: only we write to the pipe.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    picture = _pages_of(path) if kind == "pdf" else lambda _: _pixels(path)
    read = _image_reader()
    for line in sys.stdin:
        # Of computing, since a busy machine is no fault of the page. Ends us inside C code, too; whoever waits for the
        # line sees by which signal.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        replies.write(json.dumps(_answer(read, picture, int(line))) + "\n")
        replies.flush()
        signal.setitimer(signal.ITIMER_PROF, 0)


def _answer(read: Callable[[Any], str], picture: Callable[[int], Any], page: int) -> dict[str, str]:
    try:
        return {"text": read(picture(page))}
    except Exception as error:  # whatever the engine throws costs this page and no other
        return {"failure": "it ran out of memory" if _is_memory(error) else type(error).__name__}


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "alloc" in str(error).lower()


def _image_reader() -> Callable[[Any], str]:
    """A function from an image, an array of shape (height, width, 3), to its lines of text."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 2})

    def read(image: Any) -> str:
        return "\n".join(engine(image).txts or ())

    return read


def _pages_of(path: Path) -> Callable[[int], Any]:
    """A function from the number of a page to its picture; a page of a hundred metres becomes no larger one."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)

    def picture(number: int) -> Any:
        page = document[number]
        try:
            return page.render(scale=_SIDE / max(*page.get_size(), 1)).to_numpy()
        finally:
            page.close()

    return picture


def _pixels(path: Path) -> Any:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(path.read_bytes())) as image:
        image.thumbnail((2 * _SIDE, 2 * _SIDE))
        return np.asarray(image.convert("RGB"))


if __name__ == "__main__":
    main()
