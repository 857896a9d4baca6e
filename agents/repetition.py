"""Finds the place where a small model begins to say the same thing again and again. Pure."""

import re

_WINDOW = 8  # words
_TIMES = 3
_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*(?=\s)")


def loop_start(text: str) -> int | None:
    """Where the second of three or more equal runs of eight words begins; None if nothing loops."""
    found = list(_WORD.finditer(text))
    spoken = [match.group() for match in found]
    places: dict[tuple[str, ...], list[int]] = {}
    for first in range(len(spoken) - _WINDOW + 1):
        seen = places.setdefault(tuple(spoken[first : first + _WINDOW]), [])
        seen.append(first)
        if len(seen) == _TIMES:
            return found[seen[1]].start()
    return None


def without_loop(text: str) -> str:
    """The text up to where it begins to loop, without the sentence that the loop cuts in two."""
    start = loop_start(text)
    if start is None:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[:start])]
    return text[: ends[-1]] if ends else text[:start]
