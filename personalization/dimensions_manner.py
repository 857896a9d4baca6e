"""The dimensions that are measured and described, but that a format cannot guarantee; they rewrite next to nothing."""

import re
from collections.abc import Callable

from personalization.claims import read
from personalization.dimension import Dimension, Phase, Settings, on_or_off
from personalization.framing import framed
from personalization.lexicon import is_german, is_past, listed, pasts
from personalization.prose import Hidden, all_sentences, each_sentence, markers, outside, words

_PERSONS = {
    "second person": listed("you your yours yourself du dein deine dir dich"),
    "first person plural": listed("we our ours us ourselves wir unser unsere"),
    "first person": listed("i my mine me myself ich mein meine mir mich"),
}


def _spoken(text: str, person: str) -> int:
    said = words(Hidden.of(framed(text).body).text)
    return sum(word.split("'")[0].split("’")[0].lower() in _PERSONS[person] for word in said)


def _person_wanted(draft: str, edited: str) -> Settings | None:
    moved = {person: _spoken(edited, person) - _spoken(draft, person) for person in _PERSONS}
    person = max(moved, key=lambda one: moved[one])
    if moved[person] >= 2 and moved[person] > _spoken(draft, person):
        return {"person": person}
    fewer = -sum(moved.values())
    return {"person": "third person"} if fewer >= 2 and not any(_spoken(edited, one) for one in _PERSONS) else None


PERSON = Dimension(
    name="person",
    values={"person": (*_PERSONS, "third person")},
    measure=lambda text: sum(_spoken(text, person) for person in _PERSONS),
    wanted=_person_wanted,
    describe=lambda wish: f"Write in the {wish['person']}.",
)


def _past(text: str) -> float:
    said = [word.lower() for word in words(Hidden.of(text).text)]
    past = sum(is_past(word) for word in said)
    present = sum(word in {"is", "are", "has", "have", "does", "do", "am"} for word in said)
    return past / (past + present) if past + present else 0.5


def _tense_wanted(draft: str, edited: str) -> Settings | None:
    """From verbs that changed only their tense, or the copulas, not from what else was put in or left out."""
    moved = _past(edited) - _past(draft)
    if abs(moved) < 0.3:
        return None
    old, new = ({word for sentence in read(text) for word in sentence.words} for text in (draft, edited))
    copulas = _copulas(edited) - _copulas(draft)
    to_past = sum(not pasts(verb).isdisjoint(new - old) for verb in old - new) + copulas
    to_present = sum(not pasts(verb).isdisjoint(old - new) for verb in new - old) - copulas
    if max(to_past, to_present) < 2:
        return None
    return {"tense": "past" if moved > 0 else "present"}


def _copulas(text: str) -> int:
    return sum(word.lower() in {"was", "were", "had", "did"} for word in words(text))


TENSE = Dimension(
    name="tense",
    values={"tense": ("past", "present")},
    measure=_past,
    wanted=_tense_wanted,
    describe=lambda wish: f"Write in the {wish['tense']} tense.",
)


def _counting(pattern: str) -> Callable[[str], float]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: len(compiled.findall(Hidden.of(text).text))


_EXAMPLE = r"(?:for example|for instance|e\.g\.|such as|zum beispiel|z\.\s?b\.|beispielsweise)"
_ASIDE = re.compile(rf"(?<!\s)\s*+\({_EXAMPLE}[^()\[\]]*\)", re.IGNORECASE)
_FIRST = re.compile(_EXAMPLE, re.IGNORECASE)
_examples = _counting(_EXAMPLE)


def _without_examples(text: str, wish: Settings) -> str:
    if wish["use"] or len(all_sentences(text)) < 2:
        return text
    return outside(text, lambda shown: each_sentence(shown, _unless_example))


def _unless_example(sentence: str) -> str:
    rest = _ASIDE.sub("", sentence)
    return "" if _FIRST.match(rest) and not markers(rest) and not rest.endswith(":") else rest


EXAMPLES = Dimension(
    name="examples",
    values={"use": (True, False)},
    measure=_examples,
    wanted=on_or_off(_examples, 1),
    describe=lambda wish: "Give an example." if wish["use"] else "Give no examples.",
    act=_without_examples,
    phase=Phase.SENTENCES,
    honours=lambda wish: not wish["use"],
)

_definitions = _counting(
    r"\b(?:that is,|i\.e\.|means? that|meaning|is defined as|are defined as|refers? to|is the term for|known as|"
    r"das heißt|d\.\s?h\.|bedeutet|bezeichnet)"
)
DEFINITIONS = Dimension(
    name="definitions",
    values={"use": (True, False)},
    measure=_definitions,
    wanted=on_or_off(_definitions, 1),
    describe=lambda wish: "Define the terms you use." if wish["use"] else "Do not define terms.",
)


def _density(text: str) -> float:
    said = all_sentences(text)
    return sum(bool(markers(one)) for one in said) / len(said) if said else 0.0


def _citations_wanted(draft: str, edited: str) -> Settings | None:
    more = len(set(markers(edited))) - len(set(markers(draft)))
    moved = _density(edited) - _density(draft)
    if (
        abs(moved) < 0.3 or more * moved <= 0
    ):  # sentences without a citation that came or went change no habit of citing
        return None
    return {"amount": "many" if moved > 0 else "few"}


CITATIONS = Dimension(
    name="citations",
    values={"amount": ("many", "few")},
    measure=_density,
    wanted=_citations_wanted,
    describe=lambda wish: "Cite a source in every sentence." if wish["amount"] == "many" else "Cite few sources.",
)


def _language_wanted(draft: str, edited: str) -> Settings | None:
    if is_german(draft) == is_german(edited) or len(words(edited)) < 4:
        return None
    return {"language": "German" if is_german(edited) else "English"}


LANGUAGE = Dimension(
    name="language",
    values={"language": ("English", "German")},
    measure=lambda text: float(is_german(text)),
    wanted=_language_wanted,
    describe=lambda wish: f"Answer in {wish['language']}.",
)

_VOWELS = re.compile(r"[aeiouyäöü]+", re.IGNORECASE)


def _ease(text: str) -> float:
    """Flesch's reading ease, syllables counted as groups of vowels; about 0 (hard) to 100 (easy)."""
    said, count = words(Hidden.of(text).text), len(all_sentences(text))
    if not said or not count:
        return 100.0
    syllables = sum(max(1, len(_VOWELS.findall(word.removesuffix("e")))) for word in said)
    return 206.835 - 1.015 * len(said) / count - 84.6 * syllables / len(said)


def _reading_wanted(draft: str, edited: str) -> Settings | None:
    moved = _ease(edited) - _ease(draft)
    enough = min(len(words(draft)), len(words(edited))) >= 15  # the ease of a few words is noise
    return {"level": "easy" if moved > 0 else "advanced"} if enough and abs(moved) >= 15 else None


READING = Dimension(
    name="reading level",
    values={"level": ("easy", "advanced")},
    measure=_ease,
    wanted=_reading_wanted,
    describe=lambda wish: "Write so that anyone can read it." if wish["level"] == "easy" else "Write for experts.",
)


def _questions(text: str) -> float:
    return sum(one.rstrip("*_ ").endswith("?") for one in all_sentences(framed(text).body))


QUESTIONS = Dimension(
    name="questions",
    values={"use": (True, False)},
    measure=_questions,
    wanted=on_or_off(_questions, 1),
    describe=lambda wish: "Ask questions in the text." if wish["use"] else "Ask no questions.",
)
