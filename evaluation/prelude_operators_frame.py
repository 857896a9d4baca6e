"""Style operators on how a text opens and closes, and on what it mentions. They know nothing of the words between."""

import re
from collections.abc import Iterator, Sequence

from evaluation.prelude_text import (
    EMOJI,
    Line,
    SpanEdit,
    capital,
    ending,
    is_title,
    lines,
    says,
    sentences,
    stands_apart,
    words,
)

_EARLY = 3  # a text may open with a greeting, a title and a question: each is looked for in so many lines
_LATE = 4
_GREETING = re.compile(r"(?:Dear|Hello|Hi|Hey|Good (?:morning|day|evening))\b.{0,60}[,!:]\Z", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"(?:(?:best|kind|warm)(?: regards| wishes)?|regards|sincerely|yours.{0,20}|cheers|many thanks),\Z", re.IGNORECASE
)


def opening(text: str, phrase: str, own_line: bool = False) -> Iterator[SpanEdit]:
    """One of the first lines begins with this phrase."""
    if not any(says(f"{_head(text, line, phrase)}", phrase) for line in lines(text)[:_EARLY]):
        yield from _lead(text, phrase, own_line)


def greeting(text: str, phrase: str) -> Iterator[SpanEdit]:
    """The letter begins with this greeting; another one is replaced."""
    found = lines(text)[:_EARLY]
    if any(says(_head(text, line, phrase), phrase) for line in found):
        return
    other = next((line for line in found if _GREETING.match(text, line.start, line.end)), None)
    yield from [SpanEdit(other.start, other.end, phrase)] if other else _lead(text, phrase, own_line=True)


def sign_off(text: str, phrase: str) -> Iterator[SpanEdit]:
    """The letter ends with this formula; another one is replaced."""
    found = lines(text)[-_LATE:]
    if says(text[found[0].start :] if found else "", phrase):
        return
    other = next((line for line in found if _SIGN_OFF.match(text, line.start, line.end)), None)
    yield from [SpanEdit(other.start, other.end, phrase)] if other else _add(text, phrase, own_line=True)


def closing(text: str, phrase: str, own_line: bool = False) -> Iterator[SpanEdit]:
    """The last lines say this phrase."""
    found = lines(text)[-_LATE:]
    if not says(text[found[0].start :] if found else "", phrase):
        yield from _add(text, phrase, own_line)


def mention(text: str, phrase: str) -> Iterator[SpanEdit]:
    """The text says this somewhere; if not, it is added at the end."""
    if not says(text, phrase):
        yield from _add(text, phrase, own_line=False)


def example(text: str, phrase: str = "For example, imagine it at home.") -> Iterator[SpanEdit]:
    """There is an example."""
    if not any(says(text, sign) for sign in ("for example", "for instance", "such as")):
        yield from _add(text, phrase, own_line=False)


def question_opening(text: str, question: str) -> Iterator[SpanEdit]:
    """The first sentence is a question."""
    found = sentences(text)
    if not found or "?" not in text[ending(text, found[0]).start : found[0].end]:
        yield from _lead(text, question, own_line=True)


def question_closing(text: str, question: str) -> Iterator[SpanEdit]:
    """One of the last two sentences is a question to the reader."""
    found = sentences(text)[-2:]
    if not any("?" in text[ending(text, one).start : one.end] for one in found):
        yield from _add(text, question, own_line=False)


def tldr_first(text: str, label: str = "TL;DR:") -> Iterator[SpanEdit]:
    """The first sentence stands alone on its line, under this label."""
    found = sentences(text)
    if not found or any(text[line.body : line.end].startswith(label) for line in lines(text)):
        return
    first = found[0]
    yield SpanEdit(first.start, first.start, f"{label} ")
    blank = re.compile(r"[ \t]+(?=\S)").match(text, first.end)
    if blank:
        yield SpanEdit(blank.start(), blank.end(), "\n")


