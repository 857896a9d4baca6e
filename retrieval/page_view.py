"""One page of a PDF as a picture, and where on it a quoted text stands. Runs in the worker; knows no person."""

import base64
import ctypes
import io
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from retrieval.ports import LoadError

_MOST_PIXELS = 12_000_000  # a page says itself how large it is; this is A4 at 320 dots an inch
_MOST_CHARACTERS = 200_000  # of one page
_SHORTEST = 12  # letters and digits: fewer stand in many places, so a piece of a quote that short is left unmarked
_PIECES = re.compile(r"\n+|(?<=[.!?;:])\s+")

Mark = tuple[float, float, float, float]  # left, top, width, height, as shares of the page


def view(path: Path, number: int, width: int | None, quotes: Sequence[str]) -> dict[str, Any]:
    """Page `number` (from 1) of `path`: its size in points and the marks of `quotes`; with `width` in pixels, a PNG.

    Raises LoadError for a file that is no readable PDF and for a page that is not there.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            if not 1 <= number <= len(document):
                raise LoadError("unreadable", f"there is no page {number}: the last one is {len(document)}")
            document.init_forms()
            page = document[number - 1]
            pages = len(document)
            points = page.get_size()
            marks = _marks(page, quotes) if quotes else []
            image = None if width is None else base64.b64encode(_picture(page, width)).decode()
    except pypdfium2.PdfiumError as error:
        raise LoadError("unreadable", f"the page cannot be drawn ({error}): open the original instead") from error
    return {"pages": pages, "size": points, "marks": marks, "image": image}


def _picture(page: Any, width: int) -> bytes:
    points = page.get_size()
    scale = min(width / max(points[0], 1), math.sqrt(_MOST_PIXELS / max(points[0] * points[1], 1)))
    bitmap = page.render(scale=scale, draw_annots=True)
    out = io.BytesIO()
    bitmap.to_pil().convert("RGB").save(out, "PNG", compress_level=3)
    return out.getvalue()


def _marks(page: Any, quotes: Sequence[str]) -> list[Mark]:
    text_page = page.get_textpage()
    try:
        letters, places = _letters_of(text_page)
        spans = [span for quote in quotes for span in found(quote, letters)]
        return [mark for start, end in spans for mark in _boxes(page, text_page, places[start], places[end - 1])]
    finally:
        text_page.close()


def _letters_of(text_page: Any) -> tuple[str, list[int]]:
    """The letters and digits of the page, and the place of each among its characters."""
    import pypdfium2.raw as pdfium

    letters, places = list[str](), list[int]()
    for place in range(min(text_page.count_chars(), _MOST_CHARACTERS)):
        for letter in bare(chr(pdfium.FPDFText_GetUnicode(text_page, place))):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def bare(text: str) -> str:
    """Letters and digits alone: what a loader joins, breaks and leaves out between them is no part of a quote."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def found(quote: str, letters: str) -> Iterator[tuple[int, int]]:
    """Spans of `letters` that are the quote; where it does not stand in one piece, its lines and sentences that do."""
    whole = bare(quote)
    if whole and (at := letters.find(whole)) >= 0:
        yield at, at + len(whole)
        return
    for piece in _PIECES.split(quote):
        sought = bare(piece)
        if len(sought) >= _SHORTEST and (at := letters.find(sought)) >= 0:
            yield at, at + len(sought)


def _boxes(page: Any, text_page: Any, first: int, last: int) -> Iterator[Mark]:
    """One box for each line of the characters from `first` to `last`."""
    import pypdfium2.raw as pdfium

    sides = [ctypes.c_double() for _ in range(4)]
    for number in range(pdfium.FPDFText_CountRects(text_page, first, last - first + 1)):
        if pdfium.FPDFText_GetRect(text_page, number, *sides):
            left, top, right, bottom = (side.value for side in sides)
            (x0, y0), (x1, y1) = _on_screen(page, left, top), _on_screen(page, right, bottom)
            # Turned pages swap the corners.
            yield min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)


def _on_screen(page: Any, x: float, y: float) -> tuple[float, float]:
    """A place in the page's own points as shares of what is seen of it, turned and cropped as it is drawn."""
    import pypdfium2.raw as pdfium

    whole = 100_000  # pdfium counts in whole pixels
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, whole, whole, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return min(max(across.value / whole, 0.0), 1.0), min(max(down.value / whole, 0.0), 1.0)
