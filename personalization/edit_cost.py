"""What an edit costs: the word-level Levenshtein distance between a draft and what a person made of it."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

# Words with their apostrophes and hyphens, single signs, and line breaks: breaking a line is an edit too.
TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]|\n+")


@dataclass(frozen=True)
class EditCost:
    """Insertions, deletions and substitutions of tokens, one each; `normalised` is over the longer text, in [0, 1]."""

    raw: int
    normalised: float


def tokens(text: str) -> list[str]:
    """Words, signs and line breaks in order; several breaks in a row are one token, other blanks are none."""
    return TOKEN.findall(text.strip())


def edit_cost(draft: str, edited: str) -> EditCost:
    """Levenshtein distance over tokens (PRELUDE), and over max(len) as PROSE normalises it."""
    before, after = tokens(draft), tokens(edited)
    raw = Levenshtein.distance(before, after)
    longest = max(len(before), len(after))
    return EditCost(raw, raw / longest if longest else 0.0)
