"""Reads one page of a PDF into lines with their place and type, and tells a picture of text. Knows no other page."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# pdfium writes this character, and no line break, where a word is broken at the end of a line.
BROKEN_WORD = "\ufffe"
_FIELDS = 5000
_TEXT_CHARACTERS = 16  # a page with fewer letters and digits may be a scan with a number stamped on it
_DRAWN_GLYPHS = 100  # paths on a page: fewer are rules and frames, more may be letters drawn as shapes
_LEADERS = re.compile(r"(?:[.\u2026\u00b7_] ?){5,}")
_NO_LETTER = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08]")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600


@dataclass
class Line:
    """A line of text; `top` and `height` in points, 0 and 1 where they are unknown."""

    text: str
    top: float
    height: float
    bold: bool = False
    cells: int = 1  # more where it was put together from cells that stand side by side

    @property
    def row(self) -> bool:
        return self.cells > 1


def page_lines(document: Any, page: Any) -> list[Line]:
    """The lines in reading order, then what was typed into the page's form."""
    text_page = page.get_textpage()
    try:
        lines = _with_rows(_lines(text_page))
    finally:
        text_page.close()
    return lines + plain_lines("\n".join(_form_values(document, page)))


def plain_lines(text: str) -> list[Line]:
    """Lines whose place nobody knows."""
    return [Line(line, 0.0, 1.0) for line in text.splitlines() if line.strip()]


def is_picture(page: Any, lines: list[Line]) -> bool:
    """Whether the text of the page is missing or a riddle, and it shows something where text may be."""
    import pypdfium2.raw as pdfium

    text = "".join(line.text for line in lines)
    if sum(character.isalnum() for character in text) >= _TEXT_CHARACTERS:
        return len(_NO_LETTER.findall(text)) * 2 > len(text)  # a font that does not say which letters it draws
    kinds = [one.type for one in page.get_objects(max_depth=4)]
    return pdfium.FPDF_PAGEOBJ_IMAGE in kinds or len(kinds) - kinds.count(pdfium.FPDF_PAGEOBJ_TEXT) > _DRAWN_GLYPHS


def _form_values(document: Any, page: Any) -> Iterator[str]:
    """What somebody typed into the form's fields: it is drawn over the page and no part of its text."""
    import pypdfium2.raw as pdfium

    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _FIELDS)):
        field = pdfium.FPDFPage_GetAnnot(page, number)
        if field and pdfium.FPDFAnnot_GetSubtype(field) == pdfium.FPDF_ANNOT_WIDGET:
            value = _field_value(document.formenv, field)
            if len(value.strip()) > 3:  # ticks say "Off" and "Yes"
                yield value.replace("\r", "\n")
        if field:
            pdfium.FPDFPage_CloseAnnot(field)


def _field_value(form: Any, field: Any) -> str:
    import pypdfium2.raw as pdfium

    def read(buffer: Any, size: int) -> int:
        if form:  # knows what a field inherits
            return int(pdfium.FPDFAnnot_GetFormFieldValue(form, field, buffer, size))
        return int(pdfium.FPDFAnnot_GetStringValue(field, b"V", buffer, size))

    size = read(None, 0)  # bytes
    text = (ctypes.c_ushort * (size // 2 + 1))()
    read(text, size)
    return bytes(text).decode("utf-16-le", "replace").split("\x00")[0]


def _lines(text_page: Any) -> Iterator[Line]:
    """Lines as pdfium orders them, with the place of their first character and the type of their middle one: a first
    character may be the number of a list, a bullet or a large initial."""
    import pypdfium2.raw as pdfium

    box, middle = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    start = 0
    for raw in text_page.get_text_range().split("\r\n"):
        if raw.strip():
            at = start + len(raw) - len(raw.lstrip())
            last = at + len(raw.strip()) - 1
            pdfium.FPDFText_GetLooseCharBox(text_page, at, ctypes.byref(box))
            pdfium.FPDFText_GetLooseCharBox(text_page, _middle(raw, start), ctypes.byref(middle))
            text = _LEADERS.sub(" ", raw).strip()  # dots that lead the eye to a number say nothing
            if text:
                yield Line(text, box.top, abs(middle.top - middle.bottom), _is_bold(text_page, at, last))
        start += len(raw) + 2 + (sum(character > "\uffff" for character in raw) if not raw.isascii() else 0)


def _middle(raw: str, start: int) -> int:
    """The place of the letter in the middle of a line that begins at `start`; blanks have boxes of their own."""
    drawn = [at for at, character in enumerate(raw) if not character.isspace()]
    return start + drawn[len(drawn) // 2]


def _is_bold(text_page: Any, *places: int) -> bool:
    return all(_has_bold(text_page, at) for at in places)


def _has_bold(text_page: Any, at: int) -> bool:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFText_GetFontWeight(text_page, at) >= _BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    size = pdfium.FPDFText_GetFontInfo(text_page, at, name, len(name), ctypes.byref(ctypes.c_int()))
    return 0 < size <= len(name) and _BOLD.search(name.value.decode("utf-8", "replace")) is not None


def _with_rows(lines: Iterator[Line]) -> list[Line]:
    """Join cells of a table that pdfium lists one below the other although they stand side by side."""
    rows: list[Line] = []
    for line in lines:
        last = rows[-1] if rows else None
        if last and last.height > 0 and abs(last.top - line.top) < 0.3 * last.height:
            last.text, last.cells = f"{last.text} {line.text}", last.cells + 1
        else:
            rows.append(line)
    return rows
