"""What changed between two texts, word by word, readable to a person; knows nothing of why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein

from personalization.lexicon import STOP_WORDS

Change = Literal["same", "removed", "added"]

# The tokens of edit_cost with the blanks before them, so that the spans give both texts exactly; a citation marker is
# one token, because half a marker means nothing.
_TOKEN = re.compile(r"([^\S\n]*)(\[\d+\]|\w+(?:[-'’]\w+)*|[^\w\s]|\n+|\Z)")
# A word that stands alone between two changed words is there by chance, and confetti is hard to read.
_CHANCE = re.compile(r"[^\S\n]*(?:[-,'’/]|\w+)?[^\S\n]*")
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Span:
    """A stretch of text with one fate. Same and removed spans give the text before, same and added the one after."""

    change: Change
    text: str


def difference(before: str, after: str) -> list[Span]:
    """The spans of a minimal edit of words, in order; where both stand, removed precedes added; none is empty."""
    regions = [["", ""]]  # the changed texts (removed, added), and between them what stayed
    kept: list[str] = []
    for same, removed, added in _steps(before, after):
        if same:
            if any(regions[-1]) or not kept:
                kept.append(same)
                regions.append(["", ""])
            else:
                kept[-1] += same
        regions[-1][0] += removed
        regions[-1][1] += added
    return _spans(*_without_confetti(regions, kept))


def _steps(before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """(same, removed, added) texts in order; blanks before equal words may differ."""
    old: list[tuple[str, str]] = _TOKEN.findall(before)
    new: list[tuple[str, str]] = _TOKEN.findall(after)
    number = {word: place for place, word in enumerate(dict.fromkeys(word for _, word in (*old, *new)))}
    # By number: the library takes a text of the sign 0 for the empty one.
    alike = Levenshtein.opcodes([number[word] for _, word in old], [number[word] for _, word in new])
    for step in alike:
        if step.tag != "equal":
            yield "", _joined(old[step.src_start : step.src_end]), _joined(new[step.dest_start : step.dest_end])
            continue
        pairs = zip(old[step.src_start : step.src_end], new[step.dest_start : step.dest_end], strict=True)
        for (blank, word), (other, _) in pairs:
            if blank == other:
                yield blank + word, "", ""
            else:
                yield "", blank, other
                yield word, "", ""


def _joined(tokens: list[tuple[str, str]]) -> str:
    return "".join(blank + word for blank, word in tokens)


def _without_confetti(regions: list[list[str]], kept: list[str]) -> tuple[list[list[str]], list[str]]:
    merged, between = [list(regions[0])], list[str]()
    for same, region in zip(kept, regions[1:], strict=True):
        if _by_chance(same) and _WORD.search("".join(merged[-1])) and _WORD.search("".join(region)):
            merged[-1] = [old + same + new for old, new in zip(merged[-1], region, strict=True)]
        else:
            between.append(same)
            merged.append(list(region))
    return merged, between


def _by_chance(same: str) -> bool:
    word = same.strip()
    return bool(_CHANCE.fullmatch(same)) and (len(word) <= 1 or word.lower() in STOP_WORDS)


def _spans(regions: list[list[str]], kept: list[str]) -> list[Span]:
    spans = []
    for (removed, added), same in zip(regions, [*kept, ""], strict=True):
        spans += [Span("removed", removed), Span("added", added), Span("same", same)]
    return [span for span in spans if span.text]
