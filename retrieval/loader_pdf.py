"""Reads PDF page by page with pdfium: rows put together again, headings from the outline or from the size of type."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.loader_pdf_page import BROKEN_WORD, Line, is_picture, page_lines, plain_lines
from retrieval.ports import LoadError

_LINE_GAP = 1.9  # times the height of type: a wider step down begins a paragraph
_HEADING_RATIO = 1.07  # type this much taller than the body's makes a heading: 12 points over 11
_HEADING_CHARACTERS = 110
_HEADING_PAGES = 10  # a heading known by its size alone is not believed any longer
_LEVELS = 3

ReadScans = Callable[[Sequence[int]], Iterator[tuple[int, str]]]  # pages (from 0) to those it could read, with text


@dataclass(frozen=True)
class _Style:
    """What the whole document tells about one line."""

    body: float
    sizes: tuple[float, ...]  # of headings, largest first


def read_pdf(path: Path, out: BlockWriter, read_scans: ReadScans) -> None:
    """Write all pages. `read_scans` reads those without text. Raises LoadError for locked and broken files."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LoadError("needs_password", "the PDF is locked: save a copy without a password") from error
        raise LoadError("unreadable", "the PDF is broken: open it in a viewer and print it into a new PDF") from error
    with document:
        document.init_forms()
        out.title = document.get_metadata_value("Title")
        out.pages = len(document)
        outline = _outline(document)
        pages, scans = _read_pages(document)
    if scans:
        # Everything else is read by now: whatever becomes of the scans, it stays.
        for number, text in read_scans(scans):
            pages[number] = plain_lines(text) or pages[number]
    _write_pages(pages, outline, out)


def _read_pages(document: Any) -> tuple[list[list[Line]], list[int]]:
    """Lines of every page, and the pages (from 0) that are pictures of text."""
    import pypdfium2

    pages: list[list[Line]] = []
    scans = []
    for number in range(len(document)):
        pages.append([])
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            continue  # one broken page must not cost the others; a document of broken pages ends as no_text
        try:
            pages[number] = page_lines(document, page)
            if is_picture(page, pages[number]):
                scans.append(number)
        finally:
            page.close()
    return pages, scans


def _write_pages(pages: list[list[Line]], outline: dict[int, list[tuple[int, str]]], out: BlockWriter) -> None:
    style = _style([line for lines in pages for line in lines])
    heading, since = None, 0
    for number, lines in enumerate(pages):
        out.page = number + 1
        if out.path != heading:
            heading, since = out.path, number
        elif not outline and number - since > _HEADING_PAGES:
            out.close_section()
        if number in outline:
            _write_outlined(lines, outline[number], style, out)
        elif outline:
            _write_paragraphs(lines, style, out)
        else:
            _write_by_size(lines, style, out)


def _style(lines: list[Line]) -> _Style:
    amount: Counter[float] = Counter()
    for line in lines:
        amount[round(line.height, 1)] += len(line.text)
    body = amount.most_common(1)[0][0] if amount else 0.0
    total = sum(amount.values())
    # Type that fills a tenth of the document is another body, not a heading.
    sizes = sorted(
        (size for size, n in amount.items() if size >= body * _HEADING_RATIO and n < total / 10), reverse=True
    )
    return _Style(body, tuple(sizes))


def _outline(document: Any) -> dict[int, list[tuple[int, str]]]:
    """Page (from 0) to (level from 1, title) of the bookmarks that lead there."""
    import pypdfium2

    found: dict[int, list[tuple[int, str]]] = {}
    try:
        for bookmark in document.get_toc(max_depth=6):
            target = bookmark.get_dest()
            page = target.get_index() if target is not None else None
            if page is not None:
                found.setdefault(page, []).append((bookmark.level + 1, one_line(bookmark.get_title())))
    except (pypdfium2.PdfiumError, ValueError, UnicodeError):
        return {}  # a broken outline is worth less than none: sizes of type take over
    return found


def _write_outlined(lines: list[Line], marks: list[tuple[int, str]], style: _Style, out: BlockWriter) -> None:
    """Set every bookmark before the line that begins with its words, or at the top of the page."""
    keys = [_letters(line.text) for line in lines]
    places: dict[int, list[tuple[int, str]]] = {}
    reached = 0
    for level, title in marks:
        key = _letters(title)
        place = next((n for n in range(reached, len(keys)) if keys[n] and key and keys[n].startswith(key[:60])), None)
        reached = place if place is not None else reached
        places.setdefault(reached, []).append((level, title))
    start = 0
    for place in sorted(places):
        _write_paragraphs(lines[start:place], style, out)
        for level, title in places[place]:
            out.heading(level, title)
        heading = bool(lines) and keys[place] == _letters(places[place][-1][1])
        start = place + heading  # the heading has written that line already
    _write_paragraphs(lines[start:], style, out)


def _write_by_size(lines: list[Line], style: _Style, out: BlockWriter) -> None:
    start = 0
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and _is_heading(lines[end], style) and _same_size(lines[number], lines[end]):
            end += 1
        text = " ".join(line.text for line in lines[number:end])
        if text and len(text) <= _HEADING_CHARACTERS and not text.endswith((".", ",", ";", ":", "-")):
            _write_paragraphs(lines[start:number], style, out)
            level = min(style.sizes.index(round(lines[number].height, 1)) + 1, _LEVELS)
            out.heading(level, text)
            start = end
        number = max(end, number + 1)
    _write_paragraphs(lines[start:], style, out)


def _is_heading(line: Line, style: _Style) -> bool:
    if line.row or round(line.height, 1) not in style.sizes:
        return False
    letters = sum(character.isalpha() for character in line.text)
    return letters >= 3 and letters * 2 >= len(line.text) and (line.text[0].isalnum() and not line.text[0].islower())


def _same_size(one: Line, other: Line) -> bool:
    return round(one.height, 1) == round(other.height, 1)


def _write_paragraphs(lines: list[Line], style: _Style, out: BlockWriter) -> None:
    """Running lines become one paragraph; rows and short lines keep their own line."""
    width = max((len(line.text) for line in lines if not line.row), default=0)
    text = ""
    for line, after in zip_longest(lines, lines[1:]):
        text += line.text
        step = _LINE_GAP + 1.4 * line.text.count(BROKEN_WORD)
        if after is None or abs(line.top - after.top) > step * max(style.body, line.height):
            out.text(text)
            text = ""
        else:
            figures = line.text[-1].isdigit() or line.text[-1] in ")%"  # the row of a table, most likely
            running = not (line.row or after.row or figures) and len(line.text) > 0.6 * width
            text += " " if running else "\n"


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
