"""Shapes of rules that add something: a beginning, an ending, a phrase at one place. Knows no edit.

A literal may have slots, {0}, {1} ...: words of the text that is framed, or how much of it there is.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from personalization.rules_text import Unit, apart, units

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
        found = re.search(r"(?:\n[^\n.!?]{1,60}){1,2}\s*$", text)
        text = text[: found.start()].rstrip("\n") if found else text
    return text.rstrip() + filled(given, text)


def core(text: str, given: Given, side: str) -> str | None:
    """The text without the frame; None if it has none."""
    literal = given["literal"].strip()
    if "slots" not in given:
        if side == "begin":
            return text[len(literal) :].lstrip() if text.startswith(literal) else None
        return text.rstrip().removesuffix(literal).rstrip() if text.rstrip().endswith(literal) else None
    pattern = re.sub(r"\\\{\d\\\}", r"[^\\n]+?", re.escape(literal))
    rest = r"(?P<core>\s.*)" if side == "begin" else r"(?P<core>.*\s)"
    found = re.fullmatch(pattern + rest if side == "begin" else rest + pattern, text.strip(), re.DOTALL)
    if found is None:
        return None
    inner = found["core"].strip()
    made = filled(given, inner).strip()
    return inner if (text.startswith(made) if side == "begin" else text.rstrip().endswith(made)) else None


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


def body(text: str) -> list[Unit]:
    """The sentences without headings, greetings and names under a letter; all where nothing else is left."""
    found = units(text)
    return [unit for at, unit in enumerate(found) if not apart(text, found, at)] or found


def insert(text: str, given: Given) -> str:
    """A phrase of its own before the sentence or line `at`, counted from the end if negative."""
    literal, at = given["literal"], given["at"]
    places = starts(text, given["unit"])
    if literal.strip() in text or len(places) <= (at if at >= 0 else -at - 1):
        return text
    before, after = text[: places[at]], text[places[at] :]
    return (before.rstrip(" ") if literal[:1] in " \n" else before) + literal + after


def starts(text: str, unit: str) -> Sequence[int]:
    """Where sentences, or lines that are not empty, begin."""
    if unit == "line":
        return [match.start() for match in re.finditer(r"(?m)^(?=.*\S)", text)]
    return [one.start for one in body(text)]


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
        literal = re.sub(r"\{\d\}", "…", " ".join(given["literal"].split()))
        return f"{verb} with “{literal}”" if literal else f"{verb} without a greeting"

    return says


FRAMES: dict[str, tuple[Any, ...]] = {
    "insert": (
        70,
        insert,
        lambda given: f"{given['unit']}:{given['at']}",
        lambda given: f"Say “{' '.join(given['literal'].split())}” {_placed(given)}",
    ),
    "begin": (80, begin, lambda _: "", _framed("Begin"), True),
    "end": (81, end, lambda _: "", _framed("End"), True),
}
