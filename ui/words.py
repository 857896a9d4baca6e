"""The words of a search in a text, to highlight them. Knows no document."""

import re


def spans_of_words(text: str, sought: str) -> list[tuple[int, int]]:
    """Where words of `text` begin as those of `sought` do, whatever their case; of single letters nothing is marked."""
    words = [word for word in re.findall(r"\w+", sought) if len(word) > 1]
    if not words:
        return []
    beginnings = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return [match.span() for match in re.finditer(rf"\b(?:{beginnings})\w*", text, re.IGNORECASE)][:20]
