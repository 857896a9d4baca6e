"""The process that reads hostile files: it limits itself, then answers one line of JSON for every line it is sent."""

import json
import os
import resource
import signal
import sys
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.loader_kinds import unwrap
from retrieval.loader_markdown import read_markdown
from retrieval.loader_ocr import remedy
from retrieval.loader_office import MIME, read_mailbox, read_office
from retrieval.loader_scan import ScanReader, name_pages
from retrieval.loader_text import (
    decode,
    notebook_markdown,
    read_code,
    read_csv,
    read_json,
    read_markup,
    read_plain,
    read_subtitles,
)
from retrieval.ports import LoadError

_OCR_SHARE = 0.8  # of the time that a file may take: the rest is for its text
_TITLES_OF_NO_USE = ("untitled", "microsoft word", "powerpoint presentation", "document", "unknown", "presentation")
_MEDIA_TYPES = {
    **MIME,
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "pages09": "application/x-iwork-pages-sffpages",
    "html": "text/html",
    "xml": "application/xml",
    "md": "text/markdown",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "ipynb": "application/x-ipynb+json",
    "mbox": "application/mbox",
    "subtitles": "text/vtt",
    "image": "image/*",
}
_TEXTS: dict[str, Callable[[str, BlockWriter], None]] = {
    "text": read_plain,
    "code": read_code,
    "markup": read_markup,
    "subtitles": read_subtitles,
    "csv": read_csv,
    "tsv": lambda text, out: read_csv(text, out, "\t"),
    "json": read_json,
}


@dataclass(frozen=True)
class Limits:
    """What one file may cost the worker, and whether OCR is there."""

    seconds: float
    characters: int
    ocr: bool


def read(path: Path, name: str, limits: Limits) -> dict[str, Any]:
    """The document in `path` as plain values. Raises LoadError."""
    out = BlockWriter(limits.characters)
    deadline = time.monotonic() + limits.seconds * _OCR_SHARE
    data, kind, name = unwrap(path, name)
    try:
        if kind == "pdf":
            from retrieval.loader_pdf import read_pdf

            read_pdf(path, out, lambda pages: _read_scans(path, pages, deadline if limits.ocr else None, out))
        elif kind == "image":
            for _, text in _read_scans(path, None, deadline if limits.ocr else None, out):
                out.text(text)
        else:
            _read_kind(path, data, kind, out)
    except zipfile.BadZipFile as error:
        raise LoadError("unreadable", f"the file is broken ({error}): open and save it again") from error
    except (KeyError, zlib.error, EOFError) as error:
        raise LoadError("unreadable", f"the file lacks a part ({error}): open and save it again") from error
    if not any(character.isalnum() for block in out.blocks for character in block.text):
        failed = out.note is not None and limits.ocr
        raise LoadError("unreadable" if failed else "no_text", out.note or "the file holds no text")
    return {
        "title": _title(out, name, kind),
        "media_type": _MEDIA_TYPES.get(kind, "text/plain"),
        "pages": out.pages,
        "note": out.note,
        "blocks": [(block.text, block.page, block.heading, block.header) for block in out.blocks],
    }


def _read_scans(
    path: Path, pages: Sequence[int] | None, deadline: float | None, out: BlockWriter
) -> Iterator[tuple[int, str]]:
    """What OCR reads in these pages of a PDF, or in an image (None); what it cannot, the document's note says."""
    if deadline is None:
        subject = "the picture" if pages is None else name_pages(pages)
        out.note = f"{subject} can only be read by OCR, which is not installed: {remedy()}"
        return
    reader = ScanReader(path, "image" if pages is None else "pdf", deadline)
    yield from reader.read([0] if pages is None else pages)
    out.note = reader.note()


