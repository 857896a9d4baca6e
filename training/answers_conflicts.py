"""Sheets on which passages contradict each other, by a namesake or by false information: every answer is named."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.answers_data import Fact, Material, Text, split
from training.answers_sheets import Asked, Sheet, answer, decline, hit
from training.answers_sources import rows

DIFFER = "the passages differ"
_WORDS = 60


@dataclass(frozen=True)
class Claim:
    """An answer with the texts that argue for it."""

    answer: str
    texts: tuple[str, ...]


def contradictions(material: Material, rng: random.Random, most: int) -> Iterator[Sheet]:
    """Facts that two subjects share in kind, told of one name, or of one subject with either's answer."""
    alike: dict[str, list[Fact]] = {}
    for fact in material.facts:
        if fact.attribute and len(fact.evidence) == 1:
            alike.setdefault(fact.attribute, []).append(fact)
    pairs = [(one, other) for facts in alike.values() for one, other in _pairs(facts, rng)]
    rng.shuffle(pairs)
    for one, other in pairs[:most]:
        claims = _claims(material, one, other, rng)
        if claims:
            yield _sheet(material, one.question, claims, rng)


def poisoned(folder: Path, allowed: frozenset[str], material: Material, rng: random.Random) -> Iterator[Sheet]:
    """Planted passages (poisonedrag) beside others like them that tell the truth, among texts of `material`."""
    for row in rows(folder / "questions.jsonl"):
        wrong, right = row["wrong_answers"][0], row["answers"][0]
        pattern = re.compile(re.escape(wrong), re.IGNORECASE)
        planted = [one["text"] for one in row["passages"] if pattern.search(one["text"])]
        if row["id"] not in allowed or len(planted) < 2 or right.lower() in wrong.lower() or "\\" in right:
            continue
        rng.shuffle(planted)
        true = tuple(pattern.sub(right, one) for one in planted[: rng.randint(1, 2)])
        false = tuple(planted[len(true) : len(true) + rng.randint(0, 2)])
        claims = [Claim(right, true), Claim(wrong, false)]
        question = row["question"][0].upper() + row["question"][1:] + "?" if rng.random() < 0.7 else row["question"]
        told = [claim for claim in claims if claim.texts]
        yield replace(_sheet(material, question, told, rng), source=folder.name)


def _pairs(facts: Sequence[Fact], rng: random.Random) -> Iterator[tuple[Fact, Fact]]:
    for one in facts:
        other = rng.choice(facts)
        if other.answer != one.answer and other.evidence[0].text_id != one.evidence[0].text_id:
            yield one, other


def _claims(material: Material, one: Fact, other: Fact, rng: random.Random) -> list[Claim]:
    """What is claimed of the subject of `one`: nothing where the other's text does not name its subject."""
    text, foreign = (material.texts[fact.evidence[0].text_id] for fact in (one, other))
    true = tuple(_telling(text.text, one, rng) for _ in range(rng.choices((1, 2, 3), (6, 3, 1))[0]))
    claims = [Claim(one.answer, tuple(dict.fromkeys(true)))]
    kind = rng.random()
    if kind < 0.25:  # all agree
        return claims
    if kind < 0.6:  # a namesake
        told = _renamed(_telling(foreign.text, other, rng), foreign.title, text.title)
        return [*claims, Claim(other.answer, (told,))] if told else []
    false = _telling(text.text, one, rng).replace(one.answer, other.answer)
    return [*claims, Claim(other.answer, (false,))]


def _telling(text: str, fact: Fact, rng: random.Random) -> str:
    """The evidence with some of the sentences after it."""
    lines = split(text)
    at = lines.index(fact.evidence[0].sentence) if fact.evidence[0].sentence in lines else 0
    after = lines[at + 1 : at + 1 + rng.randint(0, 3)]
    before = lines[max(0, at - rng.randint(0, 1)) : at]
    return " ".join([*before, fact.evidence[0].sentence, *after])


def _renamed(text: str, old: str, new: str) -> str | None:
    old, new = old.partition(" (")[0], new.partition(" (")[0]
    if old not in text:
        return None
    text = text.replace(old, new)
    return re.sub(rf"\b{re.escape(old.split()[-1])}\b", new.split()[-1], text)


def _sheet(material: Material, question: str, claims: Sequence[Claim], rng: random.Random) -> Sheet:
    texts = [
        Text(f"claim {number} {at}", "", told, "")
        for number, claim in enumerate(claims)
        for at, told in enumerate(claim.texts)
    ]
    aside = [one for one in rng.sample(list(material.facts), 3) if len(one.evidence) == 1 and one.question != question]
    noise = {one.evidence[0].text_id: one for one in aside[: max(0, rng.choices((0, 1, 2), (3, 4, 3))[0])]}
    texts += [
        replace(material.texts[key], text=_telling(material.texts[key].text, one, rng)) for key, one in noise.items()
    ]
    texts = [replace(text, text=" ".join(text.text.split()[: 2 * _WORDS])) for text in texts][:5]
    rng.shuffle(texts)
    numbers = {text.id: number for number, text in enumerate(texts, 1)}
    named = []
    for at, claim in enumerate(claims):
        own = sorted(numbers[key] for number in range(len(claim.texts)) if (key := f"claim {at} {number}") in numbers)
        if own:
            named.append((own, claim.answer))
    named.sort()
    said = " or ".join(f"{told} {''.join(f'[{number}]' for number in own)}" for own, told in named)
    asked = [Asked(question, f"{said}: {DIFFER}." if len(named) > 1 else f"{said}.", kind="conflict")]
    asked += [
        answer(one, numbers, rng) for one in noise.values() if one.evidence[0].text_id in numbers and not one.history
    ]
    asked += [decline(one, rng) for one in aside[len(noise) :] if not _told(one, texts)]
    kept = tuple(hit(text, number, rng) for number, text in enumerate(texts, 1))
    return Sheet(kept, tuple(asked), material.name)


def _told(fact: Fact, texts: Sequence[Text]) -> bool:
    return any(fact.answer.lower() in text.text.lower() for text in texts)
