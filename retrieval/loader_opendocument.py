"""Reads OpenDocument texts and slides from their XML, because the library drops nested spans in silence."""

import zipfile

from lxml import etree

from retrieval.loader_blocks import BlockWriter
from retrieval.loader_xml import part_of

_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_WHITE = {f"{_TEXT}s": " ", f"{_TEXT}tab": " ", f"{_TEXT}line-break": "\n"}
_REPEATED = 64  # the most that a cell said to be repeated is written; sheets repeat empty ones a thousandfold


def read_opendocument(archive: zipfile.ZipFile, out: BlockWriter) -> None:
    """Write headings, paragraphs and tables in order; a slide is a page."""
    if "meta.xml" in archive.namelist():
        out.title = part_of(archive, "meta.xml").findtext(f".//{_TITLE}")
    root = part_of(archive, "content.xml")
    walk = etree.iterwalk(root, events=("start",), tag="*")
    for _, element in walk:
        if element.tag == f"{_DRAW}page":
            out.page = out.pages = (out.pages or 0) + 1
        elif element.tag == f"{_TEXT}tracked-changes":
            walk.skip_subtree()
        elif element.tag == f"{_TABLE}table":
            out.table([_cells(row) for row in element.iter(f"{_TABLE}table-row")])
            walk.skip_subtree()
        elif element.tag == f"{_TEXT}h":
            out.heading(int(element.get(f"{_TEXT}outline-level", "1")), _string(element))
            walk.skip_subtree()
        elif element.tag == f"{_TEXT}p":
            out.text(_string(element))
            walk.skip_subtree()


def _cells(row: etree._Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        cells.extend(["\n".join(map(_string, cell.iter(f"{_TEXT}p", f"{_TEXT}h")))] * min(times, _REPEATED))
    return cells


def _string(paragraph: etree._Element) -> str:
    """Text of a paragraph with its white space, which OpenDocument writes as elements."""
    parts: list[str] = []
    for event, element in etree.iterwalk(paragraph, events=("start", "end"), tag="*"):
        if event == "start":
            parts.append(_WHITE.get(element.tag, "") + (element.text or ""))
        elif element is not paragraph and element.tail:
            parts.append(element.tail)
    return "".join(parts)