def _read_kind(path: Path, data: bytes | None, kind: str, out: BlockWriter) -> None:
    if kind in ("odt", "odp"):
        from retrieval.loader_opendocument import read_opendocument

        with zipfile.ZipFile(path) as archive:
            read_opendocument(archive, out)
    elif kind == "pages09":
        from retrieval.loader_xml import part_of, read_tree

        with zipfile.ZipFile(path) as archive:
            read_tree(part_of(archive, "index.xml"), out)
    elif kind == "docx":
        from retrieval.loader_office import read_docx

        read_docx(path, out)
    elif kind == "pptx":
        from retrieval.loader_slides import read_pptx

        with zipfile.ZipFile(path) as archive:
            read_pptx(archive, out)
    else:
        _read_bytes(path.read_bytes() if data is None else data, kind, out)


def _read_bytes(data: bytes, kind: str, out: BlockWriter) -> None:
    if kind in _TEXTS:
        _TEXTS[kind](decode(data), out)
    elif kind == "ipynb":
        read_markdown(notebook_markdown(decode(data)), out)
    elif kind == "md":
        read_markdown(decode(data), out)
    elif kind == "html":
        from retrieval.loader_html import read_html

        read_html(decode(data), out)
    elif kind == "xml":
        from retrieval.loader_xml import read_xml

        read_xml(data, out)
    elif kind == "mbox":
        read_mailbox(data, out)
    elif kind in ("rst", "org", "tex"):
        read_office(decode(data).encode(), kind, out)
    else:
        read_office(data, kind, out)


def _title(out: BlockWriter, name: str, kind: str) -> str:
    """What the file calls itself, else its first heading, else its name."""
    # Headings of a PDF are a guess from the size of type, those of a workbook are its sheets: the name says more.
    named = kind in {"pdf", "xlsx", "xls", "ods"}
    heading = None if named else next((block.heading for block in out.blocks if block.heading), None)
    for candidate in (out.title, heading.split(" > ")[0] if heading else None):
        title = one_line(candidate or "")
        if sum(map(str.isalpha, title)) > 2 and not title.lower().startswith(_TITLES_OF_NO_USE):
            return title[:200]
    # A word search takes what underscores hold together for one word.
    return PurePath(name).stem.replace("_", " ").strip() or name


def answer(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The document, or one of its pages as it is seen; or the status and the reason why there is none."""
    try:
        if "page" in request:
            from retrieval.page_view import view

            return view(Path(request["path"]), request["page"], request.get("width"), request.get("quotes", ()))
        return read(Path(request["path"]), request["name"], limits)
    except LoadError as error:
        return {"status": error.status, "reason": error.reason}
    except MemoryError:
        return {"status": "unreadable", "reason": "reading the file takes more memory than allowed: split it"}
    except (ValueError, TypeError, LookupError, RuntimeError, OSError, AttributeError) as error:
        # A reader stumbled over a file that no test of ours foresaw. The person is told that the file is at fault,
        # the log shows whether we are.
        reason = f"the file is broken ({type(error).__name__}: {str(error)[:160]}): open and save it again"
        # Without the message, which may quote the file: logs hold no text of documents.
        trace = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        return {"status": "unreadable", "reason": reason, "trace": trace}


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 26, 1 << 26))  # nothing but complaints is to be written here
    _leave_network()


def _leave_network() -> None:
    """An own, empty network namespace where the kernel grants one; elsewhere Python's sockets are refused."""
    import ctypes

    new_user, new_network = 0x10000000, 0x40000000
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "unshare") or libc.unshare(new_user | new_network) != 0:
        sys.addaudithook(_refuse_sockets)


def _refuse_sockets(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("reading a file must not use the network")


def main() -> None:
    """Arguments: seconds a file, bytes of memory, characters of text, 1 for OCR."""
    limits = Limits(seconds=float(sys.argv[1]), characters=int(sys.argv[3]), ocr=sys.argv[4] == "1")
    # Libraries may print: only we write to the pipe.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit(int(sys.argv[2]))
    replies.write('{"ready": true}\n')
    replies.flush()
    for line in sys.stdin:
        # Backs up the parent's clock: if the parent is gone, nobody else ends a reader that hangs inside C code.
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + 5)
        replies.write(json.dumps(answer(json.loads(line), limits)) + "\n")
        replies.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main()
