"""Makes the binary files of demo/corpus from demo/sources: `python -m demo.make_corpus [--out DIR]`.

A source's name says what becomes of it: `faq.pdf.md` becomes `faq.pdf`; a folder `prices.xlsx` becomes a workbook with
one sheet per CSV. The text formats of the corpus (Markdown, HTML, CSV, TXT, EML) are written by hand and stay as they
are. Needs `pip install -e '.[demo]'`. The same sources give the same bytes, so that a rebuild shows up as no change.
"""

import argparse
import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from demo.blocks import Block, pages, parse

HERE = Path(__file__).parent
LONG_AGO = (2025, 1, 1, 0, 0, 0)  # every member of every archive gets this date
AUTHOR = "Lindach Section of the Alpine Club"


def main() -> None:
    """Write every binary file of the corpus."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=HERE / "corpus")
    out: Path = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for source in sorted((HERE / "sources").iterdir()):
        name = source.name.removesuffix(".md")
        (out / name).write_bytes(make(source))


def make(source: Path) -> bytes:
    """The bytes of the document that `source` describes."""
    suffix = Path(source.name.removesuffix(".md")).suffix
    if suffix == ".xlsx":
        return workbook({sheet.stem: _read_csv(sheet) for sheet in sorted(source.iterdir())})
    return WRITERS[suffix](parse(source.read_text(encoding="utf-8")))


# --- PDF
def pdf(blocks: Sequence[Block]) -> bytes:
    """A4, one source page to one sheet unless it overflows."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    title = blocks[0].text
    buffer = io.BytesIO()
    margins = {"leftMargin": 24 * mm, "rightMargin": 24 * mm, "topMargin": 20 * mm, "bottomMargin": 20 * mm}
    document = SimpleDocTemplate(buffer, pagesize=A4, title=title, author=AUTHOR, invariant=1, **margins)

    def number_page() -> None:
        # At the end of a page, so that a reader of the text meets the number where the eye does.
        document.canv.setFont("Helvetica", 8)
        document.canv.drawRightString(A4[0] - 24 * mm, 12 * mm, str(document.page))

    document.afterPage = number_page
    document.build([part for block in blocks for part in _flowables(block)])
    return buffer.getvalue()


def _flowables(block: Block) -> list[Any]:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import ListFlowable, PageBreak, Paragraph, Spacer, Table

    styles = getSampleStyleSheet()
    body = styles["BodyText"]
    body.fontSize, body.leading = 11, 15
    if block.kind == "page break":
        return [PageBreak()]
    if block.kind == "heading":
        return [Paragraph(escape(block.text), styles[f"Heading{block.level}"])]
    if block.kind == "paragraph":
        return [Paragraph(escape(block.text), body)]
    if block.kind == "table":
        cells = [[Paragraph(escape(cell), body) for cell in row] for row in block.rows]
        table = Table(cells, hAlign="LEFT", repeatRows=1)
        whole, header = ((0, 0), (-1, -1)), ((0, 0), (-1, 0))
        look = [
            ("GRID", *whole, 0.4, colors.grey),
            ("VALIGN", *whole, "TOP"),
            ("BACKGROUND", *header, colors.whitesmoke),
        ]
        table.setStyle(look)
        return [Spacer(1, 4), table, Spacer(1, 6)]
    kind = {"bullets": "bullet", "numbers": "1"}[block.kind]
    return [ListFlowable([Paragraph(escape(row[0]), body) for row in block.rows], bulletType=kind)]


# --- Office
def docx(blocks: Sequence[Block]) -> bytes:
    from docx import Document

    document = Document()
    document.core_properties.author = AUTHOR
    document.core_properties.title = blocks[0].text
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level - 1)
        elif block.kind == "page break":
            document.add_page_break()
        elif block.kind == "table":
            table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif block.kind == "paragraph":
            document.add_paragraph(block.text)
        else:
            style = "List Bullet" if block.kind == "bullets" else "List Number"
            for row in block.rows:
                document.add_paragraph(row[0], style=style)
    return _saved(document.save)


