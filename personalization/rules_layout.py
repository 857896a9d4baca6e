"""Shapes of rules around sentences: what stands between, before and after them, which are kept, in which order."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from personalization.prose import MARKER, lines
from personalization.rules_text import BLOCK, Unit, apart, body, lowered, stop_of, units

Given = Mapping[str, Any]


def layout(text: str, given: Given) -> str:
    """The same separator between all sentences, and the same signs before and after each; {n} counts them."""
    found = units(text)
    if not found:
        return text
    pieces, number, follows = [], 0, True
    for at, unit in enumerate(found):
        gap = text[found[at - 1].end if at else 0 : unit.start]
        said = _bare(text[unit.start : unit.end], given)
        last = at == len(found) - 1
        if apart(text, found, at):
            pieces.append(gap + text[unit.start : unit.end])
            follows = False
            continue
        if at and (not follows or BLOCK.search(gap)):
            lead = re.sub(r"\S+[ \t]*$", "", gap) if unit.item else gap
        else:
            lead = given["separator"] if number else re.sub(r"\S+[ \t]*$", "", gap) if unit.item else gap
        number, follows = number + 1, True
        prefix = given["prefix"].replace("{n}", str(number)) if number > 1 or given["first"] else ""
        said = lowered(said, text) if prefix and given.get("lower") else said
        pieces.append(lead + prefix + said + (given["suffix"] if not last or given["last"] else ""))
    return "".join(pieces) + text[found[-1].end :]


def _bare(said: str, given: Given) -> str:
    prefix, suffix = given["prefix"], given["suffix"]
    if prefix.strip():
        said = re.sub("^" + re.escape(prefix).replace(r"\{n\}", r"\d+"), "", said)
    return said.removesuffix(suffix) if suffix.strip() else said


def length(text: str, given: Given) -> str:
    """Only the first or the last so many sentences; from `words` on, whole sentences up to so many words."""
    found = units(text)
    count = given["count"]
    if given["unit"] == "words":
        count, said = 0, 0
        for unit in found:
            said += len(re.findall(r"\w+", text[unit.start : unit.end]))
            count += said <= given["count"]
        count = max(count, 1)
    if len(found) <= count:
        return text
    if given["from"] == "end":
        return text[found[-count].start :]
    return text[: found[count - 1].end]


def without(text: str, given: Given) -> str:
    """No sentence that holds a sign or word; never all of them."""
    found = units(text)
    wanted = given["holding"].casefold()
    kept = [unit for unit in found if wanted not in text[unit.start : unit.end].casefold()]
    return _rejoined(text, found, kept) if kept else text


def narrow(text: str, given: Given) -> str:
    """Lines of at most so many words, or letters, filled one after the other; paragraphs stay."""
    size, count = given["size"], (len if given["unit"] == "letters" else lambda line: len(line.split()))
    filled = []
    for paragraph in re.split(r"(\n{2,})", text):
        rows: list[str] = []
        for word in paragraph.split() if paragraph.strip() else ():
            if rows and count(f"{rows[-1]} {word}") <= size:
                rows[-1] += f" {word}"
            else:
                rows.append(word)
        filled.append("\n".join(rows) if rows else paragraph)
    return "".join(filled)


def order(text: str, given: Given) -> str:
    """The sentences in another order; their places stay."""
    found = units(text)
    said = [text[unit.start : unit.end] for unit in found]
    ordered = ORDERS[given["order"]](said)
    # What a second pass would see must be what this one made: an order that depends on places is none.
    for unit, new in reversed(list(zip(found, ordered, strict=True))):
        text = text[: unit.start] + new + text[unit.end :]
    return text


def groups(text: str, given: Given) -> str:
    """Paragraphs of so many sentences, where sentences follow each other in a line."""
    found = body(text)
    for at in reversed(range(given["size"], len(found), given["size"])):
        gap = text[found[at - 1].end : found[at].start]
        if not gap.strip(" "):
            text = text[: found[at - 1].end] + given["separator"] + text[found[at].start :]
    return text


def joined(text: str, given: Given) -> str:
    """Sentences that follow each other in a line become one, with `with` between them."""
    found = units(text)
    for one, other in reversed(list(pairwise(found))):
        if text[one.end : other.start].strip(" ") == "":
            words, sign, tail = stop_of(text[one.start : one.end])
            if sign == given["sign"]:
                rest = text[other.start :]
                text = text[: one.start] + words + tail + given["with"] + rest[:1].lower() + rest[1:]
    return text


def single(text: str, given: Given) -> str:  # noqa: ARG001 (every shape takes its parameters)
    """No empty lines, no line breaks: one paragraph of all sentences."""
    return " ".join(line.body.strip() for line in lines(text) if line.kind != "blank")


def _rejoined(text: str, found: Sequence[Unit], kept: Sequence[Unit]) -> str:
    for unit in reversed(found):
        if unit not in kept:
            text = text[: unit.start].rstrip(" ") + text[unit.end :]
    return text.strip()


def _front(said: list[str], wanted: Callable[[str], bool]) -> list[str]:
    first = next((at for at, one in enumerate(said) if wanted(one)), 0)
    return [*said[first : first + 1], *said[:first], *said[first + 1 :]]


ORDERS: dict[str, Callable[[list[str]], list[str]]] = {
    "shortest first": lambda said: sorted(said, key=len),
    "longest first": lambda said: sorted(said, key=len, reverse=True),
    "a sentence with a figure first": lambda said: _front(
        said, lambda one: bool(re.search(r"\d", MARKER.sub("", one)))
    ),
    "a question first": lambda said: _front(said, lambda one: one.endswith("?")),
    "figures first": lambda said: sorted(said, key=lambda one: not re.search(r"\d", MARKER.sub("", one))),
    "figures last": lambda said: sorted(said, key=lambda one: bool(re.search(r"\d", MARKER.sub("", one)))),
    "questions last": lambda said: sorted(said, key=lambda one: one.endswith("?")),
    "questions first": lambda said: sorted(said, key=lambda one: not one.endswith("?")),
}


def _layout(given: Given) -> str:
    prefix, suffix = (given[side].strip().replace("{n}", "1") for side in ("prefix", "suffix"))
    if given["separator"] == " ":
        said = [f"{verb} each sentence with “{sign}”" for verb, sign in (("Begin", prefix), ("End", suffix)) if sign]
        return "; ".join(said) or "Put each sentence in running text"
    around = f"{prefix} … {suffix}".strip()
    where = {"\n": "in a line of its own"}.get(given["separator"], "in a paragraph of its own")
    return f"Put each sentence {where}" + (f" as “{around}”" if around != "…" else "")


def _length(given: Given) -> str:
    if given["unit"] == "words":
        return f"At most {given['count']} words"
    side, count = "first" if given["from"] == "start" else "last", given["count"]
    return f"Only the {side} {count} sentences" if count > 1 else f"Only the {side} sentence"


def _groups(given: Given) -> str:
    return f"Paragraphs of {given['size']} sentence{'s' if given['size'] > 1 else ''}"


LAYOUTS: dict[str, tuple[Any, ...]] = {
    "without": (9, without, lambda given: given["holding"], lambda given: f"No sentence with “{given['holding']}”"),
    "length": (10, length, lambda _: "", _length),
    "order": (11, order, lambda _: "", lambda given: f"Put sentences in order: {given['order']}"),
    "join": (45, joined, lambda _: "", lambda given: f"Join sentences with “{given['with'].strip()}”"),
    "groups": (51, groups, lambda _: "", _groups),
    "paragraph": (46, single, lambda _: "", lambda _: "Write one paragraph without line breaks"),
    "layout": (50, layout, lambda _: "", _layout),
    "lines": (62, narrow, lambda _: "", lambda given: f"Lines of at most {given['size']} {given['unit']}"),
}
