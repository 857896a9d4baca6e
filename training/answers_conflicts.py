"""Sheets on which passages contradict each other, by a namesake or by false information: every answer is named."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.answers_data import Fact, Material, Text, plain, split
from training.answers_sheets import Asked, Sheet, answer, decline, hit
from training.answers_sources import rows

DIFFER = "the passages differ"
_WORDS = 60
_AFTER = 5  # sentences that may follow the one that tells


@dataclass(frozen=True)
class Claim:
    """An answer with the texts that argue for it."""

    answer: str
    texts: tuple[str, ...]


def contradictions(material: Material, rng: random.Random, most: int) -> Iterator[Sheet]:
    """Facts that subjects share in kind, told of one name, or of one subject with another's answer."""
    alike: dict[str, list[Fact]] = {}
    for fact in material.facts:
        if fact.attribute and len(fact.evidence) == 1:
            alike.setdefault(fact.attribute, []).append(fact)
    groups = [group for facts in alike.values() for group in _groups(facts, rng)]
    rng.shuffle(groups)
    for one, others in groups[:most]:
        claims = _claims(material, one, others, rng)
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


def _groups(facts: Sequence[Fact], rng: random.Random) -> Iterator[tuple[Fact, list[Fact]]]:
    """Each fact with one to three others of its kind, all answers and texts different."""
    for one in facts:
        others = rng.sample(list(facts), min(len(facts), rng.choices((1, 2, 3), (5, 3, 2))[0]))
        elsewhere = [other for other in others if other.evidence[0].text_id != one.evidence[0].text_id]
        apart = {plain(other.answer): other for other in elsewhere if plain(other.answer) != plain(one.answer)}
        if apart:
            yield one, list(apart.values())


def _claims(material: Material, one: Fact, others: Sequence[Fact], rng: random.Random) -> list[Claim]:
    """What is claimed of the subject of `one`: nothing where no other's text names its subject."""
    text = material.texts[one.evidence[0].text_id]
    true = tuple(_telling(text.text, one, rng) for _ in range(rng.choices((1, 2, 3), (6, 3, 1))[0]))
    claims = [Claim(one.answer, tuple(dict.fromkeys(true)))]
    kind = rng.random()
    if kind < 0.2:  # all agree
        return claims
    if kind < 0.7:  # namesakes
        foreign = [(other, material.texts[other.evidence[0].text_id]) for other in others]
        told = [(other, _renamed(_telling(its.text, other, rng), its.title, text.title)) for other, its in foreign]
        named = [Claim(other.answer, (one,)) for other, one in told if one]
        return [*claims, *named] if named else []
    false = _telling(text.text, one, rng).replace(one.answer, others[0].answer)
    return [*claims, Claim(others[0].answer, (false,))]


def _telling(text: str, fact: Fact, rng: random.Random) -> str:
    """The evidence with some of the sentences after it."""
    lines = split(text)
    at = lines.index(fact.evidence[0].sentence) if fact.evidence[0].sentence in lines else 0
    after = lines[at + 1 : at + 1 + rng.randint(0, _AFTER)]
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
