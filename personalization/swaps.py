"""Words that one text has in place of another's: which may say the same, and which do where they stand.

The lists say that two words can mean one thing; the encoder, whether they do in this sentence. Similarity alone is no
judge: it takes opposites, and brothers of one kind, for the same as often as synonyms.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from personalization.claims import Claim, Sentence
from personalization.lexicon import LIMITS, listed
from personalization.ports import ContextEncoder
from personalization.prose import MARKER, words
from personalization.synonyms import relation

SAME_SENSE = 0.8  # cosine of a sentence with itself after an exchange, from which listed words mean the same in it
_OTHER_CLAIM = 0.85  # below it, an exchange of other words makes certainly another claim
_LONGEST = 3  # claims of a phrase
_MOST = 10  # claims in a row that are compared one with the other
_PARTICLE = re.compile(r"\s+(?:in|on|of|to|at|out|off|up|down|away|over|back)(?!\w)")
_FIGURES = listed("""
    one two three four five six seven eight nine ten eleven twelve hundred thousand million first second third once
    twice
""")

Word = tuple[Claim, Sentence]


@dataclass(frozen=True)
class Swap:
    """`new` for `old`, in small letters, and a sentence without and with that alone."""

    old: str
    new: str
    before: str
    after: str


Agreed = Callable[[Swap], bool]


def never(swap: Swap) -> bool:  # noqa: ARG001 (the signature of Agreed)
    """Nobody was asked: other words are another claim."""
    return False


def matched(old: Sequence[Word], new: Sequence[Word], agreed: Agreed) -> set[Claim]:
    """The claims of two rows that stand for each other in order, as many as may be, where `agreed` says so."""
    if not old or not new or max(len(old), len(new)) > _MOST:
        return set()

    @cache
    def best(a: int, b: int) -> frozenset[Claim]:
        if a == len(old) or b == len(new):
            return frozenset()
        found = [best(a + 1, b), best(a, b + 1)]
        for i, j in product(range(1, _LONGEST + 1), repeat=2):
            ours, theirs = old[a : a + i], new[b : b + j]
            if len(ours) == i and len(theirs) == j and any(map(agreed, _swaps(ours, theirs))):
                found.append(best(a + i, b + j) | {claim for claim, _ in (*ours, *theirs)})
        return max(found, key=len)

    return set(best(0, 0))


def _swaps(old: Sequence[Word], new: Sequence[Word]) -> list[Swap]:
    sentence = old[0][1]
    if any(where != row[0][1] for row in (old, new) for _, where in row):
        return []
    start, text = old[0][0].start - sentence.start, sentence.text
    return [
        Swap(one.lower(), other.lower(), text, text[:start] + other + text[start + len(one) :])
        for one, other in product(_readings(old), _readings(new))
        if relation(one.lower(), other.lower()) == "same"
    ]


def _readings(row: Sequence[Word]) -> list[str]:
    """The row as it is written, and with a small word behind it that may be part of it; none where it is a name."""
    sentence = row[0][1]
    start, end = row[0][0].start - sentence.start, row[-1][0].end - sentence.start
    said = sentence.text[start:end]
    first = not re.search(r"\w", sentence.text[:start])
    if (said[:1].lower() + said[1:] if first else said) != said.lower():
        return []
    after = _PARTICLE.match(sentence.text, end)
    return [said, *([said + after[0]] if after else [])]


async def agreement(encoder: ContextEncoder, swaps: Collection[Swap]) -> Agreed:
    """Says of these exchanges whether they keep the sense of their sentences."""
    likeness = await _likeness(encoder, swaps)
    return lambda swap: likeness.get(swap, 0.0) >= SAME_SENSE


async def certain(encoder: ContextEncoder, swaps: Sequence[Swap]) -> list[bool]:
    """Whether each exchange, of words that are taken to claim something else, certainly does. It may be an unknown
    synonym: then nothing is learned from it, and nobody is blamed."""
    likeness = await _likeness(encoder, [swap for swap in swaps if not is_another(swap.old, swap.new)])
    return [likeness.get(swap, 0.0) < _OTHER_CLAIM for swap in swaps]


async def _likeness(encoder: ContextEncoder, swaps: Collection[Swap]) -> dict[Swap, float]:
    texts = list(dict.fromkeys(text for swap in swaps for text in (swap.before, swap.after)))
    if not texts:
        return {}
    vectors = dict(zip(texts, await encoder.encode_passages(texts), strict=True))
    return {swap: float(vectors[swap.before] @ vectors[swap.after]) for swap in swaps}


def is_another(removed: str, added: str) -> bool:
    """Whether figures, names, citations, negations or limits differ, or a word became its opposite."""
    if any(_particulars(removed) ^ _particulars(added)):
        return True
    old, new = ([word.lower() for word in words(text)] for text in (removed, added))
    return any(relation(one, other) == "opposite" for one in set(old) - set(new) for other in set(new) - set(old))


def _particulars(text: str) -> set[str]:
    found = words(text)
    names = {word for word in found[1:] if word[:1].isupper()} | {w for w in found if w[1:] != w[1:].lower()}
    small = {word.lower() for word in found}
    return {*re.findall(r"\d+", text), *MARKER.findall(text), *names, *(small & (LIMITS | _FIGURES))}
