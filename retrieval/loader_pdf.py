"""Reads PDF page by page with pdfium, and puts headings from its outline. Knows no type and no place on a page."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.loader_pdf_edges import without_running_lines
from retrieval.loader_pdf_page import Line, is_picture, page_lines, plain_lines
from retrieval.loader_pdf_text import Style, style_of, write_paragraphs, write_with_headings
from retrieval.ports import LoadError

_HEADING_PAGES = 10  # a heading known by its type alone is not believed any longer

ReadScans = Callable[[Sequence[int]], Iterator[tuple[int, str]]]  # pages (from 0) to those it could read, with text


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
    _write_pages(without_running_lines(pages), outline, out)


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
    style = style_of([line for lines in pages for line in lines])
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
            write_paragraphs(lines, style, out)
        else:
            write_with_headings(lines, style, out)


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


def _write_outlined(lines: list[Line], marks: list[tuple[int, str]], style: Style, out: BlockWriter) -> None:
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
        write_paragraphs(lines[start:place], style, out)
        for level, title in places[place]:
            out.heading(level, title)
        heading = bool(lines) and keys[place] == _letters(places[place][-1][1])
        start = place + heading  # the heading has written that line already
    write_paragraphs(lines[start:], style, out)


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
