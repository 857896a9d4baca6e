"""The anatomy of an answer: lines, sentences, citation markers, and what must never be rewritten; knows no style."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from personalization.lexicon import listed

# Texts are hostile: possessive quantifiers and guards before them keep every pattern linear.
MARKER = re.compile(r"\[\d++(?:\s*+[,;]\s*+\d++)*+\]")
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]"
    "[\ufe0f\u200d\U0001f3fb-\U0001f3ff\U0001f300-\U0001faff]*+"
)
WORD = re.compile(r"\w+(?:[-'’]\w+)*")

# Code, addresses and quotations: one private sign stands for each while a text is rewritten. Three ranges, because a
# rewriter must see whether it stands for whole lines, for the end of a sentence, or for a few words.
_BLOCK, _ENDING, _INLINE = 0xE000, 0xE800, 0xF000
_ROOM = 0x800
_SIGNS = re.compile("[\ue000-\uf7ff]")
_PROTECTED = re.compile(
    r"(?P<block>^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?![ \t]*(?P=fence))[^\n]*)*(?:\n[ \t]*(?P=fence)[^\n]*)?"
    r"|^[ \t]*>[^\n]*|^[ \t]*\|[^\n]*)"
    r"|`[^`\n]+`|(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\w)\"[^\"\n]+\"|“[^“”\n]+”|„[^„“”\n]+[“”]|«[^«»\n]+»|»[^«»\n]+«",
    re.MULTILINE,
)
_PERHAPS_PROTECTED = re.compile('[`~>|@"“„«»]|https?://|www')  # most texts hold nothing of all that

_ITEM = re.compile(r"([ \t]*)([-*+•–·▪‣◦]|\d{1,3}[.)])[ \t]+(?=\S)")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+(?=\S)")
_ABBREVIATIONS = listed("""
    dr mr mrs ms prof st vs etc e.g i.e cf fig no vol approx inc ltd jr sr gen col ca z.b d.h u.a bzw usw nr hr fr
    str evtl ggf inkl jan feb aug sept oct nov dec