def pptx(blocks: Sequence[Block]) -> bytes:
    from pptx import Presentation

    deck = Presentation()
    deck.core_properties.author = AUTHOR
    deck.core_properties.title = blocks[0].text
    for number, page in enumerate(pages(list(blocks))):
        title_slide, text_slide = deck.slide_layouts[0], deck.slide_layouts[1]
        slide = deck.slides.add_slide(text_slide if number else title_slide)
        slide.shapes.title.text = page[0].text
        table = next((block for block in page if block.kind == "table"), None)
        lines = [line for block in page[1:] if block.kind != "table" for line in _lines(block)]
        if table:
            _put_table(slide, table)
        else:
            slide.placeholders[1].text = "\n".join(lines)
    return _saved(deck.save)


def _lines(block: Block) -> list[str]:
    if block.kind == "numbers":
        return [f"{number}. {row[0]}" for number, row in enumerate(block.rows, start=1)]
    return [row[0] for row in block.rows] or [block.text]


def _put_table(slide: Any, block: Block) -> None:
    body = slide.placeholders[1]
    place = (body.left, body.top, body.width, body.height)
    body.element.getparent().remove(body.element)  # an empty box would be left on the slide
    grid = slide.shapes.add_table(len(block.rows), len(block.rows[0]), *place).table
    for down, row in enumerate(block.rows):
        for across, text in enumerate(row):
            grid.cell(down, across).text = text


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """Cells that look like numbers become numbers, as they would under a person's hands."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = AUTHOR
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([_typed(cell) for cell in row])
    return _saved(book.save)


def _typed(cell: str) -> int | float | str | None:
    if re.fullmatch(r"\d+", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"\d+\.\d+", cell) else cell or None


def _read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


# --- EPUB
def epub(blocks: Sequence[Block]) -> bytes:
    """EPUB 3 with one file for each heading of level 2."""
    title = escape(blocks[0].text)
    chapters: list[tuple[str, list[str]]] = [(title, [])]
    for block in blocks[1:]:
        if block.kind == "heading":
            chapters.append((escape(block.text), []))
        else:
            chapters[-1][1].append(f"<p>{escape(block.text)}</p>")
    files = {f"chapter{n}.xhtml": _xhtml(head, "".join(text)) for n, (head, text) in enumerate(chapters)}
    toc = "".join(f'<li><a href="chapter{n}.xhtml">{head}</a></li>' for n, (head, _) in enumerate(chapters))
    nav = f'<nav xmlns:epub="http://www.idpf.org/2007/ops" epub:type="toc"><ol>{toc}</ol></nav>'
    archive = {
        "META-INF/container.xml": (HERE / "epub" / "container.xml").read_text(),
        "content.opf": _package(title, list(files)),
        "nav.xhtml": _xhtml(title, nav),
        **files,
    }
    return _zip({"mimetype": b"application/epub+zip", **{name: text.encode() for name, text in archive.items()}})


def _xhtml(title: str, body: str) -> str:
    head = f"<head><title>{title}</title></head>"
    return f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{head}<body><h1>{title}</h1>{body}</body></html>'


def _package(title: str, names: list[str]) -> str:
    kind = 'media-type="application/xhtml+xml"'
    items = "".join(f'<item id="c{n}" href="{name}" {kind}/>' for n, name in enumerate(names))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(names)))
    template = (HERE / "epub" / "package.opf").read_text()
    return template.format(title=title, author=AUTHOR, items=items, spine=spine)


# --- archives
def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    """What an Office library saves, without the hour in it."""
    buffer = io.BytesIO()
    save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return _zip({name: _timeless(archive.read(name)) for name in archive.namelist()})


def _timeless(content: bytes) -> bytes:
    return re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>2025-01-01T00:00:00Z", content)


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            # An EPUB reader finds its type by looking at fixed bytes of an uncompressed first member.
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, compress_type=method)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Sequence[Block]], bytes]] = {".pdf": pdf, ".docx": docx, ".pptx": pptx, ".epub": epub}


if __name__ == "__main__":
    main()
