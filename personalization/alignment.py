"""Which words of two texts' claims are unaccounted for: taken back, or made anew; knows nothing of spans."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from personalization.claims import Claim, Sentence
from personalization.lexicon import LIMITS, is_past_of, listed
from personalization.swaps import Agreed, Word, matched, never

# A phrase that begins so may stand first or last without a change of meaning.
_FRONTED = listed("""
    in on at after before during since until by from according with under for as when if because although despite
    im am nach vor seit bei während laut
""")
_QUESTION = listed("""
    what why when where who how about much many long which was warum wann wo wer wie viel viele
""")
_PAST = listed("was were had did war waren hatte hatten")
# What may be left out of a sentence that otherwise stays: an aside says something of its own.
_ASIDE = re.compile(r"(?<!\s)\s*+\([^()]*\)|,\s+(?:which|who|whose|where)\s[^,.;]*(?:,|(?=[.;]|$))")


@dataclass(frozen=True)
class Context:
    """What an edit may add without claiming anything: sentences of the passages, and known framing, in plain words.
    `agreed` says of which words that they say the same."""

    passages: tuple[tuple[str, ...], ...] = ()
    framing: Collection[tuple[str, ...]] = ()
    agreed: Agreed = never


@dataclass(frozen=True)
class Unaccounted:
    """The claims that one text has and the other lacks; `dropped` are the sentences that were left out whole."""

    removed: tuple[Claim, ...]
    added: tuple[Claim, ...]
    dropped: tuple[Sentence, ...] = ()


def unaccounted(old: Sequence[Sentence], new: Sequence[Sentence], context: Context) -> Unaccounted:
    """Sentences that stand in both texts are paired first, wherever they are; the rest is aligned word by word."""
    before, after = _unpaired(old, new)
    stayed = [sentence.words for sentence in old if sentence not in before]
    before = [sentence for sentence in before if not _claims_nothing(sentence, new)]
    after = [s for s in after if not _claims_nothing(s, old) and not _repeats(s, stayed, context)]
    removed, added = _without_tense(*_misaligned(before, after, context.agreed), before, after)
    gone, made = set(removed), set(added)
    dropped = tuple(sentence for sentence in before if sentence.claims and gone.issuperset(sentence.claims))
    if (
        dropped == tuple(before)
        and after
        and made.issuperset(claim for s in after for claim in s.claims)
        and len(before) == len(after)
    ):
        dropped = ()  # one sentence for another is a claim replaced, not a text made shorter
    free = {claim for sentence in dropped for claim in sentence.claims} | _asides(before, gone)
    return Unaccounted(tuple(claim for claim in removed if claim not in free), tuple(added), dropped)


def _unpaired(old: Sequence[Sentence], new: Sequence[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    twins: dict[tuple[str, ...], list[Sentence]] = {}
    for sentence in new:
        twins.setdefault(tuple(sorted(sentence.words)), []).append(sentence)
    before, paired = [], set()
    for sentence in filter(lambda one: one.claims, old):
        alike = twins.get(tuple(sorted(sentence.words)), [])
        same = [one for one in alike if one.words == sentence.words] or [
            one for one in alike if _is_fronted(sentence, one)
        ]
        if same:
            alike.remove(same[0])
            paired.add(same[0].start)
        else:
            before.append(sentence)
    return before, [sentence for sentence in new if sentence.claims and sentence.start not in paired]


def _is_fronted(old: Sentence, new: Sentence) -> bool:
    """Whether one, of the same words, is the other with its first phrase last."""
    ours, theirs = ([word for word in s.words if word[0] != "["] for s in (old, new))
    first = {sentence.text.split()[0].lower().strip("*_-") for sentence in (old, new)}
    return bool(first & _FRONTED) and any(ours[at:] + ours[:at] == theirs for at in range(1, len(ours)))


def _claims_nothing(sentence: Sentence, other: Sequence[Sentence]) -> bool:
    """Whether it is a question about what the other text speaks of, or a heading that names it."""
    asks = sentence.text.rstrip("*_ ").endswith("?")
    if not asks and (not sentence.heading or len(sentence.words) > 2):
        return sentence.heading and any(_is_part(sentence.words, whole.words) for whole in other)
    known = {word for s in other for word in s.words} | (_QUESTION if asks else frozenset())
    return all(word in known or any(is_past_of(past, word) for past in known) for word in sentence.words)


def _repeats(sentence: Sentence, stayed: Sequence[tuple[str, ...]], context: Context) -> bool:
    return sentence.words in context.framing or any(
        _is_part(sentence.words, whole) for whole in (*stayed, *context.passages)
    )


def _is_part(words: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether the words stand in the whole in their order, and no negation or limit was left out."""
    rest = iter(whole)
    return all(word in rest for word in words) and LIMITS.intersection(whole) <= set(words)


def _misaligned(
    before: Sequence[Sentence], after: Sequence[Sentence], agreed: Agreed
) -> tuple[list[Claim], list[Claim]]:
    removed: list[Claim] = []
    added: list[Claim] = []
    for old, new in _rows(before, after):
        same = matched(old, new, agreed)
        removed += [claim for claim, _ in old if claim not in same]
        added += [claim for claim, _ in new if claim not in same]
    return removed, added


def _rows(before: Sequence[Sentence], after: Sequence[Sentence]) -> Iterator[tuple[list[Word], list[Word]]]:
    """What stands between the words that both texts have in order."""
    old = [(claim, sentence) for sentence in before for claim in sentence.claims]
    new = [(claim, sentence) for sentence in after for claim in sentence.claims]
    gone, made = list[Word](), list[Word]()
    for step in Indel.opcodes([claim.word for claim, _ in old], [claim.word for claim, _ in new]):
        if step.tag != "equal":
            gone += old[step.src_start : step.src_end]
            made += new[step.dest_start : step.dest_end]
            continue
        yield gone, made
        gone, made = [], []
    yield gone, made


def _without_tense(
    removed: list[Claim], added: list[Claim], before: Sequence[Sentence], after: Sequence[Sentence]
) -> tuple[list[Claim], list[Claim]]:
    """Verbs that all went from present to past or back are told otherwise, not otherwise claimed; one alone is not.

    Only where the sentences are as many as before and every one moved: a single "was" for "is" is a claim."""
    olds, news = ([c for c in side if c.word not in _PAST] for side in (removed, added))
    if len(olds) != len(news) or len(before) != len(after) or len(before) < 2:
        return removed, added
    pairs = [(old.word, new.word) for old, new in zip(olds, news, strict=True)]
    one_way = all(is_past_of(new, old) for old, new in pairs) or all(is_past_of(old, new) for old, new in pairs)
    if not one_way or (any(c.word in _PAST for c in removed) and any(c.word in _PAST for c in added)):
        return removed, added
    moved = {c for c in (*removed, *added)}
    untouched = [
        s
        for pair in zip(before, after, strict=True)
        for s in (pair,)
        if not any(moved.intersection(t.claims) for t in s)
    ]
    return (removed, added) if untouched else ([], [])


def _asides(before: Sequence[Sentence], gone: set[Claim]) -> set[Claim]:
    free: set[Claim] = set()
    for sentence in before:
        for aside in _ASIDE.finditer(sentence.text):
            start, end = sentence.start + aside.start(), sentence.start + aside.end()
            inside = {claim for claim in sentence.claims if start <= claim.start < end}
            limited = LIMITS.intersection(claim.word for claim in inside)
            if inside <= gone and not limited and not (gone & set(sentence.claims)) - inside:
                free |= inside
    return free
