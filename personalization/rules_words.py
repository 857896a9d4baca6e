"""Shapes of rules inside sentences: words for words, endings for endings, signs around words, capitals."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from personalization.rules_classes import CLASSES, DROPPABLE, STARTS, named
from personalization.rules_text import capitalised, stop_of, units

Given = Mapping[str, Any]
CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": lambda text: re.sub(r"\b[^\W\d_]", lambda match: match[0].upper(), text),
}


@lru_cache(4096)
def phrase(old: str) -> str:
    """A pattern for a phrase as whole words, whatever its blanks."""
    inner = r"\s+".join(map(re.escape, old.split()))
    lead = r"[ \t]*" if old[0].isspace() else r"(?<!\w)" if old[0].isalnum() else ""
    tail = r"[ \t]+" if old[-1].isspace() else r"(?!\w)" if old[-1].isalnum() else ""
    return lead + inner + tail


@lru_cache(4096)
def _replaced(old: str, new: str) -> re.Pattern[str]:
    kept = f"(?P<kept>{phrase(new)})" if new.strip() and old.strip().casefold() in new.casefold() else "(?P<kept>(?!))"
    return re.compile(f"{kept}|(?P<old>{phrase(old)})(?P<next>\\s*)(?P<letter>\\w?)", re.IGNORECASE)


def replace(text: str, given: Given) -> str:
    """`new` for `old`; what is `new` already is left alone, so a word may become a phrase that holds it."""
    old, new = given["old"], given["new"]

    def put(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match[0]
        start = _starts(text, match.start("old"))
        made = _as_written(match["old"].strip(), new)
        if not new.strip() and not start and match["next"] and text[: match.start()].endswith((" ", "\n")):
            return made.strip() + match["letter"]
        letter = match["letter"]
        if re.search(r"[.!?]\s*$", made) or (start and not re.search(r"\w", made)):
            letter = letter.upper()
        blank = match["next"] if made.strip() or not start else ""
        return made + blank + letter

    return _replaced(old, new).sub(put, text)


def _starts(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t")
    return not before or before[-1] in ".!?…\n" or bool(re.search(r"(?:^|\n)[-*•]$", before))


def _as_written(old: str, new: str) -> str:
    letters = [letter for letter in old if letter.isalpha()]
    if len(letters) > 1 and all(letter.isupper() for letter in letters):
        return new.upper()
    return capitalised(new) if letters and old[:1].isupper() else new


def affix(text: str, given: Given) -> str:
    """Every word that ends in `old` ends in `new` instead."""
    pattern = re.compile(rf"(?<!\w)(\w[\w'’-]*?){re.escape(given['old'])}(?!\w)")
    return pattern.sub(lambda match: match[1] + given["new"], text)


def pattern(text: str, given: Given) -> str:
    """Figures keep their value and get other signs: {0}, {1} ... stand for them on both sides."""
    parts = re.split(r"\{\d\}", given["old"])
    wanted = r"(\d+)".join(re.escape(part) for part in parts)
    return re.sub(rf"(?<![\w\[.,]){wanted}(?![\w\]])", lambda match: given["new"].format(*match.groups()), text)


def drop(text: str, given: Given) -> str:
    """Every member of a class of words is left out; only of one that claims nothing. Raises KeyError."""
    if given["of"] not in DROPPABLE:
        raise KeyError(f"words of the class {given['of']} cannot be left out")

    def put(match: re.Match[str]) -> str:
        if _starts(text, match.start("said")):
            return match["lead"] + match["letter"].upper()
        return match["blank"] + match["letter"]

    wanted = rf"(?P<lead>[ \t]*)(?P<said>{CLASSES[given['of']][0].pattern})(?P<blank>[ \t]*)(?P<letter>\w?)"
    return re.sub(wanted, put, text)


def wrap(text: str, given: Given) -> str:
    """Signs around every member of a class of words."""
    before, after, of = given["before"], given["after"], given["of"]

    def put(match: re.Match[str]) -> str:
        beside = (match.string[: match.start()], match.string[match.end() :])
        if before in match[0] or beside[0].endswith(before) or beside[1].startswith(after):
            return match[0]
        return before + match[0] + after

    if of in CLASSES:
        return CLASSES[of][0].sub(put, text)
    if of in STARTS:
        return _each(text, lambda sentence: _first_group(STARTS[of], sentence, before, after))
    if of == "line starts":
        return re.sub(r"(?m)^([^\w\n]*?)(\w+(?:[-'’]\w+)*)", lambda match: _beside(match, before, after), text)
    if of == "first sentence":
        return _only(text, 0, lambda sentence: _around(sentence, before, after))
    return re.sub(phrase(of), put, text)


def _beside(match: re.Match[str], before: str, after: str) -> str:
    return match[0] if match[1].endswith(before) else match[1] + before + match[2] + after


def _around(sentence: str, before: str, after: str) -> str:
    return sentence if sentence.startswith(before) else before + sentence + after


def _first_group(wanted: str, sentence: str, before: str, after: str) -> str:
    match = re.match(wanted, sentence)
    if match is None or sentence[: match.start(1)].endswith(before):
        return sentence
    return sentence[: match.start(1)] + before + match[1] + after + sentence[match.end(1) :]


def case(text: str, given: Given) -> str:
    """Capitals or small letters for the whole text, its first sentence, the starts of sentences, or a class."""
    shape, of = CASES[given["case"]], given["of"]
    if of == "text":
        return shape(text)
    if of == "first sentence":
        return _only(text, 0, shape)
    if of == "last sentence":
        return _only(text, -1, shape)
    if of in CLASSES:
        return CLASSES[of][0].sub(lambda match: shape(match[0]), text)
    if of == "starts":
        return _each(text, lambda sentence: shape(sentence[:1]) + sentence[1:])
    return _each(text, lambda sentence: re.sub(STARTS[of], lambda match: shape(match[0]), sentence, count=1))


def _each(text: str, change: Callable[[str], str]) -> str:
    for unit in reversed(units(text)):
        text = text[: unit.start] + change(text[unit.start : unit.end]) + text[unit.end :]
    return text


def _only(text: str, at: int, change: Callable[[str], str]) -> str:
    found = units(text)
    if not found:
        return text
    unit = found[at]
    return text[: unit.start] + change(text[unit.start : unit.end]) + text[unit.end :]


def spell(text: str, given: Given) -> str:
    """A word as it is spelt, capitals and all, but for the first one of a sentence."""
    word = given["word"]
    return re.sub(rf"(?<=[\w,;:)\]] ){phrase(word)}", lambda _: word, text, flags=re.IGNORECASE)


def ending(text: str, given: Given) -> str:
    """Another sign, or none, at the end of sentences: of all, of the last one, of those that end a line."""
    found = units(text)
    for at in reversed(range(len(found))):
        unit = found[at]
        last = at == len(found) - 1
        rest = text[unit.end :]
        if (given["of"] == "last" and not last) or (given["of"] == "lines" and rest.strip(" ")[:1] not in ("", "\n")):
            continue
        words, sign, tail = stop_of(text[unit.start : unit.end])
        if sign == given["old"] and words.strip():
            text = text[: unit.start] + words + given["new"] + tail + rest
    return text


def _replacing(given: Given) -> str:
    old, new = given["old"].strip(), given["new"].strip()
    return f"Write “{new}” instead of “{old}”" if new else f"Leave out “{old}”"


_ENDS = {"all": "every sentence", "last": "the last sentence", "lines": "every line"}


def _ending(given: Given) -> str:
    where = _ENDS[given["of"]]
    return f"End {where} with “{given['new']}”" if given["new"] else f"No “{given['old']}” after {where}"


WORDS: dict[str, tuple[Any, ...]] = {
    "drop": (19, drop, lambda given: given["of"], lambda given: f"Leave out {named(given['of'])}"),
    "replace": (20, replace, lambda given: given["old"].strip().casefold(), _replacing),
    "pattern": (
        21,
        pattern,
        lambda given: given["old"],
        lambda given: f"Write {given['new'].format(*'NMKLJ')} instead of {given['old'].format(*'NMKLJ')}",
    ),
    "affix": (
        22,
        affix,
        lambda given: given["old"],
        lambda given: f"Words in “-{given['old']}” end in “{given['new']}”",
    ),
    "wrap": (
        65,
        wrap,
        lambda given: given["of"],
        lambda given: f"Put {named(given['of'])} in {given['before']}…{given['after']}",
    ),
    "case": (
        40,
        case,
        lambda given: given["of"],
        lambda given: f"Write {named(given['of'])} in {given['case']} case",
    ),
    "spell": (
        41,
        spell,
        lambda given: given["word"].casefold(),
        lambda given: f"Write “{given['word']}”",
    ),
    "ending": (60, ending, lambda given: f"{given['of']}:{given['old']}", _ending),
}
