"""Which of the rules that an edit suggests read as a wish that somebody may have; knows neither edit nor context."""

import re
from collections.abc import Callable

from personalization.claims import read
from personalization.framing import is_framing, opener
from personalization.lexicon import (
    CONNECTIVES,
    HEDGES,
    LIMITS,
    NO_CLAIM,
    NO_CLAIM_GERMAN,
    PERSONS,
    PERSONS_GERMAN,
    STOP_WORDS,
    STOP_WORDS_GERMAN,
    listed,
)
from personalization.prose import words
from personalization.rules import Given, Rule
from personalization.rules_classes import CLASSES, STARTS
from personalization.rules_words import phrase

_PERSONS = PERSONS | PERSONS_GERMAN
_SMALL = STOP_WORDS | STOP_WORDS_GERMAN | _PERSONS | LIMITS
_EMPTY = ((NO_CLAIM | NO_CLAIM_GERMAN) - STOP_WORDS - STOP_WORDS_GERMAN) | listed("very just also so too")
_SPOKEN = _PERSONS | listed("they them their theirs themselves he she him her his sie er")
_POINTING = _PERSONS | listed("it this that these those they them he she the a an es er sie das dies der die")
_FOR_AND = ("&", "+")
_ROUND = ("(", ")")
_JOINTS = (",", ";", ":")
_ARTICLES = listed("the a an der die das ein eine einen einem einer den dem des")
_MARKUP = set("*_`~\"'“”„«»#|")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("„", "“"))
_PLACES = ("line starts", "first sentence")
_MORE = 1  # words of content that a phrase may have more than the one it stands for
_MOST = 2  # words of content in a phrase


def sensible(rule: Rule, before: str, after: str) -> bool:
    """To leave out “The” is no wish, whatever it saves on one edit; neither is half a bracket or what one text says.

    A small word, or a comma, is meant where it went everywhere, and there were several."""
    if rule.shape == "replace":
        return _replaced(rule.given, before, after)
    judge = _JUDGES.get(rule.shape)
    return judge is None or judge(rule.given)


def _replaced(given: Given, before: str, after: str) -> bool:
    old, new = str(given["old"]).strip(), str(given["new"]).strip()
    ours, theirs = _said(old), _said(new)
    if (_halves(old) or _halves(new)) and not (old in _ROUND and _went(old, before, after)):
        return False
    if not ours:
        return bool(new) or old not in _JOINTS or _went(old, before, after)
    if not _content(old):
        went = old.lower() not in _ARTICLES and len(ours) == 1 >= len(theirs) and _went(old, before, after)
        return went or new in _FOR_AND or _is_manner(ours, theirs)
    return _says_nothing(old) if not new else _stands_for(old, new)


def _stands_for(old: str, new: str) -> bool:
    ours, theirs = _said(old), _said(new)
    if (theirs and _POINTING.issuperset(theirs)) or (_says_nothing(old) and not _claims_nothing(new)):
        return False
    return not _goes_on(ours, theirs) and not _is_of_one_text(ours, theirs)


def _is_manner(ours: list[str], theirs: list[str]) -> bool:
    """A small word for another is grammar, but "ye" for "you", or "we" for "I", is a manner."""
    spoken = {*ours, *theirs} <= _SPOKEN
    return len(ours) == len(theirs) == 1 and (spoken or theirs[0] not in _SMALL)


def _went(old: str, before: str, after: str) -> bool:
    wanted = re.compile(phrase(old), re.IGNORECASE)
    return len(wanted.findall(before)) > 1 and not wanted.search(after)


def _is_of_one_text(ours: list[str], theirs: list[str]) -> bool:
    """Whether two phrases are pieces of sentences: what several words say, or what was said beside them."""
    old, new = ([word for word in said if word not in _SMALL] for said in (ours, theirs))
    figures = [bool(re.search(r"\d", " ".join(said))) for said in (ours, theirs)]
    if all(figures):  # a figure otherwise written
        return False
    if figures[1] and len(theirs) > 1:
        return True
    if len(ours) == len(theirs) > 1 and not set(ours) & set(theirs) and min(map(len, theirs)) > 1:
        return True  # word by word they are wishes, each by itself
    return len(new) > len(old) + _MORE or max(len(old), len(new)) > _MOST


def _said(text: str) -> list[str]:
    return [word.lower() for word in words(text)]


def _content(text: str) -> list[str]:
    return [word for word in _said(text) if word not in _SMALL]


def _halves(text: str) -> bool:
    return any(text.count(left) != text.count(right) for left, right in _BRACKETS)


def _says_nothing(text: str) -> bool:
    """Whether a phrase can be left out of every text: a connective, a hedge, a filler, an announcement."""
    said = text.strip(" ,;:.!").lower()
    if said in CONNECTIVES | HEDGES or is_framing(text) or opener(f"{text} It is."):
        return True
    return _claims_nothing(text) and all(word in _EMPTY for word in _said(text))


def _claims_nothing(text: str) -> bool:
    return not any(one.claims for one in read(text))


def _goes_on(ours: list[str], theirs: list[str]) -> bool:
    """Whether the words stayed and small ones, or none, came with them: then it was their sentence that changed."""
    came = list(theirs)
    for word in ours:
        if word not in came:
            return False
        came.remove(word)
    return any(word in _SMALL for word in came) or not came


def _spelt(given: Given) -> bool:
    return str(given["word"]).lower() not in _SMALL


def _figured(given: Given) -> bool:
    """A figure gets other signs or another unit, not another conjunction."""
    said = {word for side in ("old", "new") for word in _said(given[side])} - {"am", "pm"}
    return said.isdisjoint(_SMALL | CONNECTIVES) and not re.search(r"\}[.!?]$", str(given["old"]))


def _wrapped(given: Given) -> bool:
    """Signs that dress one word are a manner; brackets around a phrase are what this text needed."""
    return given["of"] in (*CLASSES, *STARTS, *_PLACES) or (
        str(given["of"]).lower() not in _SMALL and set(given["before"]) <= _MARKUP
    )


def _inserted(given: Given) -> bool:
    return not _halves(str(given["literal"])) and _said(given["literal"])[:1] not in ([word] for word in ("and", "or"))


_JUDGES: dict[str, Callable[[Given], bool]] = {
    "affix": lambda given: not re.search(r"\d|\wn['’]t", str(given["old"]) + str(given["new"])),
    "spell": _spelt,
    "pattern": _figured,
    "wrap": _wrapped,
    "insert": _inserted,
    "begin": lambda given: not _halves(str(given["literal"])),
    "end": lambda given: not _halves(str(given["literal"])),
    "join": lambda given: not re.search(r"[()\[\]]", str(given["with"])),
}
