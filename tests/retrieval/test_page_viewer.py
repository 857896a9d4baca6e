"""Pages of PDFs as pictures: quotes are found where they stand, and hostile files cost no more than their limit."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from retrieval.loader_process import LoadLimits
from retrieval.page_view import found
from retrieval.page_viewer import PageViewer
from retrieval.ports import LoadError
from tests.retrieval import files

LINES = [
    (12.0, "Annual leave"),
    (12.0, "Every employee has 28 days of"),
    (12.0, "annual leave a year."),
    (12.0, "End."),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "leave.pdf").write_bytes(files.pdf([(12.0, "Cover")], LINES))
    turned = files.pdf(LINES).replace(b"/MediaBox", b"/Rotate 90 /MediaBox")
    (folder / "turned.pdf").write_bytes(turned)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(500))
    (folder / "huge.pdf").write_bytes(files.pdf(LINES).replace(b"[0 0 595 842]", b"[0 0 99 9999999]"))
    return folder


@pytest.fixture
async def viewer() -> AsyncIterator[PageViewer]:
    viewer = PageViewer()
    yield viewer
    await viewer.close()


async def test_a_quote_is_marked_line_by_line_and_the_picture_shows_ink_there(viewer: PageViewer, folder: Path) -> None:
    quote = "Every employee has 28 days of annual leave a year."
    view = await viewer.find(folder / "leave.pdf", 2, [quote])
    assert (view.pages, view.width, view.height) == (2, 595, 842)
    first, second = view.marks
    assert first[0] == pytest.approx(40 / 595, abs=0.01)
    assert first[1] < second[1] and first[2] > second[2]  # the second line is lower and shorter
    picture = Image.open(io.BytesIO(await viewer.draw(folder / "leave.pdf", 2, 600))).convert("L")
    assert picture.size == (600, 850)
    for left, top, width, height in view.marks:
        box = (left * 600, top * 850, (left + width) * 600, (top + height) * 850)
        shades = picture.crop(tuple(map(round, box))).tobytes()  # type: ignore[arg-type]  # four of them
        assert min(shades) < 120 and max(shades) > 200
    turned = await viewer.find(folder / "turned.pdf", 1, [quote])
    assert (turned.width, turned.height) == (842, 595)
    assert all(height > width for _, _, width, height in turned.marks)  # lines run down a turned page
    assert (await viewer.find(folder / "leave.pdf", 1, [quote])).marks == ()


async def test_what_cannot_be_shown_says_why_and_the_next_page_is_drawn(viewer: PageViewer, folder: Path) -> None:
    with pytest.raises(LoadError, match="open the original instead"):
        await viewer.draw(folder / "broken.pdf", 1, 600)
    with pytest.raises(LoadError, match="no page 3: the last one is 2"):
        await viewer.find(folder / "leave.pdf", 3, [])
    huge = Image.open(io.BytesIO(await viewer.draw(folder / "huge.pdf", 1, 2400)))
    assert huge.size[0] * huge.size[1] <= 13_000_000
    assert await viewer.draw(folder / "leave.pdf", 1, 200)


async def test_a_page_that_takes_too_long_ends_its_process_only(folder: Path) -> None:
    hurried = PageViewer(LoadLimits(seconds=0.0))
    with pytest.raises(LoadError, match="took longer than 0 s"):
        await hurried.draw(folder / "leave.pdf", 1, 600)
    await asyncio.wait_for(hurried.close(), 5)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Days of an-\nnual LEAVE", ["daysofannualleave"]),
        ("ﬁve ofﬁcers", ["fiveofficers"]),  # ligatures of a PDF
        ("Not there at all.\nFive officers met twice.", ["fiveofficersmettwice"]),
        ("Not there.\nmet", []),  # too short to be sure of
        ("...", []),
    ],
)
def test_a_quote_is_found_whatever_a_loader_did_to_its_spaces(quote: str, expected: list[str]) -> None:
    letters = "daysofannualleavefiveofficersmettwice"
    assert [letters[start:end] for start, end in found(quote, letters)] == expected
