"""What a head must beat: saying what most turns are, and looking for words. Learns nothing."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evaluation.signals_dialogues import Rated
from personalization.signals import Side

# As somebody would list complaints and thanks without having seen any data.
_WORDS = {
    "dissatisfied": (
        r"^no\b|^nope\b|\b(?:wrong|incorrect|mistake|error|bad|terrible|awful|useless|unhelpful|not helpful|stupid|hate"
        r"|don't like|didn't like|not what|not right|not good|doesn't work|disappointed|disappointing|annoying"
        r"|frustrated|frustrating|confused|confusing|boring|worst|worse|unfortunately|try again|never mind|forget it"
        r"|instead)\b"
    ),
    "satisfied": (
        r"\b(?:thanks?|thank you|great|perfect|good|nice|awesome|excellent|wonderful|amazing|helpful|love|like|cool|yes"
        r"|sounds good|fantastic|brilliant|appreciate|exactly|correct)\b"
    ),
}
_PATTERNS = {side: re.compile(words) for side, words in _WORDS.items()}

Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]


def keyword(rated: Sequence[Rated]) -> tuple[dict[Side, Flags], Scores]:
    """Who is said to be satisfied or dissatisfied, and a score of dissatisfaction: complaints less praises. A message
    with both is dissatisfied: complaints are often wrapped in thanks."""
    texts = [" ".join(one.utterance.text.lower().replace("’", "'").split()) for one in rated]
    found = {side: np.array([len(pattern.findall(text)) for text in texts]) for side, pattern in _PATTERNS.items()}
    complains, praises = found["dissatisfied"] > 0, found["satisfied"] > 0
    said: dict[Side, Flags] = {"dissatisfied": complains, "satisfied": praises & ~complains}
    return said, (found["dissatisfied"] - found["satisfied"]).astype(np.float64)


def majority(rated: Sequence[Rated]) -> tuple[dict[Side, Flags], Scores]:
    """Everybody is what most are, side by side: knowing that much of a set is what it takes to be right most often."""
    said: dict[Side, Flags] = {}
    sides: tuple[Side, ...] = ("satisfied", "dissatisfied")
    for side in sides:
        most = sum(one.side == side for one in rated) * 2 > len(rated)
        said[side] = np.full(len(rated), most)
    return said, np.zeros(len(rated))
