"""Reads HTML into blocks, dropping scripts and navigation. Knows nothing of files and encodings."""

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree, html

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.ports import LoadError

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "math",
        "nav",
        "head",
        "iframe",
        "object",
        "canvas",
        "button",
        "select",
        "textarea",
        "audio",
        "video",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "meter",
        "nobr",
        "output",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
# The parser's time grows with the square of a tag's attributes: 80,000 take minutes, 2,000 a hundredth of a second.
_ATTRIBUTES = 2000
_QUOTED = r""" "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) """
# Every alternative matches to its end or the text's, so that no markup makes the search start over.
_OPEN_TAG = re.compile(
    rf"<!--.*?(?:-->|\Z) | <(script|style)\b.*?(?:</\1|\Z) | <[a-z](?:[^<>\"']++|{_QUOTED})*+", re.X | re.I | re.S
)
_QUOTATION = re.compile(_QUOTED, re.X)
_SPAN = 50  # columns or rows that one cell is believed to reach over
_REPEATED = 100  # characters of a cell that is said again in each of them
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def read_html(markup: str, out: BlockWriter) -> None:
    """Write the page's text. Whole text is kept rather than a guess at the main part: a loss would be silent.

    Raises LoadError for a tag made to keep the parser busy.
    """
    _refuse_endless_tags(markup)
    # huge_tree: without it libxml2 cuts what lies deeper than 256 elements, and says nothing.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        # Nested deeper than the parser goes: better the text without its order of headings than nothing.
        out.text(unescape(_TAG.sub(" ", markup)))
        return
    title = root.findtext(".//title")
    out.title = one_line(title) if title else None
    _Walk(out).run(root.find("body"))


def _refuse_endless_tags(markup: str) -> None:
    for tag in _OPEN_TAG.finditer(markup):
        if tag.end() - tag.start() < 2 * _ATTRIBUTES or tag.group(1) or tag.group().startswith("<!"):
            continue
        if len(_QUOTATION.sub(" ", tag.group()).replace("/", " ").split()) > _ATTRIBUTES:
            reason = f"one tag of the page has more than {_ATTRIBUTES} attributes, which no reader can handle"
            raise LoadError("unreadable", f"{reason}: open the page in a browser and print it into a PDF")


class _Walk:
    """One pass over a tree, without recursion, because a hostile page nests a hundred thousand elements."""

    def __init__(self, out: BlockWriter) -> None:
        self._out = out
        self._buffer: list[str] = []
        self._heading: int | None = None
        self._pre = 0

    def run(self, root: html.HtmlElement) -> None:
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if tag in _SKIPPED or not tag:
                    events.skip_subtree()
                elif tag == "table" and _is_data_table(element):
                    self._flush()
                    self._out.table(list(_rows(element)))
                    events.skip_subtree()
                else:
                    self._start(tag, element.text)
            else:
                self._end(tag, element.tail if element is not root else None)
        self._flush()

    def _start(self, tag: str, text: str | None) -> None:
        if tag == "br":
            self._buffer.append("\n")
        elif tag not in _INLINE:
            self._flush()
            self._heading = _HEADINGS.get(tag, self._heading)
            self._pre += tag == "pre"
        if text:
            self._write(text)

    def _end(self, tag: str, tail: str | None) -> None:
        if tag not in _INLINE and tag not in _SKIPPED and tag not in ("br", "", "table"):
            self._flush()
            if tag in _HEADINGS:
                self._heading = None
            self._pre -= tag == "pre"
        if tail:
            self._write(tail)

    def _write(self, text: str) -> None:
        self._buffer.append(text if self._pre else re.sub(r"\s+", " ", text))

    def _flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text.strip():
            return
        if self._heading:
            self._out.heading(self._heading, text)
        elif self._pre:
            self._out.code(text)
        else:
            self._out.text(text)


def _is_data_table(table: html.HtmlElement) -> bool:
    """A table of cells, not one that lays out a page."""
    return next(table.iterdescendants("table", "h1", "h2", "h3", "form", "ul", "p", "div"), None) is None


def _rows(table: html.HtmlElement) -> Iterator[list[str]]:
    caption = table.find("caption")
    if caption is not None:
        yield [caption.text_content()]
    above: dict[int, tuple[str, int]] = {}  # column -> a cell that reaches down into the rows to come, so many
    for row in table.iterdescendants("tr"):
        cells: list[str] = []
        found = list(row.iterchildren("td", "th"))
        for cell in found:
            _fill(cells, above)
            text, rows = _cell_text(cell), _span(cell, "rowspan")
            # What spans columns or rows is true of all of them; a title across the whole table is said once.
            for column in range(_span(cell, "colspan") if len(found) > 1 or above else 1):
                cells.append(text if column == 0 or len(text) <= _REPEATED else "")
                if rows > 1:
                    above[len(cells) - 1] = (text if len(text) <= _REPEATED else "", rows - 1)
        _fill(cells, above)
        yield cells


def _fill(cells: list[str], above: dict[int, tuple[str, int]]) -> None:
    """Put what reaches down from the rows above where the next cell would stand."""
    while (column := len(cells)) in above:
        text, rows = above.pop(column)
        cells.append(text)
        if rows > 1:
            above[column] = (text, rows - 1)


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _SPAN)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _cell_text(cell: html.HtmlElement) -> str:
    return " ".join(text for text in cell.itertext() if text.strip())
