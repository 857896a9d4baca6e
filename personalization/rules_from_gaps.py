"""Rules that an edit shows between sentences: what came before, between, after them, which went, in which order.

A gap is what the edited text has between two sentences of the draft that are still there. Knows no other edit.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from personalization.prose import MARKER
from personalization.rules import Rule
from personalization.rules_from_frames import from_frames, from_places
from personalization.rules_layout import ORDERS
from personalization.rules_text import Pair, Unit, ends, stop_of, units

_KEPT = 0.5  # share of a sentence's tokens that must be found again
_LEAD = re.compile(r"(?s)(.*\n)?([^\w\n]*|[^\w\n]*\{n\}[^\w\n]*)$")


def from_gaps(pair: Pair) -> Iterator[Rule]:
    """All rules that the gaps of this edit suggest, likely and unlikely ones."""
    kept = _kept(pair)
    if not kept:
        return
    gaps = _gaps(pair, kept)
    was = [pair.before[one.end : other.start] for one, other in pairwise(kept)]
    affixes: list[tuple[str, str, str]] = []
    for separator, prefix, suffix in _layouts(gaps, was):
        affixes.append((separator, prefix, suffix))
        first = not prefix or _templated(gaps[0], 1).endswith(prefix)
        last = bool(suffix) and gaps[-1].strip(" ").startswith(suffix.strip(" "))
        given = {"separator": separator, "prefix": prefix, "suffix": suffix, "first": first, "last": last}
        small = re.search(r"\w\W*$", prefix) and any(map(pair.lowers, kept))
        yield Rule("layout", given | {"lower": True} if small else given)
    yield from _groups(gaps)
    if any("\n" in gap for gap in was) and not any("\n" in gap for gap in gaps[1:-1]):
        yield Rule("paragraph", {})
    yield from from_frames(pair, kept, gaps, affixes)
    yield from from_places(pair, kept, gaps, affixes)
    yield from _joins(pair, kept, gaps)


def _kept(pair: Pair) -> list[Unit]:
    """The sentences that are still there, in the order of both texts."""
    found = []
    for unit in pair.units:
        first, last = pair.tokens_of(unit)
        there = sum(at in pair.matches for at in range(first, last))
        if last > first and there >= _KEPT * (last - first):
            found.append(unit)
    return found


def _gaps(pair: Pair, kept: Sequence[Unit]) -> list[str]:
    """What stands before, between and after the kept sentences in the edited text: one more than there are."""
    gaps, end = [], 0
    for unit in kept:
        first, last = pair.tokens_of(unit)
        there = [at for at in range(first, last) if at in pair.matches]
        start = pair.matches[there[0]]
        gap = pair.after[end : pair.new[start].start]
        for _ in range(there[0] - first):  # words that took the place of the sentence's first ones are no gap
            if "\n" not in re.sub(r".*(?=\n)", "", gap, flags=re.DOTALL).strip("\n") and re.search(r"\w\W*$", gap):
                gap = re.sub(r"[^\W\n]\w*[^\w\n]*$", "", gap)
        gaps.append(gap)
        end = pair.new[pair.matches[there[-1]]].end
        sign = re.match(r"[.!?…]+", pair.after[end:])
        if sign and there[-1] < last:  # another sign in place of the sentence's own
            end += sign.end()
    return [*gaps, pair.after[end:]]


def _templated(gap: str, number: int) -> str:
    return re.sub(rf"(?<!\d){number}(?!\d)", "{n}", gap)


def _layouts(gaps: Sequence[str], was: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Separator, prefix and suffix that most gaps between sentences have in common."""
    # A citation that was added is not ours to repeat.
    inner = [_templated(MARKER.sub("", gap), at) for at, gap in enumerate(gaps[1:-1], 2)]
    if not inner:
        lead = re.search(r"(?:^|\n)([^\w\s]+[ \t]|1[.)] )$", gaps[0])
        if lead:
            yield "\n", _templated(lead[1], 1), ""
        return
    for gap, count in Counter(inner).most_common(2):
        if count * 2 < len(inner) or all(gap == other for other in was):
            continue
        if re.search(r"\w", gap.replace("{n}", "")) and "\n" not in gap and count == 1:
            continue  # one word at one place: that is no layout
        yield from _parts(gap, gaps)


