"""Reads the formats that kreuzberg knows (Word, Excel, OpenDocument, EPUB, mail, RTF, ...) into blocks."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retrieval.loader_blocks import BlockWriter
from retrieval.loader_xml import read_parts
from retrieval.ports import LoadError

_SHEETS = frozenset({"xlsx", "xls", "ods"})
_MAIL_START = re.compile(rb"^From .*\r?\n(?=[A-Za-z-]+:)", re.MULTILINE)

MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "eml": "message/rfc822",
    "epub": "application/epub+zip",
    "fb2": "application/x-fictionbook+xml",
    "rtf": "application/rtf",
    "pages": "application/x-iwork-pages-sffpages",
    "jats": "application/x-jats+xml",
    "opml": "application/xml+opml",
    "rst": "text/x-rst",
    "org": "text/x-org",
    "tex": "application/x-latex",
}


def read_office(data: bytes, kind: str, out: BlockWriter) -> None:
    """Write the text of `data`, a file of the format `kind` (a key of MIME). Raises LoadError."""
    import kreuzberg

    config = kreuzberg.ExtractionConfig(
        use_cache=False,
        # What it strips as furniture is sometimes the text itself: nothing may get lost in silence.
        content_filter=kreuzberg.ContentFilterConfig(
            include_headers=True, include_footers=True, strip_repeating_text=False, include_watermarks=True
        ),
        enable_quality_processing=False,
        include_document_structure=kind not in _SHEETS,
        concurrency=kreuzberg.ConcurrencyConfig(max_threads=1),
    )
    try:
        result = kreuzberg.extract_bytes_sync(data, MIME[kind], config)
    except kreuzberg.KreuzbergError as error:
        if "password" in str(error).lower():
            raise LoadError("needs_password", "the file is locked: save a copy without a password") from error
        raise LoadError("unreadable", f"the file is broken ({_reason(error)}): open and save it again") from error
    title = result.metadata.get("title") or result.metadata.get("subject")
    out.title = out.title or (title if isinstance(title, str) else None)
    if kind in _SHEETS:
        _write_sheets(result, out)
    else:
        _write_nodes(result.document["nodes"] if result.document else [], out)


def read_docx(path: Path, out: BlockWriter) -> None:
    """Write a Word file; where the library finds nothing or gives up, every paragraph of every part of it."""
    failure: LoadError | None = None
    try:
        read_office(path.read_bytes(), "docx", out)
    except LoadError as error:
        failure = error
    if not out.blocks:
        with zipfile.ZipFile(path) as archive:
            read_parts(archive, "word/", "p", out)
    if failure and not out.blocks:
        raise failure


def read_mailbox(data: bytes, out: BlockWriter) -> None:
    """An mbox file: one section a message."""
    for message in _MAIL_START.split(data):
        if message.strip():
            out.close_section()
            read_office(message, "eml", out)


def _write_sheets(result: Any, out: BlockWriter) -> None:
    names = result.metadata.get("sheet_names") or []
    for table in result.tables:
        out.close_section()
        if 0 < table.page_number <= len(names):
            out.heading(1, names[table.page_number - 1])
        out.table(table.cells)


def _write_nodes(nodes: list[Mapping[str, Any]], out: BlockWriter) -> None:
    for node in nodes:
        content = node["content"]
        kind = content["node_type"]
        text = content.get("text") or ""
        if kind in ("heading", "title"):
            out.heading(int(content.get("level") or 1), text)
        elif kind == "slide":
            out.page = content.get("number")
            out.close_section()
            out.heading(1, content.get("title") or "")
        elif kind == "table":
            out.table(_rows(content["grid"]))
        elif kind == "code":
            out.code(text)
        elif kind == "metadata_block":
            out.text("\n".join(f"{key}: {value}" for key, value in content.get("entries", [])))
        else:
            out.text(text)


def _rows(grid: Mapping[str, Any]) -> list[list[str]]:
    rows = [[""] * grid["cols"] for _ in range(grid["rows"])]
    for cell in grid["cells"]:
        if cell["row"] < grid["rows"] and cell["col"] < grid["cols"]:
            rows[cell["row"]][cell["col"]] = cell["content"]
    return rows


def _reason(error: Exception) -> str:
    return str(error).split("\n")[0].removeprefix("ParsingError: ")[:160]
