"""Which words say the same and which the opposite, in all their forms; knows no sentence and no sense."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from personalization.lexicon import IRREGULAR, LIMITS, listed, pairs

Relation = Literal["same", "opposite"]

_LIST = Path(__file__).with_name("synonyms.txt")
# A minute is a moment, but three minutes are not three seconds; and who writes two for a couple gives a number.
_MEASURES = listed("""
    second minute moment hour day week month year decade century inch foot mile metre meter gram pound ounce ton
    degree couple pair dozen score once twice half quarter morning noon evening night
""")
_ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"))
_NOT = re.compile(r"un|in|im|il|ir|dis|non-?|mis")
_PLURALS = pairs("""
children=child; men=man; women=woman; feet=foot; teeth=tooth; mice=mouse; lives=life; wives=wife; knives=knife;
leaves=leaf; halves=half; shelves=shelf; people=person
""")
_PARTICIPLES = pairs("""
gone=go; taken=take; given=give; come=come; known=know; seen=see; begun=begin; written=write; fallen=fall; risen=rise;
sunk=sink; grown=grow; spoken=speak; worn=wear; broken=break; chosen=choose; drawn=draw; driven=drive; eaten=eat;
flown=fly; thrown=throw; shrunk=shrink; shown=show; torn=tear; tore=tear; hidden=hide; hid=hide; shut=shut; set=set;
cut=cut; put=put; let=let
""")
_PASTS = {past: [verb for verb, other in IRREGULAR.items() if other == past] for past in IRREGULAR.values()}


def relation(one: str, other: str) -> Relation | None:
    """What two words or short phrases, in small letters, are to each other in some sense; None: nothing is known."""
    if one == other:
        return "same"
    ours, theirs = _lemmas(one), _lemmas(other)
    same, opposite = _lists()
    pairs = [(form, lemma, also, like) for form, lemma in ours for also, like in theirs]
    if any((a, b) in opposite or _negates(a, b) or _negates(b, a) for _, a, _, b in pairs):
        return "opposite"
    if any(_excluded(text) for text in (one, other)):
        return None
    # "repaired" and "fix" say the same at different times
    alike = any(form == also and not same.get(a, _NONE).isdisjoint(same.get(b, _NONE)) for form, a, also, b in pairs)
    return "same" if alike else None


def _excluded(text: str) -> bool:
    said = set(re.split("[ _]", text))
    return bool((said | {word.removesuffix("s") for word in said}) & (_MEASURES | LIMITS))


def _negates(one: str, other: str) -> bool:
    begin = _NOT.match(one)
    return begin is not None and len(other) > 3 and one[begin.end() :] == other


def _lemmas(text: str) -> set[tuple[str, str]]:
    """(form, lemma), where the form says number or time: of a phrase that of its first word."""
    first, _, rest = "_".join(text.split()).partition("_")
    tail = f"_{rest}" if rest else ""
    return {(form, lemma + tail) for form, lemma in _forms(first)}


@cache
def _forms(word: str) -> frozenset[tuple[str, str]]:
    return frozenset(_found(word))


def _found(word: str) -> Iterator[tuple[str, str]]:
    yield "", word
    if word in _PLURALS:
        yield "s", _PLURALS[word]
    for lemma in {*_PASTS.get(word, ()), _PARTICIPLES.get(word, word)} - {word}:
        yield "ed", lemma
    if _PARTICIPLES.get(word) == word:
        yield "ed", word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word.removesuffix(ending) + instead
            form = "s" if ending.endswith("s") else "ing" if ending == "ing" else "ed"
            yield form, stem
            if stem[-1:] == stem[-2:-1] and not instead:
                yield form, stem[:-1]


_NONE = frozenset[int]()


@cache
def _lists() -> tuple[dict[str, frozenset[int]], frozenset[tuple[str, str]]]:
    """Word -> the lines it stands in, and the pairs of opposites both ways round."""
    lines = [line for line in _LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    end = lines.index("---")
    places: dict[str, set[int]] = {}
    for number, line in enumerate(lines[:end]):
        for word in line.split():
            places.setdefault(word, set()).add(number)
    pairs = [line.split() for line in lines[end + 1 :]]
    opposite = frozenset((a, b) for pair in pairs for a, b in (pair, pair[::-1]))
    return {word: frozenset(found) for word, found in places.items()}, opposite
