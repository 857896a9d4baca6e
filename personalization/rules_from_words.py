"""Rules that an edit shows inside sentences: words for words, word endings, figures, signs around words, capitals.

Everything comes from the alignment of both texts; no word is known beforehand. Knows no other edit.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from personalization.prose import MARKER
from personalization.rules import Rule
from personalization.rules_classes import CLASSES, DROPPABLE, STARTS
from personalization.rules_text import Hunk, Pair
from personalization.rules_words import CASES

_LONGEST = 5  # tokens of a phrase that is replaced
_ENDING = 5  # letters of a word's ending
_FIGURE = 3  # tokens of a figure such as 1,000
_STOPS = tuple(".!?…")  # they stand in figures and abbreviations too: a rule for the ends of sentences changes them
_MARKUP = set("*_`~#")  # signs that dress words: they are put around them by a rule of their own


def from_words(pair: Pair) -> Iterator[Rule]:
    """All rules that the changed words of this edit suggest, likely and unlikely ones."""
    swaps: list[tuple[str, str]] = []
    for rule in _swapped(pair, swaps):
        if not _MARKUP & (set(str(rule.given["new"])) - set(str(rule.given["old"]))):
            yield rule
    yield from _endings(swaps)
    yield from _figures(pair)
    yield from _classes(pair, swaps)
    yield from _wraps(pair)
    yield from _cases(pair)


def _swapped(pair: Pair, swaps: list[tuple[str, str]]) -> Iterator[Rule]:
    for hunk in pair.hunks:
        if hunk.b - hunk.a > _LONGEST or hunk.d - hunk.c > 2 * _LONGEST:
            continue
        old, new = pair.between(hunk)
        if "\n" in new and "\n" not in old and hunk.b > hunk.a:
            yield from _parted(pair, hunk)
        if "\n" in old or "\n" in new:
            continue
        if hunk.b == hunk.a:
            yield from _attached(pair, hunk)
        else:
            old, new = _without_common_blanks(old, new)
            swaps.append((old, new))
            if old.strip() not in _STOPS:
                yield Rule("replace", {"old": old, "new": new})
            if not re.search(r"\w", old):
                yield from _parted(pair, hunk)
            yield from _singly(pair, hunk)


def _without_common_blanks(old: str, new: str) -> tuple[str, str]:
    """Blanks belong to the phrase where they change with it, as around a dash that becomes a comma."""
    if old[:1] == new[:1] == " ":
        old, new = old[1:], new[1:]
    if old[-1:] == new[-1:] == " ":
        old, new = old[:-1], new[:-1]
    if not new.strip():
        return old.strip(), ""
    return old, new


def _attached(pair: Pair, hunk: Hunk) -> Iterator[Rule]:
    """Words put in inside a sentence hang on the word before or after them."""
    if any(hunk.a in pair.tokens_of(unit) for unit in pair.units):
        return  # between sentences: that is a gap
    for first, last in ((hunk.a - 1, hunk.a), (hunk.a, hunk.a + 1)):
        if first >= 0 and last <= len(pair.old):
            shift = (first - hunk.a, last - hunk.a)
            around = Hunk(first, last, hunk.c + min(shift[0], 0), hunk.d + max(shift[1], 0))
            old, new = (side.strip(" ") for side in pair.between(around))
            if old and "\n" not in old + new and re.search(r"\w", old + new):
                yield Rule("replace", {"old": old, "new": new})


def _parted(pair: Pair, hunk: Hunk) -> Iterator[Rule]:
    """A sentence that was cut in two, whatever the layout put between: at these signs before this word."""
    if hunk.b < len(pair.old) and not any(token.text[0].isalnum() for token in pair.old[hunk.a : hunk.b]):
        old, new = pair.between(Hunk(hunk.a, hunk.b + 1, hunk.c, hunk.d + 1))
        new = re.sub(r"\n+(?:[^\w\n]+|\d+[.)] +)*", " ", new)
        yield Rule("replace", {"old": old.strip(), "new": new.strip()})


def _singly(pair: Pair, hunk: Hunk) -> Iterator[Rule]:
    """Word by word, where as many words came as went."""
    size = hunk.b - hunk.a
    if size > 1 and size == hunk.d - hunk.c:
        for step in range(size):
            yield Rule("replace", {"old": pair.old[hunk.a + step].text, "new": pair.new[hunk.c + step].text})
    if size > 1 and hunk.d == hunk.c:
        for step in range(size):
            yield Rule("replace", {"old": pair.old[hunk.a + step].text, "new": ""})


def _endings(swaps: list[tuple[str, str]]) -> Iterator[Rule]:
    """One ending for another, where two different words show it."""
    stems: dict[tuple[str, str], set[str]] = {}
    for old, new in ((one.casefold(), other.casefold()) for one, other in swaps):
        same = next((at for at, letters in enumerate(zip(old, new, strict=False)) if len(set(letters)) > 1), len(new))
        for cut in range(max(1, same - 2), same + 1):
            if old[cut:] and " " not in old and len(old) - cut <= _ENDING and new[:cut] == old[:cut]:
                stems.setdefault((old[cut:], new[cut:]), set()).add(old[:cut])
    for (old, new), words in stems.items():
        if len(words) > 1 or not old[0].isalpha() or "'" in old or "’" in old:
            yield Rule("affix", {"old": old, "new": new})


def _figures(pair: Pair) -> Iterator[Rule]:
    """Figures whose value stays while the signs around them change."""
    merged = [Hunk(one.a, other.b, one.c, other.d) for one, other in pairwise(pair.hunks) if other.a - one.b <= _FIGURE]
    for hunk in (*pair.hunks, *merged):
        for left, right in ((0, 0), (1, 0), (0, 1), (1, 1)):
            wide = Hunk(hunk.a - left, hunk.b + right, hunk.c - left, hunk.d + right)
            if min(wide.a, wide.c) < 0 or wide.b > len(pair.old) or wide.d > len(pair.new) or wide.b - wide.a > 6:
                continue
            old, new = (side.strip() for side in pair.between(wide))
            values = list(dict.fromkeys(re.findall(r"\d+", old)))
            if not values or "\n" in old + new or "[" in old + new or "{" in old + new:
                continue
            if sorted(re.findall(r"\d+", new)) == sorted(values) and old != new:
                yield Rule("pattern", {"old": _slots(old, values), "new": _slots(new, values)})


def _slots(text: str, values: list[str]) -> str:
    return re.sub(r"\d+", lambda match: f"{{{values.index(match[0])}}}", text)


def _classes(pair: Pair, swaps: list[tuple[str, str]]) -> Iterator[Rule]:
    gone = [pair.between(hunk)[0] for hunk in pair.hunks if hunk.b > hunk.a and hunk.c == hunk.d]
    for name in DROPPABLE:
        wanted = CLASSES[name][0]
        if any(wanted.search(f"so, {words.strip()}") for words in [*gone, *(old for old, _ in swaps)]):
            yield Rule("drop", {"of": name})


def _wraps(pair: Pair) -> Iterator[Rule]:
    """Signs that came directly before and after something that stayed."""
    found: Counter[tuple[str, str]] = Counter()
    words = Counter[tuple[str, str, str]]()
    for match in re.finditer(r"(?<![\w])([^\w\s]{1,3})(\w[^\n]*?\w|\w)([^\w\s]{1,3})(?!\w)", pair.after):
        before, inner, after = match.groups()
        if MARKER.match(pair.after, match.start(1)):
            continue
        after = after[: len(before)]
        if (
            f"{before}{inner}" not in pair.before
            and inner in pair.before
            and f"{before}{inner}{after}" not in pair.before
        ):
            found[before, after] += 1
            words[inner, before, after] += 1
    for (before, after), _ in found.most_common(2):
        for of in (*CLASSES, *STARTS, "line starts", "first sentence"):
            yield Rule("wrap", {"of": of, "before": before, "after": after})
    for inner, before, after in words:
        if len(inner.split()) <= 3:
            yield Rule("wrap", {"of": inner, "before": before, "after": after})


def _cases(pair: Pair) -> Iterator[Rule]:
    both = [(pair.old[old].text, pair.new[new].text) for old, new in pair.matches.items()]
    changed = [(old, new) for old, new in both if old != new]
    if not changed:
        return
    for word in dict.fromkeys(new for _, new in changed):
        if re.search(rf"[\w,;] {re.escape(word)}(?!\w)", pair.after):  # first in its sentence any word has a capital
            yield Rule("spell", {"word": word})
    made = [name for name, shape in CASES.items() if any(shape(old) == new for old, new in changed)]
    for of in ("text", "first sentence", "last sentence", "starts", *STARTS, *CLASSES):
        for name in made:
            if (of, name) == ("starts", "lower") and not re.search(r"(?:^|\n|[.!?]\s)[^\w\n]*[a-z]", pair.after):
                continue  # small only after words that were put before them
            yield Rule("case", {"of": of, "case": name})
