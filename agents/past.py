"""Whether a question is about earlier conversations, what about, and of when. Rules only; no model, no store."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retrieval.words import content_stems


@dataclass(frozen=True)
class LookBack:
    """Earlier turns that are asked for: about a topic ("": any), from `since` to before `until`."""

    topic: str = ""
    since: datetime | None = None
    until: datetime | None = None
    answers_only: bool = False  # only turns whose answer still rests on documents that are there


_SAID = (
    r"(?:ask(?:ed)?|say|said|tell|told|mention(?:ed)?|talk(?:ed)?|chat(?:ted)?|discuss(?:ed)?|answer(?:ed)?|write|wrote"
    r"|repl(?:y|ied)|explain(?:ed)?)"
)
_WHO = r"(?:i|we|you(?: and i)?)"
_BEFORE = r"(?:ever |already |just |last |first |previously |once )*"
_ABOUT_THE_PAST = re.compile(
    rf"^(?:what|which questions?|when|where|how often)(?: exactly| else)? (?:did|have|had) {_WHO} {_BEFORE}{_SAID}\b"
    rf"|^(?:did|have|had) {_WHO} {_BEFORE}{_SAID}\b"
    rf"|^(?:can you |could you |please )*remind me (?:of )?(?:what|when|which)? ?{_WHO} {_BEFORE}{_SAID}\b"
    rf"|^what (?:was|were|is) (?:my|your|our) (?:last|previous|first|earlier|latest|most recent) "
    r"(?:questions?|answers?|conversations?|chats?)\b"
    r"|^(?:show|list|find|search|look up|summari[sz]e|recall)(?: me)? (?:all )?(?:my|our|your) "
    r"(?:last |previous |earlier |past |latest )?(?:questions?|conversations?|chats?)\b"
    rf"|^(?:what|which) (?:questions?|things|topics|subjects) (?:did|have|had) {_WHO} {_BEFORE}{_SAID}\b",
    re.IGNORECASE,
)
_TO_WHOM = re.compile(r"^\s*(?:to )?(?:you|me|us|each other|one another)\b", re.IGNORECASE)
_LINK = re.compile(r"^\s*(?:about|on|regarding|concerning|of|for|to|that|when i asked(?: about)?)\b", re.IGNORECASE)
# Minutes record what people discussed: there a document is meant.
_OF_OTHERS = re.compile(
    r"\b(?:meetings?|minutes|committee|board|assembly|workshop|session|interview|e-?mails?)\b", re.IGNORECASE
)
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NAMES = "january february march april may june july august september october november december"
_MONTHS = _NAMES.split()
_AGO = re.compile(rf"\b(?:about )?(\d{{1,3}}|{'|'.join(_COUNTS)}) (day|week|month|year)s? ago\b", re.IGNORECASE)
_LATELY = re.compile(
    r"\b(?:in |over |during )?(?:the )?(today|yesterday|this morning|(?:this|last|past|previous) (?:day|week|month"
    r"|year)|recently|lately|earlier|before|the other day|so far)\b",
    re.IGNORECASE,
)
_ON = re.compile(
    rf"\b(?:on|in) (?:the )?(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?({'|'.join(_MONTHS)})"
    r"(?: (\d{1,2})(?:st|nd|rd|th)?\b)?(?:,? ((?:19|20)\d\d))?\b",
    re.IGNORECASE,
)


def look_back_in(question: str, now: datetime) -> LookBack | None:
    """What of the past a question asks for; None where it asks about anything else."""
    said = " ".join(question.replace("’", "'").split()).rstrip("?!. ")
    found = _ABOUT_THE_PAST.match(said)
    if found is None or _OF_OTHERS.search(said):
        return None
    rest, since, until = _window(said[found.end() :], now)
    rest = _LINK.sub("", _TO_WHOM.sub("", rest)).strip(" ,")
    return LookBack(rest if content_stems(rest) else "", since, until)


def _window(said: str, now: datetime) -> tuple[str, datetime | None, datetime | None]:
    """The words without their time, and the time: whole days, weeks around "two weeks ago"."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if found := _AGO.search(said):
        length = timedelta(days=_DAYS[found[2].lower()])
        middle = today - length * int(_COUNTS.get(found[1].lower(), 0) or found[1])
        wide = length / 2 if length.days > 1 else timedelta(0)
        return _without(said, found), middle - wide, middle + wide + timedelta(days=1)
    if found := _ON.search(said):
        return _without(said, found), *_dated(found, today)
    if found := _LATELY.search(said):
        return _without(said, found), *_lately(found[1].lower(), today)
    return said, None, None


def _lately(when: str, today: datetime) -> tuple[datetime | None, datetime | None]:
    if when in ("today", "this morning", "this day"):
        return today, None
    if when in ("yesterday", "last day", "previous day"):
        return today - timedelta(days=1), today
    which, _, unit = when.partition(" ")
    if unit not in _DAYS:  # recently, before: any time
        return None, None
    if which == "this":
        return today - timedelta(days=_DAYS[unit]), None
    # "last week" on a Friday may mean Monday as well as the week before: both are looked through.
    return today - timedelta(days=2 * _DAYS[unit]), None


def _dated(found: re.Match[str], today: datetime) -> tuple[datetime, datetime]:
    month = _MONTHS.index(found[2].lower()) + 1
    year = int(found[4]) if found[4] else today.year - (month > today.month)
    if day := found[1] or found[3]:
        try:
            start = today.replace(year=year, month=month, day=int(day))
        except ValueError:  # the 31st of June: the month will do
            start = today.replace(year=year, month=month, day=1)
        else:
            return start, start + timedelta(days=1)
    start = today.replace(year=year, month=month, day=1)
    return start, (start + timedelta(days=32)).replace(day=1)


def _without(said: str, found: re.Match[str]) -> str:
    return f"{said[: found.start()]} {said[found.end() :]}"
