"""The same sentences in other words: contractions, easier words, shorter sentences. Tables and rules, no model."""

import re

_MARKERS = re.compile(r"\s*((?:\[\d+\])+)")
_WIDE = {
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "is not": "isn't",
    "are not": "aren't",
    "was not": "wasn't",
    "were not": "weren't",
    "cannot": "can't",
    "will not": "won't",
    "would not": "wouldn't",
    "could not": "couldn't",
    "should not": "shouldn't",
    "it is": "it's",
    "that is": "that's",
    "there is": "there's",
    "you are": "you're",
    "they are": "they're",
    "we are": "we're",
    "have not": "haven't",
    "has not": "hasn't",
    "I am": "I'm",
    "you will": "you'll",
    "it will": "it'll",
    "you have": "you've",
    "he was": "he was",
}
_PLAIN = {
    "utilize": "use",
    "utilizes": "uses",
    "utilized": "used",
    "utilizing": "using",
    "approximately": "about",
    "commence": "start",
    "commenced": "started",
    "terminate": "end",
    "terminated": "ended",
    "purchase": "buy",
    "purchased": "bought",
    "obtain": "get",
    "obtained": "got",
    "require": "need",
    "requires": "needs",
    "required": "needed",
    "additional": "more",
    "numerous": "many",
    "however": "but",
    "therefore": "so",
    "subsequently": "later",
    "previously": "before",
    "sufficient": "enough",
    "assist": "help",
    "assistance": "help",
    "attempt": "try",
    "attempted": "tried",
    "demonstrate": "show",
    "demonstrated": "showed",
    "reside": "live",
    "resided": "lived",
    "located": "found",
    "prior to": "before",
    "in order to": "to",
    "due to": "because of",
    "regarding": "about",
    "concerning": "about",
    "acquire": "get",
    "acquired": "got",
    "individuals": "people",
    "primarily": "mainly",
    "frequently": "often",
    "initially": "at first",
    "furthermore": "also",
    "moreover": "also",
    "employed": "used",
    "constructed": "built",
    "established": "set up",
    "received": "got",
    "provide": "give",
    "provides": "gives",
    "provided": "gave",
    "perform": "do",
    "significant": "big",
    "significantly": "a lot",
    "entire": "whole",
    "comprises": "has",
    "consists of": "is made of",
    "principal": "main",
    "manner": "way",
    "indicate": "show",
    "indicates": "shows",
    "indicated": "showed",
    "via": "through",
    "upon": "on",
    "generally": "mostly",
    "typically": "mostly",
    "multiple": "many",
    "portion": "part",
    "possess": "have",
}


def expanded(text: str) -> str:
    """Without contractions."""
    for wide, narrow in _WIDE.items():
        text = _swap(text, narrow, wide)
    return text


def contracted(text: str) -> str:
    """With contractions."""
    for wide, narrow in _WIDE.items():
        text = _swap(text, wide, narrow)
    return text


def simple(text: str) -> str:
    """With easier words for the longer ones."""
    for hard, easy in _PLAIN.items():
        text = _swap(text, hard, easy)
    return text


def cut_short(sentence: str) -> list[str]:
    """A sentence as several where clauses that can stand alone are joined in it; each keeps the markers."""
    said, markers = parted(sentence)
    clauses = re.split(
        r"(?:;|, and|, but|, so| – | but) (?=(?:it|he|she|they|this|the|we|you|there|that|these)\b)", said.rstrip(".")
    )
    if min(len(clause.split()) for clause in clauses) < 4:
        return [sentence]
    return [f"{clause[0].upper()}{clause[1:]}{markers}." for clause in clauses]


def parted(sentence: str) -> tuple[str, str]:
    """What a cited sentence says, and its markers with the space before them."""
    found = _MARKERS.search(sentence)
    return _MARKERS.sub("", sentence), f" {found[1]}" if found else ""


def lowered(text: str) -> str:
    """The first word in lower case, unless it is a name or an abbreviation."""
    first = text.partition(" ")[0]
    known = first in {
        "The",
        "A",
        "An",
        "It",
        "This",
        "That",
        "In",
        "On",
        "At",
        "He",
        "She",
        "They",
        "There",
        "These",
        "If",
        "You",
    }
    return text[0].lower() + text[1:] if known else text


def _swap(text: str, old: str, new: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        return new[0].upper() + new[1:] if found.group()[0].isupper() else new

    return re.sub(rf"\b{re.escape(old)}\b", replaced, text, flags=re.IGNORECASE)
