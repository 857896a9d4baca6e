"""Further questions, read out of encyclopedia texts by patterns: attributes that distractors of the same kind share."""

import random
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from training.answers_data import Evidence, Fact, Said, Text, split, with_subject

_DATE = r"(?:\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4})"
_NAMES = r"[A-Z][\w'’.-]+(?: (?:[A-Z][\w'’.-]+|de|van|von|of|the|and|&)){0,4}"
_TRAILING = re.compile(r"(?:\s+(?:and|of|the|de|van|von|&)|[\s,.;])+\Z")
_WORDS = r"[a-z][\w -]{2,40}?"


@dataclass(frozen=True)
class Pattern:
    """What a sentence says about the subject of its text, and how that can be asked for."""

    said: re.Pattern[str]
    asked: tuple[str, ...]
    kind: str = ""  # person or work: what can be asked of a subject although its text says nothing of it
    hint: str = ""  # a text in which this is found may say it in other words


PATTERNS = (
    Pattern(
        re.compile(rf"\((?:[^()]*\b)?(?:born|b\.)\s*({_DATE})"),
        ("When was {} born?", "What is {}'s date of birth?", "On which day was {} born?", "when was {} born"),
        "person",
        r"born|birth|\bb\.|\d{4} ?[–-]",
    ),
    Pattern(
        re.compile(rf"\(({_DATE})\s*[–-]\s*{_DATE}\)"),
        ("When was {} born?", "What is the birth date of {}?", "On what date was {} born?"),
    ),
    Pattern(
        re.compile(rf"\({_DATE}\s*[–-]\s*({_DATE})\)"),
        ("When did {} die?", "What is {}'s date of death?", "On which date did {} die?", "when did {} die"),
        "person",
        r"die|dea|kill|\d{4} ?[–-] ?|late ",
    ),
    Pattern(
        re.compile(rf"\bborn (?:on {_DATE} )?in ({_NAMES}(?:, {_NAMES})?)"),
        ("Where was {} born?", "What is {}'s place of birth?", "In what city was {} born?", "where was {} born"),
        "person",
        r"born|birth|native|from|raised|grew|hail",
    ),
    Pattern(
        re.compile(rf"\bdirected by ({_NAMES})"),
        ("Who directed {}?", "Who was the director of {}?", "Who is the director of the film {}?"),
        "work",
        r"direct|film by|filmmaker",
    ),
    Pattern(
        re.compile(rf"\b(?:written|composed) by ({_NAMES})"),
        ("Who wrote {}?", "Who is the writer of {}?"),
        "work",
        r"writ|wrote|author|screenplay|compos|novel|by ",
    ),
    Pattern(
        re.compile(rf"\bproduced by ({_NAMES})"),
        ("Who produced {}?", "Who was the producer of {}?"),
        "work",
        r"produc|by ",
    ),
    Pattern(
        re.compile(rf"\bstarring ({_NAMES})"),
        ("Who starred in {}?", "Which actor played in {}?"),
        "work",
        r"star|cast|play|featur|role|lead",
    ),
    Pattern(
        re.compile(
            rf"\bby (?:the )?(?:American|British|English|Canadian|Australian|Swedish|Irish|French|German)?\s*"
            rf"(?:rock band|singer|rapper|musician|band|recording artist|singer-songwriter|artist) ({_NAMES})"
        ),
        ("Who is the artist of {}?", "Which artist recorded {}?", "Who performed {}?"),
    ),
    Pattern(
        re.compile(r"\b(?:is|was) an? (\d{4}) [\w\s-]{0,40}?(?:film|movie|album|song|novel|drama|comedy)\b"),
        ("When was {} released?", "In what year did {} come out?", "What year is {} from?"),
    ),
    Pattern(
        re.compile(rf"\b(?:released|published) (?:in|on) ((?:{_DATE})|(?:[A-Z][a-z]+ )?\d{{4}})\b"),
        ("When was {} released?", "What is the release date of {}?", "In what year was {} published?"),
    ),
    Pattern(
        re.compile(r"\b(?:founded|established|formed) in ((?:[A-Z][a-z]+ )?\d{4})\b"),
        ("When was {} founded?", "What year was {} established?", "Since when does {} exist?"),
    ),
    Pattern(
        re.compile(rf"\b(?:located|situated|headquartered|based) in ({_NAMES}(?:, {_NAMES})?)"),
        ("Where is {} located?", "In which place is {}?", "Where can {} be found?"),
    ),
    Pattern(
        re.compile(
            rf"\bis an? (?:village|town|city|municipality|commune|district|river|lake|mountain)[\w\s]{{0,20}}? in "
            rf"({_NAMES}(?:, {_NAMES})?)"
        ),
        ("Where is {}?", "In which region is {} located?", "What country or region is {} in?"),
    ),
    Pattern(
        re.compile(r"\bpopulation (?:of|was) (?:about )?([\d,]{3,})"),
        ("What is the population of {}?", "How many people live in {}?", "How many inhabitants does {} have?"),
    ),
    Pattern(
        re.compile(
            r"\(born [^()]+\) (?:is|was) an? (?:[A-Z][a-z]+(?:-[A-Z][a-z]+)? )("
            + _WORDS
            + r")(?=[,.]| who| and| from| for)"
        ),
        ("What is {}'s occupation?", "What does {} do for a living?", "What is {} known as?", "What is {}'s job?"),
    ),
    Pattern(
        re.compile(r"\b(?:is|was) an? ([A-Z][a-z]{2,}(?:an|ish|ese|ch)) (?:former |professional )?[a-z]+"),
        ("What is {}'s nationality?", "Which nationality does {} have?", "What nationality is {}?"),
    ),
    Pattern(
        re.compile(rf"\bplay(?:s|ed)? (?:\w+ ){{0,3}}for (?:the )?({_NAMES})"),
        ("Which team did {} play for?", "For which team has {} played?"),
    ),
    Pattern(
        re.compile(rf"\b(?:graduated from|educated at|studied at|attended) (?:the )?({_NAMES})"),
        ("Where did {} study?", "Which school did {} attend?", "Where was {} educated?"),
        "person",
        r"stud|school|colleg|universit|educat|degree|graduat|academy|alma",
    ),
    Pattern(
        re.compile(rf"\bmarried ({_NAMES})"),
        ("Who did {} marry?", "Who was {}'s spouse?"),
        "person",
        r"marr|wife|husband|spouse|wed|widow|consort|partner",
    ),
    Pattern(
        re.compile(rf"\b(?:son|daughter) of ({_NAMES})"),
        ("Who was {}'s parent?", "Whose child was {}?", "Who is the father or mother of {}?"),
        "person",
        r"son |daughter|father|mother|parent|child|born to|brother|sister",
    ),
)


