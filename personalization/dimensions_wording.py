"""The dimensions of how things are worded; they know nothing of layout."""

import re
from collections.abc import Mapping

from personalization.dimension import Dimension, Settings
from personalization.lexicon import CONTRACTIONS
from personalization.prose import outside, words

_EXPANSIONS = {full: short for short, full in CONTRACTIONS.items()}


def replaced(text: str, pairs: Mapping[str, str]) -> str:
    """The words of `pairs` outside code, addresses and quotations replaced; capitals are kept."""
    if not pairs:
        return text
    longest_first = sorted(pairs, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w'’-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'’-])", re.IGNORECASE)
    return outside(text, lambda shown: pattern.sub(lambda found: like(found[0], pairs), shown))


def like(word: str, pairs: Mapping[str, str]) -> str:
    """The partner of a word, with its capitals."""
    partner = pairs[word.lower()]
    if word.isupper() and len(word) > 1:
        return partner.upper()
    return partner[0].upper() + partner[1:] if word[0].isupper() else partner


def _contracted(text: str) -> int:
    return sum(word.replace("’", "'").lower() in CONTRACTIONS for word in words(text))


def _contractions_wanted(draft: str, edited: str) -> Settings | None:
    moved = _contracted(edited) - _contracted(draft)
    return {"use": moved > 0} if moved else None


CONTRACTION = Dimension(
    name="contractions",
    values={"use": (True, False)},
    measure=_contracted,
    wanted=_contractions_wanted,
    describe=lambda wish: "Use contractions." if wish["use"] else "Do not use contractions.",
    act=lambda text, wish: replaced(text, _EXPANSIONS if wish["use"] else CONTRACTIONS),
)
