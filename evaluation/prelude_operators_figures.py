"""Style operators on figures and punctuation: numbers, dates, clocks, brackets, dashes. They know no words."""

import re
from collections.abc import Iterator

from evaluation.prelude_text import SpanEdit, ending, sentences

_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<m1>{_MONTH}) (?P<d1>\d{{1,2}})(?:,? (?P<y1>\d{{4}}))\b|"
    rf"(?P<d2>\d{{1,2}}) (?P<m2>{_MONTH}) (?P<y2>\d{{4}})\b)"
)
# Numbers of lists, versions, decimals, citations, clocks and dates are no words of a sentence.
_SMALL = re.compile(
    r"(?<![\w.,:\[/#$€£-])(\d{1,2})"
    rf"(?![\w\]:/%)-]|[.,]\d|\.[ \t]| (?:[ap]\.?m\b|{_MONTH}|thousand|million))"
)
_AFTER_MONTH = re.compile(rf"(?:{_MONTH}) $")
_WORDED = re.compile(rf"\b({'|'.join(_NUMBERS[:1:-1])})\b(?!-)", re.IGNORECASE)
_CLOCK = re.compile(r"\b(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))? ?(am|pm|a\.m\.|p\.m\.)(?!\w)", re.IGNORECASE)
_UNITS = {
    "mile": (1.609, "km"), "foot": (0.3048, "m"), "feet": (0.3048, "m"), "pound": (0.4536, "kg"),
    "inch": (2.54, "cm"), "inche": (2.54, "cm"), "gallon": (3.785, "litres"), "yard": (0.9144, "m"),
}  # fmt: skip
_MEASURE = re.compile(r"\b(\d+(?:\.\d+)?)[ -](mile|foot|feet|pound|inche?|gallon|yard)s?\b", re.IGNORECASE)
_MONEY = re.compile(r"([$€£])(\d+(?:[.,]\d+)*)(?: (thousand|million|billion))?")
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds sterling"}


def iso_dates(text: str) -> Iterator[SpanEdit]:
    """March 3, 2024 and 3 March 2024 are 2024-03-03."""
    for match in _DATE.finditer(text):
        found = match.groupdict()
        month, day, year = (found[f"{part}1"] or found[f"{part}2"] for part in "mdy")
        yield SpanEdit(match.start(), match.end(), f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}")


def spelled_numbers(text: str) -> Iterator[SpanEdit]:
    """Whole numbers to twenty are words."""
    for match in _SMALL.finditer(text):
        if int(match[1]) < len(_NUMBERS) and not _AFTER_MONTH.search(text, 0, match.start()):
            yield SpanEdit(match.start(), match.end(), _NUMBERS[int(match[1])])


def digits(text: str) -> Iterator[SpanEdit]:
    """Number words from two to twenty are digits."""
    for match in _WORDED.finditer(text):
        yield SpanEdit(match.start(), match.end(), str(_NUMBERS.index(match[1].lower())))


def percent_words(text: str) -> Iterator[SpanEdit]:
    """5% is 5 percent."""
    for match in re.finditer(r"(?<=\d)[ \t]?%", text):
        yield SpanEdit(match.start(), match.end(), " percent")


def clock_24h(text: str) -> Iterator[SpanEdit]:
    """3 pm is 15:00."""
    for match in _CLOCK.finditer(text):
        hour = int(match[1]) % 12 + (12 if match[3].lower().startswith("p") else 0)
        yield SpanEdit(match.start(), match.end(), f"{hour:02}:{match[2] or '00'}")


def metric_units(text: str) -> Iterator[SpanEdit]:
    """Miles, feet, inches, pounds are kilometres, metres, centimetres, kilograms."""
    for match in _MEASURE.finditer(text):
        factor, unit = _UNITS[match[2].lower()]
        yield SpanEdit(match.start(), match.end(), f"{float(match[1]) * factor:.3g} {unit}")


def spelled_currency(text: str) -> Iterator[SpanEdit]:
    """$5 is 5 dollars."""
    for match in _MONEY.finditer(text):
        amount = f"{match[2]} {match[3]}" if match[3] else match[2]
        yield SpanEdit(match.start(), match.end(), f"{amount} {_CURRENCIES[match[1]]}")


def no_parentheses(text: str) -> Iterator[SpanEdit]:
    """What stands in round brackets goes, with the blank before it."""
    opened: list[int] = []
    for match in re.finditer(r"[ \t]*\(|\)|\n", text):
        if match[0] == "\n":
            opened.clear()
        elif match[0] != ")":
            opened.append(match.start())
        elif len(opened) == 1:
            yield SpanEdit(opened.pop(), match.end(), "")
        elif opened:
            opened.pop()


def no_semicolons(text: str) -> Iterator[SpanEdit]:
    """A semicolon is a full stop."""
    for match in re.finditer(r";([ \t]+[a-z])?", text):
        yield SpanEdit(match.start(), match.end(), f".{(match[1] or '').upper()}")


def no_dashes(text: str) -> Iterator[SpanEdit]:
    """A dash between words is a comma."""
    for match in re.finditer(r"(?<=\w)(?:[ \t]+[–—-]+[ \t]+|[ \t]*—[ \t]*)(?=\w)", text):
        yield SpanEdit(match.start(), match.end(), ", ")


def oxford_comma(text: str) -> Iterator[SpanEdit]:
    """A comma before the last "and" or "or" of a list."""
    for match in re.finditer(r"\w, (?!and\b|or\b)\w+(?= (?:and|or) (?!and\b|or\b)\w)", text):
        yield SpanEdit(match.end(), match.end(), ",")


def exclamation(text: str) -> Iterator[SpanEdit]:
    """Every sentence that ends with a full stop ends with an exclamation mark."""
    for sentence in sentences(text):
        stop = ending(text, sentence)
        match = re.match(r"[.…]+(?![.!?…])", text[stop.start : stop.end])
        if match:
            yield SpanEdit(stop.start, stop.start + len(match[0]), "!")


def no_exclamation(text: str) -> Iterator[SpanEdit]:
    """No exclamation marks."""
    for match in re.finditer(r"!+", text):
        after_stop = text[: match.start()].endswith((".", "?", "…"))
        yield SpanEdit(match.start(), match.end(), "" if after_stop else ".")
