"""docs/pages.md shows every page, and the four pictures of one become one."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.ui import pictured

SHOWN = re.compile(r"\(images/pages/([\w-]+)\.png\)")


def test_docs_show_every_page_in_little() -> None:
    named = SHOWN.findall((pictured.ROOT / "docs" / "pages.md").read_text())
    assert named == list(pictured.PLACES)
    files = {file.stem: file.stat().st_size for file in pictured.SHOWN.glob("*.png")}
    assert files.keys() == pictured.PLACES.keys()
    assert max(files.values()) < 250_000


def test_four_pictures_of_a_page_stand_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictured, "TAKEN", tmp_path)
    colours = ("white", "black", "red", "blue")
    for variant, colour in zip(pictured.VARIANTS, colours, strict=True):
        width, height = (1440, 2000) if "desktop" in variant else (390, 844)
        Image.new("RGB", (width, height), colour).save(tmp_path / f"{variant}-login.png")
    sheet = pictured.compose("login").convert("RGB")
    row = [sheet.getpixel((x, 280)) for x in range(sheet.width)]
    seen = list(dict.fromkeys(row))
    assert seen == [(255, 255, 255), (128, 128, 128), (0, 0, 0), (255, 0, 0), (0, 0, 255)]
