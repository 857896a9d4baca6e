"""Figures that a sentence states and its passage does not. Knows no verifier and no prompt."""

import re

_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_ITEM = re.compile(r"^\s*(?:[-*•]\s*)?\(?\d{1,2}[.)]\s+", re.MULTILINE)  # the number of a list's item states nothing
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def figures_missing(sentence: str, passage: str, question: str = "") -> frozenset[str]:
    """Figures of `sentence` that neither `passage` nor `question` has, written as figures or, to twelve, as words.

    A verifier this small overlooks an exchanged number nine times of ten (docs/decisions/011)."""
    known = _figures(passage) | _figures(question)
    words = set(re.findall(r"[a-z]+", passage.lower()))
    known |= {str(value) for value, word in enumerate(_WORDS) if word in words}
    return frozenset(_figures(_ITEM.sub("", sentence)) - known)


def _figures(text: str) -> set[str]:
    return {_plain(figure) for figure in _FIGURE.findall(_THOUSANDS.sub("", text))}


def _plain(figure: str) -> str:
    """12.50 and 12.5 are the same, and so are 08:00 and 8:00."""
    whole, point, rest = figure.partition(".")
    rest = rest.rstrip("0") if rest.isdigit() else rest
    return (whole.lstrip("0") or "0") + (point + rest if rest else "")
