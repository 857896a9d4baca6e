"""PDF keeps its pages and headings, gives up what was typed into it, and is read by OCR where it is a scan."""

import io
from pathlib import Path

import pytest

from retrieval.loader import LoadLimits, SubprocessLoader
from retrieval.loader_ocr import ocr_installed, remedy
from retrieval.ports import LoadError
from retrieval.types import LoadedDocument
from tests.retrieval import files
from tests.retrieval.conftest import Load, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_pdf_pages_count_from_one(load: Load) -> None:
    document = await load(files.pdf([(11, "first page")], [], [(11, "third page")]), "a.pdf")
    assert document.pages == 3
    assert [(block.page, block.text) for block in document.blocks] == [(1, "first page"), (3, "third page")]


async def test_larger_type_makes_the_headings_of_a_pdf(load: Load) -> None:
    page = [
        (18, "Winter"),
        (11, "Snow lies deep in the valley."),
        (14, "Ice"),
        *[(11, f"It cracks, part {n}.") for n in range(20)],
    ]
    blocks = (await load(files.pdf(page), "a.pdf")).blocks
    assert [(b.heading, b.text.split(",")[0]) for b in blocks][-1] == ("Winter > Ice", "It cracks")
    assert ("Winter", "Snow lies deep in the valley.") in [(block.heading, block.text) for block in blocks]


async def test_the_outline_of_a_pdf_beats_the_size_of_type(load: Load) -> None:
    pages = [(11, "Chapter one"), (11, "Text of one.")], [(30, "Big"), (11, "Text of two.")]
    blocks = (await load(files.pdf(*pages, outline=[(0, "Chapter one"), (1, "Chapter two")]), "a.pdf")).blocks
    assert {block.heading for block in blocks if block.page == 1} == {"Chapter one"}
    assert {block.heading for block in blocks if block.page == 2} == {"Chapter two"}


async def test_a_pdf_of_600_pages_is_read_whole(load: Load) -> None:
    document = await load(files.pdf(*([(11, f"This is page {n}.")] for n in range(1, 601))), "long.pdf")
    assert [(block.page, block.text) for block in document.blocks] == [(n, f"This is page {n}.") for n in range(1, 601)]


@pytest.mark.parametrize("form", [b"", b"/AcroForm << /Fields [] >>"], ids=["loose fields", "form"])
async def test_what_was_typed_into_a_form_is_text(form: bytes, load: Load) -> None:
    field = b"/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (n) /V (Ada Lovelace) /Rect [0 0 9 9] >>] /Resources"
    blank = (
        files.pdf([(11, "Name of the guest")]).replace(b"/Resources", field).replace(b"/Catalog", b"/Catalog " + form)
    )
    assert "Ada Lovelace" in text_of(await load(blank, "form.pdf"))


def scan(text: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1000, 160), 255)
    ImageDraw.Draw(image).text((30, 40), text, fill=0, font=ImageFont.load_default(64))
    return files.scanned_pdf(1000, 160, image.tobytes())


async def test_a_scan_without_ocr_names_what_installs_it_in_a_clone(load: Load) -> None:
    with pytest.raises(LoadError, match=r"\.venv/bin/pip install -e '\.\[ocr\]'") as caught:
        await load(scan("Keep the door shut"), "scan.pdf")
    assert caught.value.status == "no_text"


async def test_scanned_pages_that_nobody_can_read_are_named_and_cost_no_other(load: Load) -> None:
    document = await load(mixed(), "mixed.pdf")
    assert [(block.page, block.text) for block in document.blocks] == [(1, "Open the door at nine.")]
    assert document.note is not None
    assert document.note.startswith("page 2 can only be read by OCR, which is not installed")


async def test_an_empty_page_is_no_scan(load: Load) -> None:
    assert (await load(files.pdf([(11, "text")], []), "a.pdf")).note is None


def mixed() -> bytes:
    """A page of text, then a scan."""
    from pypdfium2 import PdfDocument

    merged = PdfDocument.new()
    for part in (files.pdf([(11, "Open the door at nine.")]), scan("Keep the door shut")):
        merged.import_pages(PdfDocument(part))
    buffer = io.BytesIO()
    merged.save(buffer)
    return buffer.getvalue()


async def load_with_ocr(folder: Path, data: bytes, limits: LoadLimits | None = None) -> LoadedDocument:
    path = folder / "scan.pdf"
    path.write_bytes(data)
    loader = SubprocessLoader(limits, ocr=True)
    try:
        return await loader.load(path, "scan.pdf")
    finally:
        await loader.close()


with_ocr = pytest.mark.skipif(not ocr_installed(), reason=remedy())


@pytest.mark.slow
@with_ocr
async def test_a_scan_is_read_with_ocr(tmp_path: Path) -> None:
    document = await load_with_ocr(tmp_path, mixed())
    words = [(1, "Open the door at nine."), (2, "Keep the door shut")]
    assert [(block.page, block.text) for block in document.blocks] == words
    assert document.note is None


@with_ocr
async def test_ocr_without_memory_costs_no_text(tmp_path: Path) -> None:
    document = await load_with_ocr(tmp_path, mixed(), LoadLimits(memory_bytes=200 * 1024 * 1024))
    assert [(block.page, block.text) for block in document.blocks] == [(1, "Open the door at nine.")]
    assert document.note is not None
    assert document.note.startswith("page 2 could not be read by OCR: ")


@with_ocr
async def test_a_scan_that_ocr_fails_on_is_unreadable_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="page 1 could not be read by OCR: it crashed") as caught:
        await load_with_ocr(tmp_path, scan("Keep the door shut"), LoadLimits(memory_bytes=200 * 1024 * 1024))
    assert caught.value.status == "unreadable"
