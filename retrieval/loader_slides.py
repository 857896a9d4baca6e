"""Reads slides (PPTX) straight from their XML, because the slide number is the page that a citation opens."""

import posixpath
import zipfile
from collections.abc import Iterator

from lxml import etree

from retrieval.loader_blocks import BlockWriter
from retrieval.loader_xml import part_of

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_pptx(archive: zipfile.ZipFile, out: BlockWriter) -> None:
    """Write every slide in the order of the show, its notes and its diagrams after it."""
    main = "ppt/presentation.xml"
    targets = {identity: target for identity, _, target in _relations(archive, main)}
    slides = [targets.get(entry.get(_REL_ID, ""), "") for entry in part_of(archive, main).iter(f"{_P}sldId")]
    out.pages = len(slides)
    for number, slide in enumerate(slides, start=1):
        if slide not in archive.namelist():
            continue
        out.page = number
        out.close_section()
        _write_shapes(part_of(archive, slide), out)
        for _, kind, target in _relations(archive, slide):
            if kind in ("notesSlide", "diagramData") and target in archive.namelist():
                _write_shapes(part_of(archive, target), out)


def _write_shapes(root: etree._Element, out: BlockWriter) -> None:
    """A title becomes a heading, a table a table, anything else a paragraph; slide numbers and dates are left out."""
    walk = etree.iterwalk(root, events=("start",), tag="*")
    for _, element in walk:
        if element.tag == f"{_A}tbl":
            rows = [[_paragraphs(cell) for cell in row.iter(f"{_A}tc")] for row in element.iter(f"{_A}tr")]
            out.table(rows)
            walk.skip_subtree()
        elif element.tag == f"{_P}sp":
            place = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            kind = place.get("type", "") if place is not None else ""
            if kind in ("title", "ctrTitle"):
                out.heading(1, _paragraphs(element))
            elif kind not in ("sldNum", "dt"):
                out.text(_paragraphs(element))
            walk.skip_subtree()
        elif element.tag == f"{_A}p":
            out.text(_paragraph(element))
            walk.skip_subtree()


def _paragraphs(element: etree._Element) -> str:
    return "\n".join(_paragraph(paragraph) for paragraph in element.iter(f"{_A}p"))


def _paragraph(paragraph: etree._Element) -> str:
    return "".join("\n" if node.tag == f"{_A}br" else node.text or "" for node in paragraph.iter(f"{_A}t", f"{_A}br"))


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Identity, last word of the type and path of what `part` refers to inside the archive."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in archive.namelist():
        return
    for relation in part_of(archive, path):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
            yield relation.get("Id", ""), relation.get("Type", "").rsplit("/", 1)[-1], target.lstrip("/")
