"""Markers in an answer: what they point to, in whole text and in a stream. Pure; knows no model and no prompt.

A marker is written [1]. Whatever else models write ([1, 3], [2-4], [[1]], [^1], 【1】, [Passage 1]) is turned into
that form, and a marker that points to no kept passage is removed together with the space before it.
"""

import re

_LONGEST = 48  # characters between the brackets; more is not a marker but text
_OTHER = r"[^\[\]【】\n]"  # what may stand between the brackets at all
_LABEL = r"(?:(?:passages?|sources?|documents?|docs?|ref(?:erence)?s?|citations?)\s*[#:]?\s*)?"
_NUMBERS = r"[0-9]{1,9}(?:\s*(?:,|;|&|and|[-–—])\s*[\^#]?[0-9]{1,9})*"
_INSIDE = rf"(?={_OTHER}{{1,{_LONGEST}}}[\]】])\s*[\^#]?{_LABEL}({_NUMBERS})\s*(?:†{_OTHER}*)?"
_MARKER = re.compile(rf" ?(?:\[\[{_INSIDE}\]\]|\[{_INSIDE}\]|【{_INSIDE}】)", re.IGNORECASE)
# The end of a stream's text that may still become a marker; the space goes if the marker goes.
_UNDECIDED = re.compile(rf" ?(?:\[\[{_OTHER}{{0,{_LONGEST}}}\]?|[\[【]{_OTHER}{{0,{_LONGEST}}})?\Z")
# A marker that the end of the answer cut in two.
_START = rf"\s*[\^#]?{_LABEL}[0-9]{_OTHER}*"
_HALF = re.compile(
    rf" ?(?:\[\[(?={_OTHER}{{1,{_LONGEST}}}\]?\Z){_START}\]?|[\[【](?={_OTHER}{{1,{_LONGEST}}}\Z){_START})\Z",
    re.IGNORECASE,
)
_RANGE = re.compile(r"([0-9]+)\s*[-–—]\s*[\^#]?([0-9]+)|([0-9]+)")
_YEAR = re.compile(r" ?\[([0-9]{4,})\]")
_BRACKETS = re.compile(r"[\[\]【】]")
PLAIN_MARKER = re.compile(r"\[([0-9]+)\]")


def check_markers(text: str, kept: int) -> str:
    """`text` with every marker in the form [n], 1 <= n <= kept, and without all other markers.

    A lone number of four or more digits is no marker but a year or a paragraph: [2019] becomes (2019).
    """
    return _checked(_without_half(text), kept)


def cited(text: str) -> tuple[int, ...]:
    """The markers of a checked text, each once, in order of appearance."""
    return tuple(dict.fromkeys(int(number) for number in PLAIN_MARKER.findall(text)))


def without_markers(text: str) -> str:
    """The bare text: markers of one turn mean nothing in another."""
    return check_markers(text, 0)


class MarkerFilter:
    """check_markers for a stream: what `feed` and `finish` return, joined, is check_markers of the whole.

    Holds back a text's end that may still become a marker, at most _LONGEST + 4 characters.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._held = ""
        self._inside = False

    def feed(self, chunk: str) -> str:
        """The text that can be shown now."""
        text = self._held + chunk
        undecided = _UNDECIDED.search(text)
        cut = undecided.start() if undecided else len(text)
        self._held = text[cut:]
        shown = _checked(text[:cut], self._kept, self._inside)
        self._inside = _opens(text[:cut], self._inside)
        return shown

    def finish(self) -> str:
        """The rest, at the end of the stream."""
        rest, self._held = self._held, ""
        return _checked(_without_half(rest), self._kept, self._inside)


def _without_half(text: str) -> str:
    half = _HALF.search(text)
    return text[: half.start()] if half else text


def _checked(text: str, kept: int, inside: bool = False) -> str:
    def rewritten(match: re.Match[str]) -> str:
        shown = _rewritten(match, kept)
        # Taking [7] out of "[[7]1]" would make a marker of what is left, so there a space stays.
        return shown or (" " if _opens(text[: match.start()], inside) else "")

    return _MARKER.sub(rewritten, text)


def _opens(text: str, inside: bool) -> bool:
    """Whether a bracket is open at the end of `text`, which itself began `inside` one or not."""
    brackets = _BRACKETS.findall(text)
    return brackets[-1] in "[【" if brackets else inside


def _rewritten(match: re.Match[str], kept: int) -> str:
    if _YEAR.fullmatch(match.group()):
        return match.group().replace("[", "(").replace("]", ")")
    inside = next(group for group in match.groups() if group is not None)
    numbers: list[int] = []
    for first, last, single in _RANGE.findall(inside):
        low, high = sorted((int(first or single), int(last or single)))
        # Capped before the range is made: a model may write [1-999999999].
        numbers += range(max(low, 1), min(high, kept) + 1)
    markers = "".join(f"[{number}]" for number in dict.fromkeys(numbers))
    space = " " if match.group().startswith(" ") else ""
    return space + markers if markers else ""
