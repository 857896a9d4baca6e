"""Makes headings, paragraphs and tables of a PDF's lines by size of type, bold type and figures. Knows no file."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from retrieval.loader_blocks import BlockWriter
from retrieval.loader_pdf_page import BROKEN_WORD, Line

_LINE_GAP = 1.9  # times the height of type: a wider step down begins a paragraph
_HEADING_RATIO = 1.07  # type this much taller than the body's makes a heading: 12 points over 11
_HEADING_CHARACTERS = 110
_LEVELS = 3  # of headings by size; bold capitals and bold lines come below
_TABLE_LINES = 3
_HEADER_LINES = 5
_NUMBER = re.compile(r"\d[\d,.]*")
_ITEM = re.compile(r"[•▪◦‣●○–*-]\s|\(?(?:\d{1,2}|[a-z])[.)]\s|\d{1,2}\s+[A-Z]")  # how an item of a list begins


@dataclass(frozen=True)
class Style:
    """What the whole document tells about one line."""

    body: float
    sizes: tuple[float, ...]  # of headings, largest first
    bold: bool  # whether bold type is rare enough to make headings


def style_of(lines: Sequence[Line]) -> Style:
    """The style of a document with these lines."""
    amount: Counter[float] = Counter()
    for line in lines:
        amount[round(line.height, 1)] += len(line.text)
    body = amount.most_common(1)[0][0] if amount else 0.0
    total = sum(amount.values())
    # Type that fills a tenth of the document is another body, not a heading.
    sizes = sorted(
        (size for size, n in amount.items() if size >= body * _HEADING_RATIO and n < total / 10), reverse=True
    )
    return Style(body, tuple(sizes), sum(len(line.text) for line in lines if line.bold) < total / 10)


def write_with_headings(lines: Sequence[Line], style: Style, out: BlockWriter) -> None:
    """Write a page whose headings are known by their type alone."""
    waiting: list[Line] = []
    # Two sizes of one level are two headings, or a heading and what it stands over.
    for (level, _), group in groupby(lines, key=lambda line: (_level(line, style), round(line.height, 1))):
        run = list(group)
        text = " ".join(line.text for line in run)
        if level is None or len(text) > _HEADING_CHARACTERS or text.endswith((".", ",", ";", ":", "-")):
            waiting += run
            continue
        write_paragraphs(waiting, style, out)
        out.heading(level, text)
        waiting = []
    write_paragraphs(waiting, style, out)


def write_paragraphs(lines: Sequence[Line], style: Style, out: BlockWriter) -> None:
    """Write paragraphs, and the rows of a table as one block that knows its first rows."""
    table: list[Line] = []
    width = max((len(line.text) for line in lines if not line.row), default=0)
    for paragraph in _paragraphs(lines, style):
        if _is_table(paragraph) or (table and len(paragraph) < _TABLE_LINES and all(map(_has_figures, paragraph))):
            table += paragraph  # a gap between its rows ends no table
            continue
        _write_table(table, out)
        table = []
        out.text(_running(paragraph, width))
    _write_table(table, out)


def _level(line: Line, style: Style) -> int | None:
    """The level of the heading that the line may be."""
    letters = sum(character.isalpha() for character in line.text)
    if line.row or letters < 3 or letters * 2 < len(line.text):
        return None
    if not line.text[0].isalnum() or line.text[0].islower():
        return None
    size = round(line.height, 1)
    if size in style.sizes:
        return min(style.sizes.index(size) + 1, _LEVELS)
    figures = sum(character.isdigit() for character in line.text)
    if not (style.bold and line.bold) or figures * 3 > letters:
        return None
    return _LEVELS + 1 if line.text.isupper() else _LEVELS + 2


def _paragraphs(lines: Sequence[Line], style: Style) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for line in lines:
        if paragraph:
            last = paragraph[-1]
            step = _LINE_GAP + 1.4 * last.text.count(BROKEN_WORD)
            if abs(last.top - line.top) > step * max(style.body, last.height):
                yield paragraph
                paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _running(paragraph: Sequence[Line], width: int) -> str:
    """Running lines become one; rows, items of a list and short lines keep their own line."""
    text = paragraph[0].text
    for line, after in pairwise(paragraph):
        apart = line.row or after.row or _has_figures(line) or _ITEM.match(after.text)
        running = not apart and len(line.text) > 0.6 * width
        text += (" " if running else "\n") + after.text
    return text


def _has_figures(line: Line) -> bool:
    """The row of a table, most likely."""
    return line.text[-1].isdigit() or line.text[-1] in ")%\u2014"


def _is_table(paragraph: Sequence[Line]) -> bool:
    rows = sum(line.row or _has_figures(line) for line in paragraph)
    return len(paragraph) >= _TABLE_LINES and rows * 2 >= len(paragraph)


def _write_table(lines: Sequence[Line], out: BlockWriter) -> None:
    header = "\n".join(line.text for line in lines[: _header_lines(lines)])
    out.rows("\n".join(line.text for line in lines), header or None)


def _header_lines(lines: Sequence[Line]) -> int:
    """How many lines name the columns: to the last near the top whose numbers are all dates, else those without any."""
    top = lines[:_HEADER_LINES]
    dated = [at for at, line in enumerate(top, start=1) if _has_figures(line) and _is_dated(line.text)]
    return dated[-1] if dated else len(list(takewhile(lambda line: not _NUMBER.search(line.text), top[:2])))


def _is_dated(text: str) -> bool:
    numbers = [number.strip(".,").replace(",", "") for number in _NUMBER.findall(text)]
    years = [n for n in numbers if len(n) == 4 and n[:2] in ("19", "20")]
    return bool(years) and all(n in years or (n.isdigit() and len(n) <= 2) for n in numbers)
