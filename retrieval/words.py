"""Text to words and sentences, for rules that compare texts; knows nothing of questions, answers or passages."""

import re

# Han, kana and Hangul are written without spaces: there each character counts as a word.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’.,][^\W_{_UNSPACED}]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]*[A-Z0-9\u00c0-\u024f])|(?<=[。！？])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|No|Inc|Ltd|Co|Fig|e\.g|i\.e)|\A\s*\d{1,3})\.\Z"
)
_STEM_LETTERS = 5  # longer words are compared by their beginning: crude, the same in every language, and visible

_STOP_WORDS = """
    a about above after again all also although am an and any are as at be because been before being below between
    both but by can could did do does doing done down during each either else few for from further get had has have
    having he her here hers him his how i if in into is it its itself just let made make many may me might more most
    much must my no nor not now of off on once one ones only or other our out over own please same shall she should so
    some such tell than that the their them then there these they this those through to too under until up us very was
    we were what when where whether which while who whom whose why will with would yes you your it's what's who's
    where's that's there's don't doesn't didn't isn't aren't wasn't weren't i'm you're they're we're s t"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def words(text: str) -> list[str]:
    """Lower-cased words in order; digits grouped by commas or points stay one word."""
    return _WORD.findall(text.lower().replace("’", "'"))


def stem(word: str) -> str:
    """A word's first letters, without a possessive; numbers whole, without thousands separators."""
    word = word.removesuffix("'s")
    if word[0].isdigit():
        return word.replace(",", "")
    return word[:_STEM_LETTERS] if len(word) > _STEM_LETTERS else word.removesuffix("s") if len(word) > 3 else word


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences, without surrounding white space; abbreviations and initials end none."""
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        if "\n" not in match.group() and _ABBREVIATION.search(text[start : match.start()]):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    return [_stripped(text, span) for span in spans if text[slice(*span)].strip()]


def _stripped(text: str, span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