""")
_MONTHS = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
_DATE = re.compile(rf"\s*\d{{1,2}}\.\s+{_MONTHS}", re.IGNORECASE)
# Closing signs, markers and emoji after the stop belong to the sentence that ends.
_SENTENCE_END = re.compile(
    rf"(?:(?<![.!?…])[.!?…]++|[\ue800-\uefff])[\"'”’)*_]*+(?:[ \t]*+{MARKER.pattern}[.!?]?)*+"
    rf"(?:[ \t]*+{EMOJI.pattern})*+[ \t]++(?=\S)"
)

Kind = Literal["blank", "heading", "item", "block", "prose"]


@dataclass(frozen=True)
class Line:
    """One line: `lead` is its indentation with the sign of a list or heading, `body` what it says."""

    kind: Kind
    lead: str
    body: str

    @property
    def text(self) -> str:
        return self.lead + self.body


def lines(text: str) -> list[Line]:
    """The lines of a text whose protected parts are hidden."""
    return [_line(line) for line in text.split("\n")]


def _line(line: str) -> Line:
    if not line.strip():
        return Line("blank", "", line)
    if "\ue000" <= line.strip()[0] < "\ue800":
        return Line("block", "", line)
    if heading := _HEADING.match(line):
        return Line("heading", heading[0], line[heading.end() :])
    if (item := _ITEM.match(line)) and not _DATE.match(line):
        return Line("item", item[0], line[item.end() :])
    return Line("prose", "", line)


def sentences(body: str) -> list[str]:
    """The sentences of one line without the blanks between them."""
    found, start = [], 0
    for end in _SENTENCE_END.finditer(body):
        if _ends(body[max(start, end.start() - 40) : end.start()], end[0], body[end.end() :]):
            found.append(body[start : end.end()].strip())
            start = end.end()
    rest = body[start:].strip()
    return [*found, rest] if rest else found


def _ends(before: str, stop: str, after: str) -> bool:
    if not stop.startswith(".") or stop.startswith(".."):
        return True
    word = before.rsplit(maxsplit=1)[-1].strip("(\"'") if before.strip() else ""
    last = word.lower()
    initial = len(word) == 1 and (word.isupper() or re.match(r"\w\.", after))  # J. Smith, z. B.
    if last in _ABBREVIATIONS or initial or ("." in last and after[0].islower()):
        return False
    return not (last.isdigit() and len(last) <= 2 and (after[0].islower() or re.match(_MONTHS, after.lower())))


def all_sentences(text: str) -> list[str]:
    """The sentences and list items of a whole text, headings and code apart."""
    return list(_all_sentences(text))


@lru_cache(256)
def _all_sentences(text: str) -> tuple[str, ...]:
    # Every dimension asks for the sentences of the same two texts.
    hidden = Hidden.of(text)
    parts = [part for line in lines(hidden.text) if line.kind in ("prose", "item") for part in sentences(line.body)]
    return tuple(hidden.reveal(part) for part in parts)


def markers(text: str) -> list[str]:
    return MARKER.findall(text)


def words(text: str) -> list[str]:
    """The words of a text, markers apart."""
    return WORD.findall(MARKER.sub(" ", text))


@dataclass(frozen=True)
class Hidden:
    """A text with one private sign for each protected part."""

    text: str
    parts: dict[str, str]

    @staticmethod
    def of(text: str) -> "Hidden":
        """Where there are more protected parts than signs, or signs of its own, the whole text is one of them."""
        if not _PERHAPS_PROTECTED.search(text) and not _SIGNS.search(text):
            return Hidden(text, {})
        if _SIGNS.search(text) or sum(1 for _ in _PROTECTED.finditer(text)) > _ROOM:
            return Hidden(chr(_BLOCK), {chr(_BLOCK): text})
        parts: dict[str, str] = {}

        def hide(match: re.Match[str]) -> str:
            closes = match[0][-1] in '"”“«»' and match[0][-2] in ".!?…"
            sign = chr((_BLOCK if match["block"] else _ENDING if closes else _INLINE) + len(parts))
            parts[sign] = match[0]
            return sign

        return Hidden(_PROTECTED.sub(hide, text), parts)

    def reveal(self, text: str) -> str:
        return _SIGNS.sub(lambda sign: self.parts[sign[0]], text)


def protected(text: str) -> list[tuple[int, int]]:
    """Where code, addresses and quotations stand, as [start, end), in order."""
    return [match.span() for match in _PROTECTED.finditer(text)] if _PERHAPS_PROTECTED.search(text) else []


def protected_parts(text: str) -> Counter[str]:
    """What is protected, and how often each of it stands in the text."""
    return Counter(text[start:end].strip() for start, end in protected(text))


def outside(text: str, change: Callable[[str], str]) -> str:
    """`change` done to the text while its protected parts are hidden."""
    hidden = Hidden.of(text)
    return hidden.reveal(change(hidden.text))


def settle(text: str, change: Callable[[str], str]) -> str:
    """`change` done until nothing moves; the text as it was if it never rests, loses or gains a marker, or is emptied.

    This makes any change idempotent: what comes back is a fixed point of it, or was refused and will be again."""
    result = text
    for _ in range(4):
        before, result = result, change(result)
        if result == before:
            harmless = set(markers(result)) == set(markers(text)) and (result.strip() or not text.strip())
            return result if harmless else text
    return text


def each_sentence(text: str, change: Callable[[str], str]) -> str:
    """`change` done to every sentence outside headings and blocks of a hidden text."""
    return "\n".join(_rewritten(lines(text), change))


def _rewritten(parts: list[Line], change: Callable[[str], str]) -> Iterator[str]:
    for line in parts:
        if line.kind in ("prose", "item"):
            blank = line.body[: len(line.body) - len(line.body.lstrip())]
            yield line.lead + blank + " ".join(filter(None, map(change, sentences(line.body))))
        else:
            yield line.text
