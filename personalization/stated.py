"""What a person says outright about how they want texts, read by patterns; what these do not know stays unread."""

import re
from collections.abc import Callable, Iterator, Mapping

from personalization.dimension import Wish
from personalization.dimensions import restore
from personalization.lexicon import NUMBERS
from personalization.ports import Transformation

Asked = Mapping[str, object]
Found = re.Match[str]

_NO = (
    r"(?:no|without|avoid|skip|omit|hate|dislike|leave out|stop using|never use|keine?n?|ohne|verzichte auf|vermeide|"
    r"(?:do not|don't|don’t) (?:like|want|need|use|write|add|give|include)(?: me)?(?: any)?) (?:any |more |the )?"
)
_COUNT = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|an?|eine[mnr]?|zwei|drei|vier|fünf)"
_UNIT = r"(?:short |kurzen )?(sentence|word|satz|sätze|wort|worte|wörter)"
_LIMIT = r"(?:at most|max(?:imum|imal)?(?: of)?|no more than|up to|under|below|in|with|only|höchstens|nur|mit|exactly)"
_GERMAN_NUMBERS = {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5}
_LIST = r"(?:bullet(?:s|ed|[- ]points?)?|stichpunkt\w*|stichwort\w*|aufzählung\w*|spiegelstrich\w*)"
_QUOTE = r"[\"“„]([^\"“”„\n]{1,60})[\"”“]"
_SPELLINGS = {"british": "British", "uk": "British", "american": "American", "us": "American"}


def _ask(dimension: str, **settings: object) -> Asked:
    return {"dimension": dimension, **settings}


def _length(found: Found) -> Asked:
    count, unit = found[1].lower(), found[2].lower()
    number = int(NUMBERS.get(count, count if count.isdigit() else _GERMAN_NUMBERS.get(count, 1)))
    of = "sentences" if unit.startswith("s") else "words"
    return _ask("length", bound="at most", count=max(1, number), of=of)


def _greeting(word: str) -> Callable[[Found], Asked]:
    return lambda found: _ask("greeting", text=f"{word} {found[1].strip()},", gap="\n\n")