def _parts(gap: str, gaps: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    if not gap.strip():
        yield ("\n\n" if gap.count("\n") > 1 else "\n" if "\n" in gap else " "), "", ""
    elif "\n" in gap:
        suffix, breaks, prefix = re.split(r"(\n+)", gap, maxsplit=1)
        if "\n" not in prefix:
            yield breaks, prefix, suffix.rstrip()
    elif gap.startswith(" ") and not gaps[-1].strip().startswith(gap.strip()):
        yield " ", gap[1:], ""
    else:
        yield " ", "", gap.rstrip()


def _groups(gaps: Sequence[str]) -> Iterator[Rule]:
    """Paragraphs of so many sentences."""
    broken = [at for at, gap in enumerate(gaps[1:-1], 1) if "\n" in gap and not gap.strip()]
    if broken and broken == list(range(broken[0], len(gaps) - 1, broken[0])):
        yield Rule("groups", {"size": broken[0], "separator": gaps[broken[0]]})


def _joins(pair: Pair, kept: Sequence[Unit], gaps: Sequence[str]) -> Iterator[Rule]:
    """Two sentences that became one, by a word or a weaker sign."""
    for unit, gap in zip(kept, gaps[1:-1], strict=False):
        sign = stop_of(pair.before[unit.start : unit.end])[1]
        by_word = re.search(r"\w", gap) is not None and not re.search(r"[.!?\n]", gap)
        if sign and (by_word or gap.strip(" ") in (";", ",", ":", "—", "–", "-", "/")):
            yield Rule("join", {"sign": sign, "with": gap})


def from_sentences(pair: Pair) -> Iterator[Rule]:
    """Sentences left out, put in another order or ended by other signs."""
    kept, found = _kept(pair), pair.units
    gone = [unit for unit in found if unit not in kept]
    if kept and gone:
        for side, part in (("start", found[: len(kept)]), ("end", found[-len(kept) :])):
            # Whoever takes out one sentence at the beginning does not want the beginning of every answer to go.
            if part == kept and (side == "start" or 2 * len(kept) <= len(found)):
                yield Rule("length", {"unit": "sentences", "count": len(kept), "from": side})
        said = " ".join(pair.before[unit.start : unit.end] for unit in kept)
        yield Rule("length", {"unit": "words", "count": len(re.findall(r"\w+", said)), "from": "start"})
        for sign in ("?", "!", "(", ":", "…"):
            if sign not in said and all(sign in pair.before[unit.start : unit.end] for unit in gone):
                yield Rule("without", {"holding": sign})
    for name in ORDERS:
        yield Rule("order", {"order": name})
    yield from _endings(pair, kept)


def _endings(pair: Pair, kept: Sequence[Unit]) -> Iterator[Rule]:
    seen = set()
    for unit in kept:
        first, last = pair.tokens_of(unit)
        sign = stop_of(pair.before[unit.start : unit.end])[1]
        words = [at for at in range(first, last) if at in pair.matches and pair.old[at].text[0].isalnum()]
        if words:
            end = pair.new[pair.matches[words[-1]]].end
            match = re.match(r"[\])\"'”’]*(?:\s*\[\d+\])*([.!?…]*)", pair.after[end:])
            now = match[1] if match else ""
            if now != sign and words[-1] >= last - 4:
                seen.add((sign, now))
    for sign, now in sorted(seen):
        for of in ("all", "last", "lines"):
            yield Rule("ending", {"old": sign, "new": now, "of": of})


def from_lines(pair: Pair) -> Iterator[Rule]:
    """Breaks inside sentences: how long the longest line is."""
    rows = [line for line in pair.after.split("\n") if line.strip()]
    if len(rows) < 3 or len(rows) <= pair.before.count("\n") + 2:
        return
    if sum(ends(row) for row in rows) * 2 > len(rows):
        return  # lines of whole sentences are a layout
    yield Rule("lines", {"unit": "words", "size": max(len(row.split()) for row in rows)})
    yield Rule("lines", {"unit": "letters", "size": max(map(len, rows))})
    for size in {len(row.split()) for row in rows}:
        yield Rule("lines", {"unit": "words", "size": size})


def reordered(pair: Pair) -> bool:
    """Whether sentences that are still there stand in another order."""
    after = [pair.after[unit.start : unit.end].casefold() for unit in units(pair.after)]
    places = [
        after.index(said) for unit in pair.units if (said := pair.before[unit.start : unit.end].casefold()) in after
    ]
    return places != sorted(places)
