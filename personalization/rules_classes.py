"""Classes of words and places that a rule may be about: how they are found, and what they are called. Knows no rule."""

import re

_NUMBERS = re.compile(r"(?<![\w\[])\d+(?:[.,]\d+)*(?![\w\]])")
CLASSES: dict[str, tuple[re.Pattern[str], str]] = {
    "number": (_NUMBERS, "numbers"),
    "name": (re.compile(r"(?<=[\w,;:)] )[A-Z]\w+(?: [A-Z]\w+)*"), "names"),
    "capitals": (re.compile(r"\b[A-Z]{2,}\b"), "words in capitals"),
    "long": (re.compile(r"\b\w{9,}\b"), "long words"),
    "bracket": (re.compile(r"\((?=[^()]*[^\d()])[^()]+\)"), "what is in parentheses"),
    "article": (re.compile(r"(?:\b[Tt]he|\ban?|(?<=[.!?] )An?|\AAn?)\b(?!['’.-])"), "the articles: the, a, an"),
    "adverb": (re.compile(r"\b\w{2,}ly\b"), "words in -ly"),
}
# Of these a text loses nothing; without its figures, names or long words it would no longer say what it said.
DROPPABLE = ("bracket", "article")
STARTS = {"first word": r"\W*?(\w+(?:[-'’]\w+)*)", "first words": r"\W*?(\w+(?:[-'’]\w+)*(?: \w+(?:[-'’]\w+)*){0,2})"}
_NAMES = {name: called for name, (_, called) in CLASSES.items()} | {
    **{of: f"the {of} of each sentence" for of in STARTS},
    **{of: f"the {of}" for of in ("text", "first sentence", "last sentence")},
    **{"line starts": "the first word of each line", "starts": "the first letter of each sentence"},
}


def named(of: str) -> str:
    """What a rule is about, in words; what is no class is the words themselves."""
    return _NAMES.get(of, f"“{of}”")