# What to look for, and what it asks for; of several that speak of one dimension the first holds.
_STATEMENTS: tuple[tuple[str, Asked | Callable[[Found], Asked]], ...] = (
    (rf"{_NO}(?:{_LIST}|lists?|listen)\b", _ask("lists", sign="")),
    (r"(?:numbered|number the|step[- ]by[- ]step|nummerier\w*|schritt für schritt)\b", _ask("lists", sign="1.")),
    (rf"{_LIST}\b", _ask("lists", sign="-")),
    (
        rf"(?:one|a single|einem) (?:paragraph|absatz)\b|{_NO}(?:paragraphs|absätze)",
        _ask("paragraphs", sentences="one paragraph"),
    ),
    (r"(?:one|each|every) sentence (?:per|a|on its own|on a new) line\b", _ask("paragraphs", sentences="a line each")),
    (r"jede[nr]? satz (?:in|auf) eine[r]? (?:eigenen? |neuen? )?zeile", _ask("paragraphs", sentences="a line each")),
    (rf"{_LIMIT} {_COUNT} {_UNIT}", _length),
    (rf"(?<![\w ]){_COUNT} {_UNIT}s?\b(?! per| a | on)", _length),
    (rf"{_NO}(?:emojis?|emoticons?|smileys?)\b", _ask("emoji", use=False, sign="", place="anywhere")),
    (
        r"(?:use|add|with|mit|gerne?|more) (?:\w+ )?(?:emojis?|smileys?)\b",
        _ask("emoji", use=True, sign="🙂", place="end"),
    ),
    (rf"{_NO}(?:contractions?|short forms|kurzformen)\b", _ask("contractions", use=False)),
    (r"(?:use|with) contractions\b", _ask("contractions", use=True)),
    (
        r"(british|american|uk|us) (?:english|spelling)\b",
        lambda found: _ask("spelling", variety=_SPELLINGS[found[1].lower()]),
    ),
    (rf"{_NO}(?:exclamation (?:marks?|points?)|ausrufe?zeichen)\b", _ask("exclamations", use=False)),
    (rf"{_NO}(?:hedg\w+|maybes?|perhaps)\b|(?:do not|don't|never|stop) hedg\w+", _ask("hedging", use=False)),
    (rf"{_NO}(?:bold(?: text| type| words?)?|fettdruck|fettschrift)\b", _ask("emphasis", use=False)),
    (r"(?:in|use|with|make|set) (?:\w+ ){0,3}bold\b|\bfett\b|fettdruck", _ask("emphasis", use=True)),
    (rf"{_NO}(?:headings?|headlines?|titles?|überschrift\w*)\b", _ask("headings", use=False, text="")),
    (r"(?:with|use|add|mit) (?:an? |einer )?(?:headings?|überschrift\w*)\b", _ask("headings", use=True, text="")),
    (rf"{_NO}(?:greetings?|salutations?|anrede|begrüßung)\b", _ask("greeting", text="", gap=" ")),
    (r"(?:address|call) me (?:as |by )?[\"“]?([^\"”,\n]{1,40}?)[\"”]?(?:,? please)?[.!]*$", _greeting("Dear")),
    (r"(?:nenne? mich|(?:sprich|sprechen sie) mich (?:mit|als)) ([^,\n]{1,40}?)(?: an)?[.!]*$", _greeting("Hallo")),
    (
        rf"(?:begin|start|greet me|beginne?)(?: \w+){{0,3}} (?:with|mit) {_QUOTE}",
        lambda found: _ask("greeting", text=found[1], gap="\n\n"),
    ),
    (rf"{_NO}(?:closings?|sign-?offs?|signatures?|gru(?:ß|ss)formel\w*)\b", _ask("closing", text="", gap=" ")),
    (
        rf"(?:end|sign|close|finish|ende|schließe?)(?: \w+){{0,3}} (?:with|as|mit) {_QUOTE}",
        lambda found: _ask("closing", text=found[1], gap="\n\n"),
    ),
    (r"(?:start|begin|lead) with the (?:answer|conclusion|result)", _ask("announcements", use=False)),
    (r"to the point\b|(?:answer|conclusion) first\b|zur sache\b|mit der antwort\b", _ask("announcements", use=False)),
    (rf"{_NO}(?:preambles?|introductions?|intros?|einleitung\w*|floskeln)\b", _ask("announcements", use=False)),
    (rf"{_NO}(?:examples?|beispiele?)\b", _ask("examples", use=False)),
    (r"examples?\b|beispiel\w*", _ask("examples", use=True)),
    (r"define\b|definitions?\b|definier\w*", _ask("definitions", use=True)),
    (
        r"(?:plain|simple|easy) (?:english|words|language)\b|einfache[rn]? (?:sprache|worten?)",
        _ask("wording", words="plain"),
    ),
    (r"(?:no slang|formal(?:ly)?|förmlich\w*|formell\w*)\b", _ask("wording", words="formal")),
    (r"short sentences\b|kurzen? sätzen?\b", _ask("sentence length", sentences="short")),
    (
        r"for (?:a )?(?:child(?:ren)?|beginners?|laym[ae]n|kids)\b|five[- ]year|für (?:kinder|laien)",
        _ask("reading level", level="easy"),
    ),
    (r"for (?:an )?experts?\b|für (?:experten|fachleute)\b", _ask("reading level", level="advanced")),
    (r"(?:lower ?case|small letters|kleinschreibung|kleinbuchstaben)\b", _ask("casing", letters="small")),
    (r"(?:upper ?case|all caps|capital letters|großbuchstaben)\b", _ask("casing", letters="capital")),
    (r"(?:in|auf) (?:german|deutsch)\b", _ask("language", language="German")),
    (r"(?:in|auf) (?:english|englisch)\b", _ask("language", language="English")),
    (r"(first person plural|(?:first|second|third) person)\b", lambda found: _ask("person", person=found[1].lower())),
    (r"(past|present) tense\b", lambda found: _ask("tense", tense=found[1].lower())),
    (
        r"cit(?:e|ations?)\b.{0,20} (?:every|each)\b|always cite\b|immer (?:mit )?quellen",
        _ask("citations", amount="many"),
    ),
    (rf"{_NO}(?:questions?|fragen)\b", _ask("questions", use=False)),
    # "short" is no measure: about what fits on a small screen
    (
        r"(?:short(?:er)?|brief(?:ly)?|concise(?:ly)?|succinct\w*|terse|kurz\w*|knapp\w*)\b"
        r"(?! (?:form|sent|sätz|word|wört))",
        _ask("length", bound="at most", count=60, of="words"),
    ),
)
_NEGATED = re.compile(
    r"(?:\b(?:not|never|no|avoid|hate|dislike|stop|nicht|nie)\b|n['’]t\b)(?: (?!and\b|but\b|und\b|aber\b)\w+){0,3} $",
    re.IGNORECASE,
)


def read(statement: str) -> tuple[Transformation, ...]:
    """The transformations that a statement asks for; empty where it is not understood."""
    by_key: dict[str, Wish] = {}
    for wish in _wishes(" ".join(statement[:_LONGEST].split())):
        by_key.setdefault(wish.key, wish)
    return tuple(by_key.values())


def _wishes(said: str) -> Iterator[Wish]:
    for pattern, asked in _STATEMENTS:
        found = re.search(rf"(?<!\w)(?:{pattern})", said, re.IGNORECASE)
        if found and not _NEGATED.search(said[: found.start()]):
            yield restore({"kind": "dimension", **(asked(found) if callable(asked) else asked)})


_LONGEST = 500  # letters: who writes more than that is not stating a preference
