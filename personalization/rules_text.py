"""Where the sentences of a text are, what lies between them, and which words of two texts correspond. Knows no rule."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from personalization.edit_cost import TOKEN
from personalization.prose import EMOJI, MARKER, lines, sentences

# What may follow the sign that ends a sentence and still belongs to it.
_TAIL = rf"[\"'”’)*_]*(?:\s*{MARKER.pattern})*(?:\s*{EMOJI.pattern})*"
_STOP = re.compile(rf"(?P<sign>[.!?…]+|[\ue800-\uefff])?(?P<tail>{_TAIL})$")
BLOCK = re.compile("[\ue000-\ue7ff]")


@dataclass(frozen=True)
class Unit:
    """One sentence, list item or heading: its place in the text, without the blanks and list signs around it."""

    start: int
    end: int
    item: bool


def units(text: str) -> list[Unit]:
    """All sentences of a text in order; blocks belong to the gaps."""
    return list(_units(text))


@lru_cache(1024)
def _units(text: str) -> tuple[Unit, ...]:
    # Replay asks for the same text again and again.
    found, start = list[Unit](), 0
    for line in lines(text):
        at = start + len(line.lead)
        if line.kind not in ("blank", "block"):
            for sentence in sentences(line.body):
                at = text.index(sentence, at) + len(sentence)
                if found and not re.search(r"\w|[\ue000-\uf7ff]", sentence) and "\n" not in text[found[-1].end : at]:
                    # Signs alone, such as an emoji after the last stop, are no sentence.
                    found[-1] = Unit(found[-1].start, at, found[-1].item)
                else:
                    found.append(Unit(at - len(sentence), at, line.kind == "item"))
        start += len(line.text) + 1
    return tuple(found)


def stop_of(sentence: str) -> tuple[str, str, str]:
    """A sentence as its words, the sign that ends it (may be empty), and what follows that sign."""
    end = _STOP.search(sentence)
    assert end is not None, "the pattern matches the empty end of every text"
    return sentence[: end.start()], end["sign"] or "", end["tail"]


def ends(sentence: str) -> bool:
    return bool(stop_of(sentence)[1])


def apart(text: str, found: Sequence[Unit], at: int) -> bool:
    """A line that is no sentence: a heading, a greeting, a name under a letter."""
    unit = found[at]
    alone = not text[: unit.start].rpartition("\n")[2].strip(" \t#")
    rest = text[unit.end :]
    return (
        len(found) > 1
        and not unit.item
        and alone
        and (not rest or rest.startswith("\n"))
        and not ends(text[unit.start : unit.end])
    )


def body(text: str) -> list[Unit]:
    """The sentences without headings, greetings and names under a letter; all where nothing else is left."""
    found = units(text)
    return [unit for at, unit in enumerate(found) if not apart(text, found, at)] or found


def capitalised(text: str) -> str:
    """The first letter as a capital, where the text begins with a word."""
    return re.sub(r"^\W*\w", lambda match: match[0][:-1] + match[0][-1].upper(), text, count=1)


def lowered(sentence: str, text: str) -> str:
    """A sentence that goes on where another has begun: its first letter is small, unless it begins with a name."""
    first = re.match(r"\W*(\w+(?:['’]\w+)?)(?:\s+(\w))?", sentence)
    if first is None or first[1] == "I" or first[1].startswith("I'") or (first[1].isupper() and len(first[1]) > 1):
        return sentence
    named = (first[2] or "").isupper() or re.search(rf"[\w,;] {re.escape(first[1])}\b", text)
    at = first.start(1)
    return sentence if named else sentence[:at] + sentence[at].lower() + sentence[at + 1 :]


@dataclass(frozen=True)
class Token:
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Hunk:
    """Tokens `before[a:b]` that became `after[c:d]`; one of the two may be empty."""

    a: int
    b: int
    c: int
    d: int


@dataclass(frozen=True)
class Pair:
    """A text and what became of it, with the tokens that correspond whatever their case."""

    before: str
    after: str

    @cached_property
    def old(self) -> list[Token]:
        return list(_tokens(self.before))

    @cached_property
    def new(self) -> list[Token]:
        return list(_tokens(self.after))

    @cached_property
    def units(self) -> list[Unit]:
        return units(self.before)

    @cached_property
    def _matcher(self) -> "SequenceMatcher[str]":
        old, new = ([token.text.casefold() for token in side] for side in (self.old, self.new))
        return SequenceMatcher(None, old, new, autojunk=False)

    @cached_property
    def matches(self) -> dict[int, int]:
        """From the tokens of the text to those of the edited one."""
        return {
            block.a + step: block.b + step
            for block in self._matcher.get_matching_blocks()
            for step in range(block.size)
        }

    @cached_property
    def hunks(self) -> list[Hunk]:
        return [Hunk(*places) for tag, *places in self._matcher.get_opcodes() if tag != "equal"]

    def between(self, hunk: Hunk) -> tuple[str, str]:
        """What stands in both texts between the corresponding tokens around a hunk, blanks included."""
        return (
            _between(self.before, self.old, hunk.a, hunk.b),
            _between(self.after, self.new, hunk.c, hunk.d),
        )

    def lowers(self, unit: Unit) -> bool:
        """Whether a sentence that began with a capital is still there with a small letter."""
        first, last = self.tokens_of(unit)
        if first not in self.matches or first == last:
            return False
        return self.old[first].text[:1].isupper() and self.new[self.matches[first]].text[:1].islower()

    def tokens_of(self, unit: Unit) -> tuple[int, int]:
        """The range of tokens of the text that lie in a unit."""
        first = bisect_left(self._starts, unit.start)
        last = bisect_right(self._ends, unit.end)
        return (first, last) if first < last else (0, 0)

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.old]

    @cached_property
    def _ends(self) -> list[int]:
        return [token.end for token in self.old]


def _between(text: str, found: list[Token], first: int, last: int) -> str:
    start = found[first - 1].end if first else 0
    return text[start : found[last].start if last < len(found) else len(text)]


def _tokens(text: str) -> Iterator[Token]:
    # Stripped as the cost counts: blank lines around a text are no token.
    lead = len(text) - len(text.lstrip())
    for match in TOKEN.finditer(text.strip()):
        yield Token(match[0], match.start() + lead, match.end() + lead)
