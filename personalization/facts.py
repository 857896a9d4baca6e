"""Whether an edit changes what is claimed or only how it is said, change by change; knows no preferences."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from personalization.alignment import Context, Unaccounted, unaccounted
from personalization.claims import Claim, Sentence, read, spoken
from personalization.diff import Span, difference
from personalization.lexicon import PERSONS, is_german, listed
from personalization.prose import words
from personalization.swaps import Agreed, Swap, never

# Words without a claim of their own that make one when they stand for each other: "in the box", "on the box".
_PLACES = listed("in on at to of as im am an auf zu")
_OTHERS = listed("it they them their its sie es")


@dataclass(frozen=True)
class FactChange:
    """A claim that was taken back, made, or (both) replaced, in the words of the sentences it stands in."""

    removed: str
    added: str


@dataclass(frozen=True)
class Split:
    """An edit in two: the draft with only its changes of style, and its changes of fact.

    `is_fact[i]` belongs to the i-th span of `difference(draft, edited)`."""

    style_only: str
    facts: tuple[FactChange, ...]
    is_fact: tuple[bool, ...]


@dataclass(frozen=True)
class _Side:
    """A stretch of one text, and whether it may be taken for style."""

    text: str
    start: int
    is_fact: bool


def split(
    draft: str, edited: str, passages: Sequence[str] = (), framing: Collection[str] = (), agreed: Agreed = never
) -> Split:
    """Tell the changes of one edit apart; what cannot be told is a fact.

    Sentences added from `passages` claim nothing new, and neither do those of `framing`, which the person is known to
    put around any text. `agreed` is asked whether words that may say the same do."""
    context = Context(
        tuple(sentence.words for passage in passages for sentence in read(passage)),
        {sentence.words for text in framing for sentence in read(text)},
        agreed,
    )
    found = _split(draft, edited, context)
    # what was taken for style must be no fact when it stands alone either
    if found.facts and any(_split(draft, found.style_only, context).is_fact):
        return Split(draft, found.facts, tuple(span.change != "same" for span in difference(draft, edited)))
    return found


def swaps(draft: str, edited: str, passages: Sequence[str] = (), framing: Collection[str] = ()) -> list[Swap]:
    """What `split` would ask about an edit."""
    asked = dict[Swap, None]()

    def note(swap: Swap) -> bool:
        asked[swap] = None
        return True  # so that what hangs on it is asked too

    split(draft, edited, passages, framing, note)
    return list(asked)


def _split(draft: str, edited: str, context: Context) -> Split:
    german = is_german(f"{draft} {edited}")
    old, new = read(draft, german), read(edited, german)
    open_ = unaccounted(old, new, context)
    spans = difference(draft, edited)
    torn = _torn(old, _regions(spans), open_)
    style, is_fact, facts = "", [], dict[FactChange, None]()
    seen: set[Claim] = set()
    at_old = at_new = 0
    for removed, added, same in _regions(spans):
        gone = _pieces(draft, at_old, at_old + len(removed), old, open_.removed)
        made = _pieces(edited, at_new, at_new + len(added), new, open_.added)
        seen.update(
            _inside(open_.removed, at_old, at_old + len(removed)), _inside(open_.added, at_new, at_new + len(added))
        )
        is_torn = bool(_touched(torn, at_old, len(removed))) and spoken(removed, german) != spoken(added, german)
        replaced = removed and added and (any(piece.is_fact for piece in gone + made) or _stands_for(removed, added))
        if replaced or is_torn:
            # of a sentence that claims something else now, the small words belong to what it claims
            gone, made = ([_Side(text, at, True)] * bool(text) for text, at in ((removed, at_old), (added, at_new)))
        style += "".join(piece.text for piece in gone if piece.is_fact)
        style += "".join(piece.text for piece in made if not piece.is_fact) + same
        for side in (gone, made):
            if side:
                is_fact.append(any(piece.is_fact for piece in side))
        if any(piece.is_fact for piece in gone + made):
            change = FactChange(_around(old, at_old, len(removed)), _around(new, at_new, len(added)))
            facts[change] = None
        if same:
            is_fact.append(False)
        at_old, at_new = at_old + len(removed + same), at_new + len(added + same)
    if seen != {*open_.removed, *open_.added}:
        # a claim that changed between the changes: which of them did it cannot be told
        return Split(draft, (FactChange(draft, edited),), tuple(span.change != "same" for span in spans))
    return Split(style, tuple(facts), tuple(is_fact))


def _torn(old: Sequence[Sentence], regions: Sequence[tuple[str, str, str]], open_: Unaccounted) -> list[Sentence]:
    """The sentences that are still there and claim something else now."""
    found = [one for one in old if one.claims and _inside(open_.removed, one.start, one.end)]
    at_old = at_new = 0
    for removed, added, same in regions:
        if _inside(open_.added, at_new, at_new + len(added)):
            found += _touched(old, at_old, len(removed))
        at_old, at_new = at_old + len(removed + same), at_new + len(added + same)
    return found


def _touched(sentences: Sequence[Sentence], start: int, length: int) -> list[Sentence]:
    """Those that a stretch changes inside; what is put before or after one does not."""
    return [one for one in sentences if (one.start < start + length and start < one.end) or one.start < start < one.end]


def _regions(spans: Sequence[Span]) -> list[tuple[str, str, str]]:
    """(removed, added, the same after them), in order."""
    found = [["", "", ""]]
    for span in spans:
        if span.change != "same" and found[-1][2]:
            found.append(["", "", ""])
        found[-1][("removed", "added", "same").index(span.change)] += span.text
    return [(removed, added, same) for removed, added, same in found]


def _pieces(text: str, start: int, end: int, within: Sequence[Sentence], open_: Sequence[Claim]) -> list[_Side]:
    """The stretch cut at the ends of sentences."""
    ends = [sentence.end for sentence in within if start < sentence.end < end]
    cuts = pairwise([start, *ends, end])
    return [_Side(text[a:b], a, bool(_inside(open_, a, b))) for a, b in cuts if a < b]


def _inside(claims: Sequence[Claim], start: int, end: int) -> list[Claim]:
    return [claim for claim in claims if claim.start < end and claim.end > start]


def _around(sentences: Sequence[Sentence], start: int, length: int) -> str:
    return " ".join(one.text for one in _touched(sentences, start, length))


def _stands_for(removed: str, added: str) -> bool:
    """Whether a place or a person was put for another."""
    old, new = ({word.lower() for word in words(text)} for text in (removed, added))
    places = old & _PLACES and new & _PLACES and old & _PLACES != new & _PLACES
    persons = any(one & PERSONS and other & _OTHERS and not one & _OTHERS for one, other in ((old, new), (new, old)))
    return bool(places) or persons
