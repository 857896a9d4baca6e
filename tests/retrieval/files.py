"""Builds small files of many formats in memory, so that no foreign document lies in the repository."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/></Types>'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relations(*entries: tuple[str, str, str]) -> str:
    """Relations of an office file: identity, last word of the type, target."""
    inner = "".join(
        f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in entries
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def docx(*paragraphs: tuple[str | None, str], body: str = "") -> bytes:
    """Paragraphs with their style ("Heading1" or None); `body` is raw WordprocessingML after them."""
    style = '<w:pPr><w:pStyle w:val="{}"/></w:pPr>'
    inner = "".join(
        f"<w:p>{style.format(name) if name else ''}<w:r><w:t>{text}</w:t></w:r></w:p>" for name, text in paragraphs
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2)
    )
    return zipped(
        {
            "[Content_Types].xml": _TYPES.format(part="word/document.xml", kind="wordprocessingml.document.main"),
            "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations(("r1", "styles", "styles.xml")),
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
            "word/document.xml": f"<w:document {_W}><w:body>{inner}{body}</w:body></w:document>",
        }
    )


def word_table(rows: Sequence[Sequence[str]]) -> str:
    cells = (("".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row)) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def pptx(*slides: tuple[str, str]) -> bytes:
    """Slides of a title and a text; the files lie in reverse, so that only the show's own order is right."""
    names = {number: f"slide{len(slides) + 1 - number}.xml" for number in range(1, len(slides) + 1)}
    a, p = (
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        "http://schemas.openxmlformats.org/presentationml/2006/main",
    )
    space = f'xmlns:a="{a}" xmlns:p="{p}" xmlns:r="{_OFFICE}"'
    shape = (
        "<p:sp><p:nvSpPr><p:nvPr>{}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    parts = {
        "[Content_Types].xml": _TYPES.format(part="ppt/presentation.xml", kind="presentationml.presentation.main"),
        "ppt/presentation.xml": f"<p:presentation {space}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in names)
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"r{n}", "slide", f"slides/{name}") for n, name in names.items())
        ),
    }
    for number, (title, text) in enumerate(slides, start=1):
        inner = shape.format('<p:ph type="title"/>', title) + shape.format("", text)
        parts[f"ppt/slides/{names[number]}"] = f"<p:sld {space}><p:cSld><p:spTree>{inner}</p:spTree></p:cSld></p:sld>"
    return zipped(parts)


def xlsx(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": _TYPES.format(part="xl/workbook.xml", kind="spreadsheetml.sheet.main"),
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            *((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1))
        ),
    }
    for number, rows in enumerate(sheets.values(), start=1):
        lines = "".join(
            f'<row r="{y}">'
            + "".join(
                f'<c r="{chr(64 + x)}{y}" t="inlineStr"><is><t>{cell}</t></is></c>' for x, cell in enumerate(row, 1)
            )
            + "</row>"
            for y, row in enumerate(rows, start=1)
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return zipped(parts)


def opendocument(kind: str, body: str, manifest: str = "<manifest/>") -> bytes:
    """An ODT ("text") or ODP ("presentation") with `body` inside office:body."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
    )
    content = f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest})


def epub(title: str, *chapters: str) -> bytes:
    """A book of XHTML chapters."""
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
        f'<dc:identifier id="i">1</dc:identifier></metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    pages = {
        f"c{n}.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{chapter}</body></html>'
        for n, chapter in enumerate(chapters)
    }
    return zipped(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "book.opf": package, **pages}
    )


def pdf(*pages: Sequence[tuple[float, str]], outline: Sequence[tuple[int, str]] = (), trailer: str = "") -> bytes:
    """Pages of lines, each a size of type in points and a text; `outline` holds page (from 0) and title."""
    contents = [_page_content(lines) for lines in pages]
    return _pdf_of(contents, "/Font << /F 3 0 R >>", outline, trailer)


def scanned_pdf(width: int, height: int, gray: bytes) -> bytes:
    """One page that is nothing but an image of width x height gray pixels."""
    image = zlib.compress(gray)
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = [_stream(image, f"{head} /Filter /FlateDecode")]
    draw = b"q 500 0 0 %d 0 0 cm /I Do Q" % (500 * height // width)
    data = _pdf_of([draw], "/XObject << /I 4 0 R >>", (), "", objects)
    return data.replace(b"[0 0 595 842]", b"[0 0 500 100]")  # a strip of a page: little to read


def _page_content(lines: Sequence[tuple[float, str]]) -> bytes:
    parts, y = [], 800.0
    for size, text in lines:
        y -= size * 1.3
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        parts.append(f"BT /F {size} Tf 40 {y:.1f} Td ({escaped}) Tj ET")
    return "\n".join(parts).encode("latin-1")


def _stream(data: bytes, head: str = "") -> bytes:
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _pdf_of(
    contents: Sequence[bytes],
    resources: str,
    outline: Sequence[tuple[int, str]],
    trailer: str,
    extra: Sequence[bytes] = (),
) -> bytes:
    first = 4 + len(extra)  # 1 catalog, 2 pages, 3 font, extra, then page and content by turns, then the outline
    marks = first + 2 * len(contents)
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(contents)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {f'/Outlines {marks} 0 R' if outline else ''} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} /MediaBox [0 0 595 842] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *extra,
    ]
    for number, content in enumerate(contents):
        at = first + 2 * number
        objects.append(f"<< /Type /Page /Parent 2 0 R /Resources << {resources} >> /Contents {at + 1} 0 R >>".encode())
        objects.append(_stream(content))
    if outline:
        objects.append(f"<< /First {marks + 1} 0 R /Last {marks + len(outline)} 0 R /Count {len(outline)} >>".encode())
        for number, (page, title) in enumerate(outline, start=1):
            follows = f"/Next {marks + number + 1} 0 R" if number < len(outline) else ""
            objects.append(
                f"<< /Title ({title}) /Parent {marks} 0 R {follows} /Dest [{first + 2 * page} 0 R /Fit] >>".encode()
            )
    return _pdf_file(objects, trailer)


def _pdf_file(objects: Sequence[bytes], trailer: str) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer << /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, trailer.encode(), start,
    )  # fmt: skip


LOCKED_PDF = pdf(
    [(11, "secret")],
    trailer=f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >>",
)
"""The key that opens it is unknown, even to us: its check values are invented."""


def claiming(data: bytes, unpacked: int) -> bytes:
    """A zip whose first member pretends to unpack to `unpacked` bytes."""
    at = data.index(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", unpacked) + data[at + 4 :]
