"""Lines, sentences and span edits of a plain or Markdown text: the ruler of the simulated user. Knows no style."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

EMOJI = "\U0001f300-\U0001faff\u2600-\u27bf"
_TRAILER = rf"(?:[ \t]?\[\d+\])*(?:[ \t]?[{EMOJI}]\ufe0f?)*"
# A terminator ends a sentence unless a small letter follows, as after "p.m." or "e.g.", or it belongs to "Dr.".
ENDING = re.compile(rf"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSt)[.!?…]+[\"'”’)\]*]*{_TRAILER}(?=\s+[^\sa-z]|\s*$)")
MARKER = re.compile(r"(?:(?:#{1,6}|[-*•]|\d+[.)]|\[[ x]\])[ \t]+)+(?=\S)")


@dataclass(frozen=True)
class Span:
    """Characters start..end of a text."""

    start: int
    end: int


@dataclass(frozen=True)
class SpanEdit:
    """Characters start..end become `text`; an insertion has start == end."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Line:
    """A line that is not blank, without the blanks around it. `body` is where its marker (bullet, number, #) ends."""

    start: int
    body: int
    end: int


def patch(text: str, edits: Iterable[SpanEdit]) -> str:
    """`text` after edits that do not overlap; insertions at one place keep their order."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise ValueError(f"edits overlap at character {edit.start}: {edit}")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def lines(text: str) -> list[Line]:
    found = []
    for match in re.finditer(r"[^\n]+", text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        if start < end:
            marker = MARKER.match(text, start, end)
            found.append(Line(start, marker.end() if marker else start, end))
    return found


def is_title(text: str, line: Line) -> bool:
    """A Markdown heading, or a line in capitals that no full stop ends."""
    if text[line.start : line.body].startswith("#"):
        return True
    said = text[line.body : line.end]
    capitals = re.search(r"[A-Z]", said) and not re.search(r"[a-z]", said)
    return bool(line.body == line.start and capitals and not re.search(r"[.!?…\]]$", said))


def stands_apart(text: str, line: Line) -> bool:
    """Titles, hashtags, salutations and the like: what demands on sentences do not concern."""
    said = text[line.start : line.end]
    salutation = line.body == line.start and said.endswith(",") and len(said.split()) <= 4
    return salutation or said.startswith("#") or is_title(text, line)


def sentences_of(text: str, line: Line) -> list[Span]:
    """The sentences of one line, its marker left out."""
    found, start = [], line.body
    for match in ENDING.finditer(text, line.body, line.end):
        found.append(Span(start, match.end()))
        start = match.end() + len(text[match.end() : line.end]) - len(text[match.end() : line.end].lstrip())
    return [*found, Span(start, line.end)] if start < line.end else found


def sentences(text: str) -> list[Span]:
    """All sentences in order; what stands apart holds none."""
    return [span for line in lines(text) if not stands_apart(text, line) for span in sentences_of(text, line)]


def ending(text: str, sentence: Span) -> Span:
    """The full stop or other terminators of a sentence, citations and emoji after it included; empty if it has none."""
    matches = list(ENDING.finditer(text, sentence.start, sentence.end))
    closes = bool(matches) and matches[-1].end() == sentence.end
    return Span(matches[-1].start(), sentence.end) if closes else Span(sentence.end, sentence.end)


def words(text: str) -> list[str]:
    """What blanks separate."""
    return text.split()


def plain(text: str) -> str:
    """Letters and digits in small, blanks between: for asking whether something is said."""
    said = " ".join(re.findall(r"[^\W_]+", text.casefold()))
    return f" {said} "


def says(text: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand together in `text`, whatever their case and punctuation."""
    return plain(phrase) in plain(text)


def capital(text: str, at: int) -> SpanEdit | None:
    """The edit that gives the letter at `at` a capital, if it is a small one."""
    return SpanEdit(at, at + 1, text[at].upper()) if "a" <= text[at : at + 1] <= "z" else None


def lowered(text: str, at: int) -> str:
    """The letter at `at` as it stands inside a sentence: small, unless its word is I or in capitals."""
    first, second = text[at : at + 1], text[at + 1 : at + 2]
    inside = "a" <= second <= "z" or (first == "A" and second == " ")
    return first.lower() if "A" <= first <= "Z" and inside else first


def removals(text: str, gone: Iterable[Span]) -> Iterator[SpanEdit]:
    """Take sentences out, with their line and its marker where nothing else is on it."""
    leaving = set(gone)
    for line in lines(text):
        inside = sentences_of(text, line)
        if inside and leaving.issuperset(inside):
            end = line.end + len(text[line.end :]) - len(text[line.end :].lstrip())
            yield SpanEdit(line.start, end, "")
            continue
        for span in (span for span in inside if span in leaving):
            following = next((other.start for other in inside if other.start > span.start), line.end)
            yield SpanEdit(span.start, following, "")