def read_out(text: Text, rng: random.Random, most: int = 3) -> Iterator[Fact]:
    """At most `most` facts about the subject of `text` and as many that it does not tell; none without a title."""
    name = text.title.partition(" (")[0]
    if not name or len(name.split()) > 6:
        return
    found: list[tuple[int, str, str]] = []
    for sentence in split(text.text)[:4]:
        for number, pattern in enumerate(PATTERNS):
            matched = pattern.said.search(sentence)
            if matched and number not in {other for other, *_ in found}:
                found.append((number, _TRAILING.sub("", matched[1]), sentence))
    rng.shuffle(found)
    for number, answer, sentence in found[:most]:
        question = rng.choice(PATTERNS[number].asked).format(name)
        said = (Said(with_subject(sentence, text.title), (text.id,)),)
        evidence = (Evidence(text.id, sentence),)
        yield Fact(
            f"{text.id} pattern {number}",
            question,
            answer,
            evidence,
            text.group,
            said,
            (),
            f"pattern {number}",
            "",
            (answer,),
        )
    yield from _untold(text, name, {PATTERNS[number].kind for number, *_ in found}, rng)


def _untold(text: Text, name: str, kinds: AbstractSet[str], rng: random.Random) -> Iterator[Fact]:
    """Up to two questions about the subject that its text does not answer: what was found tells a person or a work."""
    kinds = {kind for kind in kinds if kind}
    open_ = [
        (number, pattern)
        for number, pattern in enumerate(PATTERNS)
        if kinds == {pattern.kind} and not re.search(pattern.hint, text.text, re.IGNORECASE)
    ]
    for number, pattern in rng.sample(open_, min(2, len(open_))):
        question = rng.choice(pattern.asked).format(name)
        yield Fact(f"{text.id} untold {number}", question, "", (), text.group, about=text.id)
