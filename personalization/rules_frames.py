"""Shapes of rules that add something: a beginning, an ending, a phrase at one place. Knows no edit.

A literal may have slots, {0}, {1} ...: words of the text that is framed, or how much of it there is.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from personalization.prose import MARKER
from personalization.rules_text import body, ends, lowered, units

Given = Mapping[str, Any]
_SALUTATION = 8  # words of a first or last line that is no sentence but a greeting or a name
_LIST_SIGN = re.compile(r"(?m)^[ \t]*(?:[-*•–]|\d+[.)]|\[[ x]\])+[ \t]+(?:\[[ x]\][ \t]+)?")
_A_MINUTE = 200  # words that are read in it
CASES: dict[str, Callable[[str], str]] = {
    "as": str,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "capital": lambda text: text[:1].upper() + text[1:].lower(),
}
COUNTS: dict[str, Callable[[str], int]] = {
    "words": lambda text: len(text.split()),
    "sentences": lambda text: len(units(text)),
    "minutes": lambda text: math.ceil(len(text.split()) / _A_MINUTE),
    "letters": len,
}


def begin(text: str, given: Given) -> str:
    """A beginning, in place of a greeting that is there if `over`."""
    literal = given["literal"]
    if (literal.strip() and core(text, given, "begin") is not None) or _listed(text, given, "begin"):
        return text
    if given["over"]:
        first, _, rest = text.partition("\n")
        if first.strip() and len(first.split()) <= _SALUTATION and not re.search(r"[.!?]$", first.strip()):
            text = rest.lstrip("\n")
    return filled(given, text) + text


def end(text: str, given: Given) -> str:
    """An ending, in place of a greeting that is there if `over`."""
    literal = given["literal"]
    if (literal.strip() and core(text, given, "end") is not None) or _listed(text, given, "end"):
        return text
    if given["over"]:
        greeting = re.search(r"(?:\n[^\n.!?]{1,60}){1,2}\s*$", text)
        text = text[: greeting.start()].rstrip("\n") if greeting else text
    text = text.rstrip()
    found = units(text)
    # What goes on in the same line follows a finished sentence.
    stop = "." if literal[:1] == " " and found and not ends(text[found[-1].start :]) else ""
    return text + stop + filled(given, text)


def core(text: str, given: Given, side: str) -> str | None:
    """The text without the frame; None if it has none."""
    literal = given["literal"].strip()
    if "slots" not in given:
        if side == "begin":
            return text[len(literal) :].lstrip() if text.startswith(literal) else None
        return text.rstrip().removesuffix(literal).rstrip() if text.rstrip().endswith(literal) else None
    for gap in re.finditer(r"\s+", text.strip()):
        cut, given_gap = gap.start() if side == "end" else gap.end(), "\n" in str(given["literal"]).strip(" ")
        frame, inner = (
            (text.strip()[:cut], text.strip()[cut:]) if side == "begin" else (text.strip()[cut:], text.strip()[:cut])
        )
        if ("\n" in gap[0]) >= given_gap and frame.strip() == filled(given, inner).strip():
            return inner.strip()
    return None


def _listed(text: str, given: Given, side: str) -> bool:
    """Whether the frame is there as items of a list, where it was put `inside` the layout."""
    if not given.get("inside"):
        return False
    said, literal = (" ".join(_LIST_SIGN.sub("", one).split()) for one in (text, given["literal"]))
    return said.startswith(literal) if side == "begin" else said.endswith(literal)


def filled(given: Given, text: str) -> str:
    """The literal with its slots filled from the text."""
    literal = str(given["literal"])
    for at, slot in enumerate(given.get("slots", ())):
        literal = literal.replace(f"{{{at}}}", _slot(slot, text))
    return literal


def _slot(slot: Given, text: str) -> str:
    if "count" in slot:
        return str(COUNTS[slot["count"]](text))
    said = body(text)
    if not said:
        return ""
    unit = said[slot["sentence"]] if -len(said) <= slot["sentence"] < len(said) else said[0]
    sentence = text[unit.start : unit.end]
    if slot["words"]:
        found = list(re.finditer(r"\w+(?:[-'’]\w+)*", sentence))[: slot["words"]]
        sentence = sentence[: found[-1].end()] if found else ""
    return CASES[slot["case"]](sentence)


def insert(text: str, given: Given) -> str:
    """A phrase of its own before the sentence or line `at`, counted from the end if negative."""
    literal, at = given["literal"], given["at"]
    places = starts(text, given["unit"])
    if (literal.strip() and literal.strip() in text) or len(places) <= (at if at >= 0 else -at - 1):
        return text
    before, after = text[: places[at]], text[places[at] :]
    after = lowered(after, text) if given.get("lower") else after
    if not literal.strip() and before.endswith("\n"):
        return text
    return (before.rstrip(" ") if literal[:1] in " \n" else before) + literal + after


def gather(text: str, given: Given) -> str:
    """The citations at the end of the text, after a word for them, each once."""
    found = list(dict.fromkeys(MARKER.findall(text)))
    tail = given["literal"] + given["between"].join(found)
    if not found or text.rstrip().endswith(tail):
        return text
    return re.sub(rf"[ \t]*{MARKER.pattern}", "", text).rstrip() + tail


def starts(text: str, unit: str) -> Sequence[int]:
    """Where sentences, or lines that are not empty, begin."""
    if unit == "line":
        return [match.start() for match in re.finditer(r"(?m)^(?=.*\S)", text)]
    return [one.start for one in body(text)]


def _said(literal: str) -> str:
    return f"Say “{' '.join(literal.split())}”" if literal.strip() else "A break"


def _placed(given: Given) -> str:
    at, unit = given["at"], given["unit"]
    return (
        f"before {unit} {at + 1}"
        if at >= 0
        else f"before the last {unit}"
        if at == -1
        else f"{-at} {unit}s from the end"
    )


def _framed(verb: str) -> Callable[[Given], str]:
    def says(given: Given) -> str:
        literal = " ".join(given["literal"].split())
        for at, slot in enumerate(given.get("slots", ())):
            literal = literal.replace(f"{{{at}}}", _slot_named(slot))
        return f"{verb} with “{literal}”" if literal else f"{verb} without a greeting"

    return says


def _slot_named(slot: Given) -> str:
    if "count" in slot:
        return f"(how many {slot['count']})"
    sentence = "first sentence" if slot["sentence"] == 0 else "last sentence"
    return f"(the first {slot['words']} words of the {sentence})" if slot["words"] else f"(the {sentence})"


def _gathered(given: Given) -> str:
    said = given["literal"].strip()
    return "Put the citations at the end" + (f", after “{said}”" if said else "")


FRAMES: dict[str, tuple[Any, ...]] = {
    "gather": (64, gather, lambda _: "", _gathered),
    "insert": (
        70,
        insert,
        lambda given: f"{given['unit']}:{given['at']}",
        lambda given: f"{_said(given['literal'])} {_placed(given)}",
    ),
    "begin": (80, begin, lambda _: "", _framed("Begin"), True),
    "end": (81, end, lambda _: "", _framed("End"), True),
}
