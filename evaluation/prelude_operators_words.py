"""Style operators on words: what is said with other words, or without some. They know nothing of sentences or layout.

Keys in small letters match any case and keep a capital; no replacement contains a key, so one pass is enough.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from evaluation.prelude_text import SpanEdit

BRITISH = {
    "color": "colour", "colors": "colours", "favorite": "favourite", "center": "centre", "behavior": "behaviour",
    "neighbor": "neighbour", "neighbors": "neighbours", "organize": "organise", "organized": "organised",
    "organization": "organisation", "realize": "realise", "realized": "realised", "analyze": "analyse",
    "traveling": "travelling", "traveled": "travelled", "program": "programme", "theater": "theatre",
    "gray": "grey", "labor": "labour", "flavor": "flavour", "honor": "honour", "defense": "defence",
    "apologize": "apologise", "recognize": "recognise", "fall": "autumn", "vacation": "holiday", "apartment": "flat",
    "movie": "film", "movies": "films", "meter": "metre", "meters": "metres", "license": "licence",
}  # fmt: skip
AMERICAN = {british: american for american, british in BRITISH.items() if british not in {"flat", "holiday", "film"}}
EXPANDED = {
    "don't": "do not", "doesn't": "does not", "didn't": "did not", "can't": "cannot", "won't": "will not",
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not", "it's": "it is",
    "that's": "that is", "there's": "there is", "I'm": "I am", "I've": "I have", "I'll": "I will", "I'd": "I would",
    "you're": "you are", "you've": "you have", "you'll": "you will", "we're": "we are", "we've": "we have",
    "we'll": "we will", "they're": "they are", "couldn't": "could not", "shouldn't": "should not",
    "wouldn't": "would not", "haven't": "have not", "hasn't": "has not", "let's": "let us",
}  # fmt: skip
CONTRACTED = {long: short for short, long in EXPANDED.items()}
PLAIN = {
    "utilize": "use", "utilizes": "uses", "utilized": "used", "facilitate": "help", "demonstrate": "show",
    "demonstrates": "shows", "demonstrated": "showed", "approximately": "about", "commence": "start",
    "terminate": "end", "purchase": "buy", "purchased": "bought", "assist": "help", "assistance": "help",
    "require": "need", "requires": "needs", "required": "needed", "obtain": "get", "obtained": "got",
    "additional": "more", "sufficient": "enough", "numerous": "many", "regarding": "about", "prior": "earlier",
    "subsequently": "later", "individuals": "people", "children": "kids", "significant": "big",
    "significantly": "a lot", "investigate": "look at", "investigates": "looks at", "propose": "offer",
    "participants": "people", "residents": "neighbours", "authorities": "leaders", "indicates": "shows",
}  # fmt: skip
FORMAL = {
    "get": "obtain", "gets": "obtains", "got": "obtained", "buy": "purchase", "bought": "purchased", "need": "require",
    "needs": "requires", "show": "demonstrate", "shows": "demonstrates", "big": "considerable", "kids": "children",
    "ask": "enquire", "help": "assistance", "start": "commence", "end": "conclude", "about": "regarding",
    "enough": "sufficient", "lots": "a great number", "okay": "acceptable", "hi": "good day", "stuff": "material",
}  # fmt: skip
PLAYFUL = {
    "good": "super-duper", "great": "fantastic-tastic", "happy": "giggly", "big": "giant", "small": "teeny-tiny",
    "said": "squeaked", "went": "hopped", "walked": "tiptoed", "asked": "wondered aloud", "found": "spied",
    "people": "friends", "problem": "puzzle", "problems": "puzzles", "important": "mega-important", "new": "sparkly",
    "city": "bustling town", "made": "whipped up", "started": "kicked off", "many": "oodles of",
}  # fmt: skip
NEUTRAL = {
    "chairman": "chair", "policeman": "police officer", "fireman": "firefighter", "mankind": "humankind",
    "spokesman": "speaker", "salesman": "seller", "manpower": "staff", "he or she": "they", "his or her": "their",
    "guys": "everyone", "waitress": "server", "stewardess": "flight attendant", "housewife": "homemaker",
}  # fmt: skip
ACTIVE = {
    "it was decided that": "we decided that", "it is recommended that": "we recommend that",
    "it was found that": "we found that", "it is suggested that": "we suggest that",
    "it is believed that": "many believe that", "is known as": "has the name", "was created by": "comes from",
    "is made by": "comes from", "is required": "must happen", "was written by": "comes from",
    "it can be seen that": "we see that", "has been shown": "shows itself", "is located in": "lies in",
    "is used to": "serves to", "are used to": "serve to", "was held": "took place", "is called": "has the name",
    "is supported by": "rests on", "was caused by": "came from", "is caused by": "comes from",
}  # fmt: skip
ABBREVIATIONS = {
    "e.g.": "for instance", "i.e.": "that is", "etc.": "and so on", "approx.": "approximately", "dept.": "department",
    "asap": "as soon as possible", "fyi": "for your information", "vs.": "against", "info": "information",
    "max.": "at most", "min.": "at least", "AI": "artificial intelligence", "FAQ": "list of questions",
    "TV": "television", "UK": "United Kingdom", "US": "United States", "EU": "European Union", "&": "and",
}  # fmt: skip
SECOND_PERSON = {
    "people": "you", "the author": "you", "the narrator": "you", "the writer": "you", "the user": "you",
    "the poster": "you", "the speaker": "you", "users": "you", "someone": "you", "I": "you", "me": "you",
    "my": "your", "mine": "yours", "myself": "yourself", "I'm": "you're", "I've": "you've", "I'll": "you'll",
    "he": "you", "she": "you", "him": "you", "his": "your", "her": "your", "I am": "you are",
    "I was": "you were", "he was": "you were", "she was": "you were", "he is": "you are", "she is": "you are",
}  # fmt: skip
PLURAL = {
    "I": "we", "me": "us", "my": "our", "mine": "ours", "myself": "ourselves", "I'm": "we're", "I've": "we've",
    "I'll": "we'll", "I am": "we are",
}  # fmt: skip
PRESENT = {
    "was": "is", "were": "are", "had": "has", "did": "does", "went": "goes", "said": "says", "showed": "shows",
    "took": "takes", "gave": "gives", "came": "comes", "became": "becomes", "announced": "announces",
    "asked": "asks", "wanted": "wants", "felt": "feels", "could": "can", "told": "tells", "began": "begins",
}  # fmt: skip
HEDGES = (
    "perhaps", "maybe", "possibly", "probably", "presumably", "apparently", "seemingly", "somewhat", "arguably",
    "generally", "usually", "often", "likely", "potentially", "relatively", "roughly", "virtually",
)  # fmt: skip
ADJECTIVES = (
    "very", "really", "quite", "extremely", "highly", "truly", "amazing", "wonderful", "beautiful", "great", "good",
    "bad", "big", "small", "large", "huge", "new", "old", "important", "significant", "key", "various", "several",
    "special", "unique", "exciting", "interesting", "powerful", "innovative", "stunning", "strong", "effective",
    "comprehensive", "local", "popular", "remarkable", "memorable", "compelling", "rich", "novel", "simple",
    "careful", "warm", "cold", "long", "short", "young", "bright", "quiet", "busy", "clear", "serious", "main",
)  # fmt: skip
CONNECTIVES = (
    "however", "moreover", "furthermore", "additionally", "consequently", "therefore", "nevertheless", "thus",
    "hence", "overall", "indeed", "besides", "meanwhile", "accordingly", "finally",
)  # fmt: skip
EMPHATIC = ("must", "never", "always", "not", "only", "all", "now", "every", "important", "best", "free", "today")

TABLES: dict[str, Mapping[str, str]] = {
    "british_spelling": BRITISH,
    "american_spelling": AMERICAN,
    "no_contractions": EXPANDED,
    "contractions": CONTRACTED,
    "plain_words": PLAIN,
    "formal_words": FORMAL,
    "playful_words": PLAYFUL,
    "gender_neutral": NEUTRAL,
    "active_voice": ACTIVE,
    "abbreviations_expanded": ABBREVIATIONS,
    "second_person": SECOND_PERSON,
    "first_person_plural": PLURAL,
    "present_tense": PRESENT,
}
_BEFORE, _AFTER = r"(?<![\w'’-])", r"(?![\w'’-])"


def replaced(text: str, table: str) -> Iterator[SpanEdit]:
    """Each word or phrase of the table becomes its counterpart."""
    meanings = TABLES[table]
    for match in _pattern(tuple(meanings)).finditer(text):
        key = _key(match[0], meanings)
        if key is not None:
            # What the table itself writes with a capital has one only where a sentence begins.
            capital = match[0][0].isupper() and (key[0].islower() or _begins(text, match.start()))
            meaning = meanings[key]
            yield SpanEdit(match.start(), match.end(), meaning[0].upper() + meaning[1:] if capital else meaning)


def without(text: str, gone: Sequence[str]) -> Iterator[SpanEdit]:
    """Each of these words goes, with the comma that follows it; what begins a sentence then keeps its capital."""
    run = rf"(?:{_alternatives(tuple(gone))}){_AFTER},?[ \t]*"
    for match in re.finditer(rf"{_BEFORE}(?:{run})+", text, re.IGNORECASE):
        following = text[match.end() : match.end() + 1]
        if match[0][0].isupper() and "a" <= following <= "z":
            yield SpanEdit(match.start(), match.end() + 1, following.upper())
        else:
            left_over = following in ".,;:!?)\n" and text[: match.start()].endswith(" ")
            yield SpanEdit(match.start() - left_over, match.end(), "")


def capital_emphasis(text: str, words: Sequence[str] = EMPHATIC) -> Iterator[SpanEdit]:
    """These words stand in capitals."""
    for match in _pattern(tuple(words)).finditer(text):
        if not match[0].isupper():
            yield SpanEdit(match.start(), match.end(), match[0].upper())


def no_hedges(text: str) -> Iterator[SpanEdit]:
    """Nothing is weakened by perhaps, maybe, likely."""
    return without(text, HEDGES)


def no_adjectives(text: str) -> Iterator[SpanEdit]:
    """Frequent adjectives and words that intensify are left out."""
    return without(text, ADJECTIVES)


def no_connectives(text: str) -> Iterator[SpanEdit]:
    """No however, moreover, therefore."""
    return without(text, CONNECTIVES)


@lru_cache(maxsize=64)
def _pattern(keys: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}(?:{_alternatives(keys)}){_AFTER}", re.IGNORECASE)


def _alternatives(keys: tuple[str, ...]) -> str:
    return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))


def _key(said: str, meanings: Mapping[str, str]) -> str | None:
    """The table's spelling; what it writes in capitals, like US or I, is meant only in capitals."""
    if said in meanings:
        return said
    return next((key for key in meanings if not key.isupper() and key.casefold() == said.casefold()), None)


def _begins(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'(")
    return not before or before[-1] in ".!?…\n:"
