"""Rules that an edit shows around a text: what was added before, after, at one place within. Knows no other edit."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from personalization.prose import MARKER
from personalization.rules import Rule
from personalization.rules_frames import CASES, COUNTS, starts
from personalization.rules_text import Pair, Unit, body, ends

Affix = tuple[str, str, str]  # separator, prefix and suffix of a layout


def from_frames(pair: Pair, kept: Sequence[Unit], gaps: Sequence[str], affixes: Sequence[Affix]) -> Iterator[Rule]:
    """A beginning and an ending without what belongs to the layout: whole, by lines, within the layout, with slots."""
    _, prefix, suffix = affixes[0] if affixes else ("", "", "")
    before, after = pair.before[: kept[0].start].strip(), pair.before[kept[-1].end :].strip()
    opening = re.sub(re.escape(prefix).replace(r"\{n\}", "1") + "$", "", gaps[0]) if prefix else gaps[0]
    closing = gaps[-1].removeprefix(suffix) if suffix else gaps[-1]
    if not ends(pair.before[kept[-1].start : kept[-1].end]):
        closing = re.sub(r"^[.!?](?= )", "", closing)  # a stop that was missing is no part of what was added
    yield from _gathered(pair)
    for shape, added, had in (("begin", opening, before), ("end", closing.rstrip(), after)):
        if added.strip() == had:
            continue
        literal = added if added.strip() else ""
        for part in (literal, *_blocks(literal)):
            # What repeats the text comes first: of two equally good proposals the first is chosen.
            yield from sorted(
                (Rule(shape, {"literal": part, "over": bool(had)}), *_slotted(pair, shape, part, bool(had))),
                key=lambda rule: not any("sentence" in slot for slot in rule.given.get("slots", ())),
            )
        yield from _inside(shape, literal, prefix, bool(had))


def _gathered(pair: Pair) -> Iterator[Rule]:
    """Citations that stood with their sentences and now stand together at the end."""
    found = list(MARKER.finditer(pair.after))
    rest = pair.after[found[0].start() :] if found else ""
    if rest and not re.search(r"\w", MARKER.sub("", rest)) and len(MARKER.findall(pair.before)) > 0:
        before = pair.after[: found[0].start()]
        lead = re.search(r"(?:\n[^\n]*|[^\n.!?]*)$", before)
        between = pair.after[found[0].end() : found[1].start()] if len(found) > 1 else " "
        for literal in {lead[0] if lead else " ", " "}:
            yield Rule("gather", {"literal": literal, "between": between})


def _blocks(literal: str) -> list[str]:
    """The paragraphs, or else lines, of an addition, one by one, where there are several."""
    parts = re.findall(r"\n*[^\n]+(?:\n(?!\n)[^\n]+)*\n*", literal)
    parts = parts if len(parts) > 1 else re.findall(r"\n*[^\n]+\n*", literal)
    return parts if len(parts) > 1 else []


def _inside(shape: str, literal: str, prefix: str, over: bool) -> Iterator[Rule]:
    """An addition whose lines have the layout's signs was made before the layout."""
    if not prefix.strip():
        return
    sign = re.escape(prefix).replace(r"\{n\}", r"\d+")
    said = " ".join(re.sub(rf"(?m)^{sign}", "", literal).split())
    if said and re.search(rf"(?m)^{sign}", literal + prefix.replace("{n}", "1") * (shape == "begin")):
        spaced = f"{said} " if shape == "begin" else f" {said}"
        yield Rule(shape, {"literal": spaced, "over": over, "inside": True})


def _slotted(pair: Pair, shape: str, literal: str, over: bool) -> Iterator[Rule]:
    """The addition with slots where it says again what the text says, or counts it."""
    made, slots = literal, list[dict[str, Any]]()
    sentences = body(pair.before)
    for at, unit in ((0, sentences[0]), (-1, sentences[-1])) if sentences else ():
        slot = _copy(pair.before[unit.start : unit.end], made)
        if slot is not None:
            copied, words, case = slot
            made = made.replace(copied, f"{{{len(slots)}}}", 1)
            slots.append({"sentence": at, "words": words, "case": case})
    for name, count in COUNTS.items():
        wanted = rf"(?<![\w{{]){count(pair.before)}(?![\w}}])"
        if re.search(wanted, made):
            made = re.sub(wanted, f"{{{len(slots)}}}", made, count=1)
            slots.append({"count": name})
    if slots:
        yield Rule(shape, {"literal": made, "over": over, "slots": slots})


def _copy(sentence: str, literal: str) -> tuple[str, int, str] | None:
    """The longest beginning of a sentence, of two words at least, that a literal repeats: as what, how long, how."""
    words = list(re.finditer(r"\w+(?:[-'’]\w+)*", sentence))
    place = literal.casefold().find(sentence.casefold())
    for count in range(len(words), 1, -1):
        if place >= 0:
            break
        sentence = sentence[: words[count - 1].end()]
        place = literal.casefold().find(sentence.casefold())
        if place >= 0:
            return (copied := literal[place : place + len(sentence)]), count, _case(sentence, copied)
    if place < 0 or len(words) < 2:
        return None
    copied = literal[place : place + len(sentence)]
    return copied, 0, _case(sentence, copied)


def _case(sentence: str, copied: str) -> str:
    return next((name for name, shape in CASES.items() if shape(sentence) == copied), "as")


def from_places(pair: Pair, kept: Sequence[Unit], gaps: Sequence[str], affixes: Sequence[Affix]) -> Iterator[Rule]:
    """Something said at one place between sentences or lines, with what belongs to the layout and without."""
    for at in range(1, len(gaps) - 1):
        was = pair.before[kept[at - 1].end : kept[at].start]
        literals = {gaps[at]: None}
        for separator, prefix, suffix in affixes:
            sign = separator + prefix.replace("{n}", str(at + 1))
            rest = gaps[at].removesuffix(sign).removeprefix(suffix)
            literals = literals | {rest: None} if rest.strip() else {}  # the layout alone is nothing that was said
        for literal in literals:
            yield from _placed(pair, kept[at], literal.removeprefix(was) if was.strip(" ") else literal, was)


def _placed(pair: Pair, sentence: Unit, literal: str, was: str) -> Iterator[Rule]:
    """Before this sentence, or its line, counted from both ends."""
    if literal.strip() in was and not ("\n" in literal and "\n" not in was):
        return
    said = literal if literal[:1].isspace() or "\n" in was else " " + literal
    said = said if said[-1:].isspace() else said + " "
    for unit in ("sentence", "line"):
        places = list(starts(pair.before, unit))
        if sentence.start in places:
            index = places.index(sentence.start)
            small: dict[str, Any] = {"lower": True} if pair.lowers(sentence) else {}
            yield Rule("insert", {"unit": unit, "at": index, "literal": said, **small})
            yield Rule("insert", {"unit": unit, "at": index - len(places), "literal": said, **small})
