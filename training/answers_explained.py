"""Questions that ask for an explanation, read out of texts: what something is, and why. Their answers are sentences."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from training.answers_data import Evidence, Fact, Material, Said, Text, split, with_subject

_WHAT = (
    "What is {}?", "Tell me about {}.", "Describe {}.", "What do we know about {}?", "What does the text say about {}?",
    "Can you explain {}?", "Explain {} to me.", "How is {} described?", "Give me a short description of {}.", "{}?",
)  # fmt: skip
_WHY = (
    "Why is it that {}?", "What is the reason that {}?", "Why do they say that {}?", "How come {}?",
    "How is it explained that {}?", "What explains that {}?",
)  # fmt: skip
_REASON = re.compile(r"^(?P<claim>[A-Z][^.;:?!()]{18,140}?),? (?:because|so that|in order to) [^.;]{12,}")
_POINTING = re.compile(
    r"^(?:He|She|It|They|To|Furthermore|Therefore|Moreover|This|These|Those|That|There|However|But|And|If|When|While|Although|We|I|Its|His|Her|Their)\b"
)
_PLAIN_BEGINNING = re.compile(r"^(?:The|A|An|In|At|On|For|Most|Many|Some|All|Both|Each|Several|Such)\b")
_DESCRIBED = 0.2  # share of the titled texts that are asked for as a whole
_AROUND = 3  # sentences of others before and after, at most
_QUESTION = re.compile(r"^\W*(?:how|why|explain|describe)\b", re.IGNORECASE)
_A_PHRASE = 8  # words: a longer answer to a question of how or why is told in its sentence


def explanations(text: Text, rng: random.Random, named: bool) -> Iterator[Fact]:
    """Why, where a sentence gives a reason; now and then what the text says of its subject, if its title names one."""
    lines = split(text.text)
    name = text.title.partition(" (")[0] if named else ""
    if name and len(name.split()) <= 6 and len(lines) > 1 and rng.random() < _DESCRIBED:
        yield _told(text, "described", rng.choice(_WHAT).format(name), lines[:2])
    for number, line in enumerate(lines):
        reason = _REASON.match(line)
        if reason and not _POINTING.match(line) and " | " not in line:
            claim = reason["claim"]
            asked = claim[0].lower() + claim[1:] if _PLAIN_BEGINNING.match(claim) else claim
            yield _told(text, f"reason {number}", rng.choice(_WHY).format(asked), [line])
            return


def in_sentences(fact: Fact) -> Fact:
    """The same, answered by its sentences where it asks how or why and no few words will do."""
    wordy = len(fact.answer.split()) > _A_PHRASE and _QUESTION.search(fact.question)
    return replace(fact, answer="", accepted=(*fact.accepted, fact.answer)) if wordy and fact.long else fact


def among_others(material: Material, rng: random.Random) -> Material:
    """The texts between sentences of others of their group, as a passage of a document stands among its neighbours."""
    by_group: dict[str, list[str]] = {}
    for text in material.texts.values():
        by_group.setdefault(text.group, []).extend(split(text.text))
    texts = {key: replace(text, text=_between(text, by_group[text.group], rng)) for key, text in material.texts.items()}
    return Material(material.name, texts, material.facts)


def _between(text: Text, lines: Sequence[str], rng: random.Random) -> str:
    before, after = (rng.sample(lines, min(len(lines), rng.randint(0, _AROUND))) for _ in range(2))
    return " ".join([*before, text.text, *after])


def _told(text: Text, what: str, question: str, lines: Sequence[str]) -> Fact:
    first = with_subject(lines[0], text.title)
    said = tuple(Said(line, (text.id,)) for line in (first, *lines[1:]))
    return Fact(f"{text.id} {what}", question, "", (Evidence(text.id, lines[0]),), text.group, said)