def headline(text: str, count: int = 5) -> Iterator[SpanEdit]:
    """A line in capitals comes first, made of the first words of the first sentence."""
    if not any(is_title(text, line) for line in lines(text)[:1]):
        begins = next((one.start for one in sentences(text)), 0)
        said = [word.upper() for word in re.findall(r"[A-Za-z0-9]+", text[begins:])[:count]]
        title = " ".join(said) if any(re.search("[A-Z]", word) for word in said) else "IN SHORT"
        yield from _lead(text, title, own_line=True)


def heading(text: str, title: str) -> Iterator[SpanEdit]:
    """A Markdown heading comes first."""
    if not any(text[line.start : line.body].startswith("#") for line in lines(text)[:1]):
        yield from _lead(text, f"# {title}", own_line=True)


def hashtags(text: str, tags: Sequence[str]) -> Iterator[SpanEdit]:
    """These hashtags stand in the text; those that are missing come at the end."""
    missing = [f"#{tag}" for tag in tags if not re.search(rf"#{re.escape(tag)}\b", text)]
    if missing:
        yield from _add(text, " ".join(missing), own_line=True)


def post_scriptum(text: str, phrase: str) -> Iterator[SpanEdit]:
    """There is a P.S."""
    if not any(text[line.body : line.end].startswith("P.S.") for line in lines(text)):
        yield from _add(text, f"P.S. {phrase}", own_line=True)


def cliffhanger(text: str) -> Iterator[SpanEdit]:
    """The last sentence that is no question trails off in dots."""
    for sentence in reversed(sentences(text)):
        stop = ending(text, sentence)
        signs = re.match(r"[.!?…]*", text[stop.start : stop.end])
        assert signs is not None, "a pattern of any length matches"
        if "?" in signs[0]:
            continue
        if not signs[0].startswith(("...", "…")):
            yield SpanEdit(stop.start, stop.start + len(signs[0]), "...")
        return


def pros_and_cons(text: str) -> Iterator[SpanEdit]:
    """A line of pros and, from the last sentence on, a line of cons."""
    found = sentences(text)
    bodies = [text[line.body : line.end] for line in lines(text)]
    if found and not any(body.startswith("Pros:") for body in bodies):
        yield SpanEdit(found[0].start, found[0].start, "Pros: ")
    if found and not any(body.startswith("Cons:") for body in bodies):
        if len(found) == 1:
            yield from _add(text, "Cons: none that we know.", own_line=True)
            return
        before = text[: found[-1].start]
        blank = len(before) - len(before.rstrip(" \t"))
        begins = before.endswith("\n") or any(line.body == found[-1].start for line in lines(text))
        start = found[-1].start if begins else found[-1].start - blank
        yield SpanEdit(start, found[-1].start, "Cons: " if begins else "\nCons: ")


def _head(text: str, line: Line, phrase: str) -> str:
    return " ".join(words(text[line.start : line.end])[: len(words(phrase)) + 2])


def _lead(text: str, phrase: str, own_line: bool) -> Iterator[SpanEdit]:
    found = lines(text)
    if not found:
        yield SpanEdit(0, len(text), phrase)
        return
    first = found[0]
    if own_line or first.body > first.start or stands_apart(text, first):
        yield SpanEdit(first.start, first.start, f"{phrase}\n")
        return
    raised = capital(text, first.start) if re.search(rf"[.!?…{EMOJI}]$", phrase) else None
    start = first.start
    yield SpanEdit(start, raised.end, f"{phrase} {raised.text}") if raised else SpanEdit(start, start, f"{phrase} ")


def _add(text: str, phrase: str, own_line: bool) -> Iterator[SpanEdit]:
    at = len(text.rstrip())
    if not at:
        yield SpanEdit(0, len(text), phrase)
        return
    last = lines(text)[-1]
    unfinished = not own_line and not re.search(r"[.!?…][\"'”’)\]]*$", text[:at]) and re.search(r"\w$", text[:at])
    separated = own_line or last.body > last.start or stands_apart(text, last)
    yield SpanEdit(at, at, ("\n" if separated else ". " if unfinished else " ") + phrase)
