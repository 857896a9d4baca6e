"""Collects what the readers find into blocks with page and heading path. Knows no file format."""

import re
from collections.abc import Sequence

from retrieval.ports import LoadError
from retrieval.types import Block

# Invisible characters that split words for a search: soft hyphen, zero-width space and joiners, byte order mark.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_TITLE_CHARACTERS = 200


def clean(text: str) -> str:
    """Drop what no reader sees, and runs of white space; line breaks stay."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (line.strip() for line in _SPACES.sub(" ", text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """`text` on one line, for headings, cells and titles."""
    return " ".join(clean(text).split())


class BlockWriter:
    """Takes headings, texts and tables in reading order. Raises LoadError when the text outgrows `limit` characters."""

    def __init__(self, limit: int) -> None:
        self.blocks: list[Block] = []
        self.page: int | None = None
        self.title: str | None = None  # what the file itself says it is called
        self.pages: int | None = None
        self.note: str | None = None  # what of the file stayed unread, and why
        self._left = limit
        self._limit = limit
        self._path: list[tuple[int, str]] = []

    @property
    def path(self) -> str | None:
        """The headings above whatever comes next."""
        return " > ".join(part for _, part in self._path) or None

    def heading(self, level: int, text: str) -> None:
        """Start a section. The heading is text too: a search for its words must find it."""
        text = one_line(text)
        if not text:
            return
        self.close_section(level)
        self._path.append((level, text[:_TITLE_CHARACTERS]))
        self.text(text)

    def close_section(self, level: int = 0) -> None:
        """Leave every section at `level` or deeper."""
        while self._path and self._path[-1][0] >= level:
            self._path.pop()

    def text(self, text: str) -> None:
        """Add a paragraph, a list item, code: anything that reads as one piece."""
        self._add(clean(text))

    def code(self, text: str) -> None:
        """Add text whose indentation matters."""
        text = _INVISIBLE.sub("", text.replace("\r\n", "\n")).strip("\n").rstrip()
        if text.strip():
            self._add(text)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a table, one line a row; empty rows and columns vanish."""
        cells = [[one_line(cell) for cell in row] for row in rows]
        used = [column for column in range(max(map(len, cells), default=0)) if any(_cell(row, column) for row in cells)]
        lines = [" | ".join(_cell(row, column) for column in used).strip() for row in cells if any(row)]
        if lines:
            self._add("\n".join(lines), header=lines[0] if len(lines) > 1 else None)

    def rows(self, text: str, header: str | None) -> None:
        """Add a table whose rows are lines already; `header`, its first lines, is repeated where it has to be cut."""
        self._add(clean(text), (clean(header) or None) if header and header != text else None)

    def _add(self, text: str, header: str | None = None) -> None:
        if not text:
            return
        self._left -= len(text)
        if self._left < 0:
            raise LoadError("too_large", f"the file holds more than {self._limit} characters of text: split it")
        self.blocks.append(Block(text=text, page=self.page, heading=self.path, header=header))


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
