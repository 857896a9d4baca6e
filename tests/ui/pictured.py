"""Where pictures of every page are taken, and how four of one page become one for docs/pages.md:
`python -m tests.ui.pictured`, after tests/ui/test_browser_pictures.py has left them in artifacts/pages."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from tests.ui.browsing import ARTIFACTS

ROOT = Path(__file__).parents[2]
TAKEN = ARTIFACTS / "pages"
SHOWN = ROOT / "docs" / "images" / "pages"
GUIDES = ROOT / "docs" / "guides" / "images"
VARIANTS = ("desktop-light", "desktop-dark", "phone-light", "phone-dark")
# By name, what docs/pages.md calls it.
PLACES: Mapping[str, str] = {
    "login": "Log in",
    "welcome": "A new conversation",
    "library": "Conversations and documents",
    "documents": "Documents: collections and groups",
    "answer": "An answer",
    "sources": "Its sources",
    "editing": "Editing the answer",
    "marks": "Marking pieces of the answer",
    "about-me": "About me",
    "settings": "Settings",
    "page": "A page of a PDF with the quote marked",
    "text": "A document as text",
    "operator-quality": "Operator: quality",
    "operator-themes": "Operator: themes",
    "operator-queue": "Operator: the queue",
    "operator-runs": "Operator: runs and the policy",
    "operator-models": "Operator: models and decisions",
}
# Of the guide for operators: from where to where on the page.
_OF_THE_GUIDE = {
    "operator-quality": (0, 900),
    "operator-queue": (0, 480),
    "operator-runs": (510, 1400),
    "operator-models": (740, 1500),
}
_HEIGHT, _GAP = 560, 10  # of the pictures in docs; what is below the fold is in artifacts


def compose(name: str) -> Image.Image:
    """The four pictures of a page beside each other, each to the height of a screen, in colours few enough to weigh
    little."""
    drawn = []
    for variant in VARIANTS:
        whole = Image.open(TAKEN / f"{variant}-{name}.png").convert("RGB")
        screen = whole.crop((0, 0, whole.width, 900 if "desktop" in variant else 844))
        drawn.append(screen.resize((round(screen.width * _HEIGHT / screen.height), _HEIGHT), Image.Resampling.LANCZOS))
    sheet = Image.new("RGB", (sum(one.width + _GAP for one in drawn) - _GAP, _HEIGHT), "#808080")
    left = 0
    for one in drawn:
        sheet.paste(one, (left, 0))
        left += one.width + _GAP
    return sheet.quantize(128, dither=Image.Dither.NONE)


def main() -> None:
    SHOWN.mkdir(parents=True, exist_ok=True)
    for name in PLACES:
        compose(name).save(SHOWN / f"{name}.png", optimize=True)
    for name, (top, bottom) in _OF_THE_GUIDE.items():
        part = Image.open(TAKEN / f"desktop-light-{name}.png").convert("RGB").crop((120, top, 1320, bottom))
        part.quantize(192, dither=Image.Dither.NONE).save(GUIDES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
