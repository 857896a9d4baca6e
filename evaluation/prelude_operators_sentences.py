"""Style operators on sentences: how many, how long, in what order, what each carries. They know nothing of layout."""

import re
from collections.abc import Iterator, Sequence

from evaluation.prelude_text import (
    EMOJI,
    Span,
    SpanEdit,
    ending,
    lines,
    lowered,
    removals,
    says,
    sentences,
    words,
)

_UNIT = re.compile(rf"\S+(?:[ \t]+(?:\[\d+\]|[{EMOJI}])\S*)*")
_BREAKS = re.compile(r"(?:and|but|because|which|while|so|where|although|when)\b", re.IGNORECASE)
_HEDGES = ("perhaps", "maybe", "possibly", "probably", "it seems", "I think", "might", "may")
_CITATION = re.compile(r"[ \t]?\[(\d+)\]")


def emoji_per_sentence(text: str, emoji: Sequence[str] = ("✨",)) -> Iterator[SpanEdit]:
    """Every sentence ends with an emoji; the given ones take turns."""
    for turn, sentence in enumerate(sentences(text)):
        if not re.search(rf"[{EMOJI}]\ufe0f?$", text[sentence.start : sentence.end]):
            yield SpanEdit(sentence.end, sentence.end, f" {emoji[turn % len(emoji)]}")


def hedge_sentences(text: str, hedge: str = "Perhaps") -> Iterator[SpanEdit]:
    """Every sentence says how unsure it is."""
    for sentence in sentences(text):
        if not any(says(text[sentence.start : sentence.end], sign) for sign in (*_HEDGES, hedge)):
            yield _before(text, sentence, f"{hedge} ")


def signposts(text: str, signs: Sequence[str] = ("First", "Then", "Finally")) -> Iterator[SpanEdit]:
    """The first sentences begin with these words, one each."""
    for sign, sentence in zip(signs, sentences(text), strict=False):
        if not text.startswith(f"{sign},", sentence.start):
            yield _before(text, sentence, f"{sign}, ")


def max_words_a_sentence(text: str, count: int = 12) -> Iterator[SpanEdit]:
    """No sentence has more words; a longer one is cut, before a conjunction or after a comma if there is one."""
    for sentence in sentences(text):
        units = list(_UNIT.finditer(text, sentence.start, sentence.end))
        while len(units) > count:
            taken = _cut(units, count)
            last, following = units[taken - 1], units[taken]
            unpunctuated = re.sub(r"[,;:–—-]+$", "", last[0])
            stop = "" if re.search(r"[.!?…][\"'”’)\]*]*$", unpunctuated) else "."
            if stop or unpunctuated != last[0]:
                yield SpanEdit(last.start() + len(unpunctuated), last.end(), stop)
            if "a" <= following[0][0] <= "z":
                yield SpanEdit(following.start(), following.start() + 1, following[0][0].upper())
            units = units[taken:]


def max_words(text: str, count: int = 40, keep_last: int = 0) -> Iterator[SpanEdit]:
    """At most so many words: whole sentences go, the last ones first but for `keep_last`; then words of the first."""
    found = sentences(text)
    kept = _open_to_cuts(found, keep_last)
    length = sum(len(_words(text, one)) for one in found)
    gone: list[Span] = []
    while length > count and len(kept) > 1:
        gone.append(kept.pop())
        length -= len(_words(text, gone[-1]))
    yield from removals(text, gone)
    if length > count and kept:
        first = list(re.finditer(r"\S+", text[kept[0].start : kept[0].end]))
        room = max(1, len(first) - (length - count))
        end = kept[0].start + first[room - 1].end()
        if room < len(first):
            bare = len(re.sub(r"[,;:]+$", "", text[kept[0].start : end]))
            yield SpanEdit(kept[0].start + bare, kept[0].end, ".")


def max_sentences(text: str, count: int = 3, keep_last: int = 0) -> Iterator[SpanEdit]:
    """At most so many sentences; the last ones go first, but for `keep_last`."""
    found = sentences(text)
    kept = _open_to_cuts(found, keep_last)
    surplus = max(0, len(found) - max(count, keep_last + 1))
    yield from removals(text, kept[len(kept) - surplus :] if surplus else [])


def figures_first(text: str) -> Iterator[SpanEdit]:
    """The first sentence has a figure in it if any has: the first such sentence moves to the front."""
    found = sentences(text)
    with_figures = [one for one in found if re.search(r"\d", _CITATION.sub("", text[one.start : one.end]))]
    if with_figures and with_figures[0] != found[0]:
        moved = with_figures[0]
        yield SpanEdit(found[0].start, found[0].start, f"{text[moved.start : moved.end]} ")
        yield from removals(text, [moved])


def cite_every_sentence(text: str, marker: str = "[1]") -> Iterator[SpanEdit]:
    """Every sentence carries a citation."""
    for sentence in sentences(text):
        if not re.search(r"\[\d+\]", text[sentence.start : sentence.end]):
            stop = ending(text, sentence)
            signs = re.match(r"[.!?…]+[\"'”’)\]*]*", text[stop.start : stop.end])
            at = stop.start + (len(signs[0]) if signs else 0)
            yield SpanEdit(at, at, f" {marker}")


def citations_last(text: str, label: str = "Sources:") -> Iterator[SpanEdit]:
    """Citations are taken out of the sentences and listed on a last line."""
    listing = next((line for line in lines(text) if text.startswith(label, line.start)), None)
    listed = text[listing.start : listing.end] if listing else ""
    outside = [
        match
        for match in _CITATION.finditer(text)
        if listing is None or not listing.start <= match.start() < listing.end
    ]
    yield from (SpanEdit(match.start(), match.end(), "") for match in outside)
    missing = [f"[{number}]" for number in dict.fromkeys(match[1] for match in outside) if f"[{number}]" not in listed]
    if missing:
        at = listing.end if listing else len(text)
        yield SpanEdit(at, at, " ".join(["" if listing else f"\n{label}", *missing]))


def _open_to_cuts(found: Sequence[Span], keep_last: int) -> list[Span]:
    return list(found[: max(1, len(found) - keep_last)])


def _words(text: str, span: Span) -> list[str]:
    return words(text[span.start : span.end])


def _before(text: str, sentence: Span, prefix: str) -> SpanEdit:
    return SpanEdit(sentence.start, sentence.start + 1, prefix + lowered(text, sentence.start))


def _cut(units: Sequence[re.Match[str]], count: int) -> int:
    """How many of the units the first part takes: count // 2 to count, ending as late as a natural break allows."""
    for taken in range(count, max(1, count // 2) - 1, -1):
        if _BREAKS.match(units[taken][0]) or units[taken - 1][0].endswith((",", ";", ":")):
            return taken
    return count
