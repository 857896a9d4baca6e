"""Evidence with claims that it supports or does not, made by program from texts and questions. Knows no model.

The same claim is met with its evidence and without it, so a claim alone tells nothing; what it is not supported by is
about the same thing, so common words tell little.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.words import content_stems
from training.answers_data import Fact, Material, Text, holds, split
from training.verifier_questions import statement
from training.verifier_rewriting import (
    NAME,
    NUMBER,
    compressed,
    in_other_words,
    joined,
    naming,
    negated,
    opened,
    other_number,
    reversed_words,
    swapped,
)

_SIZES = (25, 40, 60, 80, 110, 140)  # words of an evidence
_KNOWN = 0.85  # share of a claim's stems from which on an evidence may support it by chance
_NOT_SAID = frozenset({"", "yes", "no", "maybe"})  # answers whose statement is not put together here
_SHORTEST, _LONGEST = 5, 60  # words of a sentence that claims are made of


@dataclass(frozen=True)
class Claim:
    text: str
    supported: bool
    made: str  # how, for the figures


@dataclass(frozen=True)
class Case:
    """One evidence and what is said of it."""

    evidence: str
    claims: tuple[Claim, ...]
    group: str  # cases of one group share texts: they are learned from, or set aside, together


class Cases:
    """Makes the cases of one set; the same for the same seed."""

    def __init__(self, material: Material, seed: int) -> None:
        self._material = material
        self._rng = random.Random(f"{seed}/{material.name}")
        self._sentences = {key: [s for s in split(text.text) if _fits(s)] for key, text in material.texts.items()}
        self._facts: dict[str, list[Fact]] = {}
        for fact in material.facts:
            if (
                fact.answer.lower() not in _NOT_SAID
                and not fact.history
                and len({one.text_id for one in fact.evidence}) == 1
            ):
                self._facts.setdefault(fact.evidence[0].text_id, []).append(fact)

    def cases(self) -> Iterator[Case]:
        """Two for each text: one that holds what is said, one from which it was taken out."""
        for key, text in self._material.texts.items():
            sentences = self._sentences[key]
            if not sentences:
                continue
            known = [fact for fact in self._facts.get(key, ()) if fact.evidence[0].sentence in sentences]
            facts = self._rng.sample(known, min(4, len(known)))
            about = [fact.evidence[0].sentence for fact in facts]
            window = self._window(sentences, about)
            yield self._whole(text, window, facts)
            if len(sentences) > 2:
                yield self._without(text, window, facts)

    def _whole(self, text: Text, window: list[str], facts: Sequence[Fact]) -> Case:
        rng, evidence = self._rng, self._evidence(text, window)
        claims = [Claim(self._said(s, text), True, "sentence") for s in rng.sample(window, min(2, len(window)))]
        inside = [fact for fact in facts if fact.evidence[0].sentence in window]
        for fact in inside:
            claims.append(Claim(statement(fact.question, fact.answer, rng), True, "answer"))
            if wrong := self._wrong(fact, evidence):
                claims.append(Claim(statement(fact.question, wrong, rng), False, "wrong answer"))
        claims += self._changed(rng.choice(window), text, evidence)
        claims += self._elsewhere(text, evidence)
        if len(window) > 1 and rng.random() < 0.8:
            claims.append(Claim(self._two(window, text), True, "two"))
        if rng.random() < 0.6 and (outside := self._outside(text, evidence)):
            half = [self._said(rng.choice(window), text), self._said(outside, self._about(outside, text))]
            rng.shuffle(half)
            claims.append(Claim(joined(half[0], half[1], rng), False, "half"))
        return Case(evidence, tuple(claims), self._group(text))

    def _without(self, text: Text, window: list[str], facts: Sequence[Fact]) -> Case:
        rng = self._rng
        taken = {fact.evidence[0].sentence for fact in facts[: max(1, len(facts) // 2)]}
        taken |= set(rng.sample(window, 1 if taken or len(window) < 4 else 2))
        left = [s for s in window if s not in taken]
        others = [s for s in self._sentences[text.id] if s not in taken and s not in left]
        left = (left + rng.sample(others, min(len(others), len(window) - len(left)))) or [self._outside(text, "") or ""]
        evidence = self._evidence(text, left)
        claims = [Claim(self._said(s, text), False, "sentence taken out") for s in taken if not _may_hold(evidence, s)]
        for fact in facts:
            if fact.evidence[0].sentence in taken and not holds(evidence, fact.answer):
                claims.append(Claim(statement(fact.question, fact.answer, rng), False, "answer taken out"))
            elif fact.evidence[0].sentence in left:
                claims.append(Claim(statement(fact.question, fact.answer, rng), True, "answer"))
        kept = [s for s in left if s in window] or left
        claims += [Claim(self._said(s, text), True, "sentence") for s in rng.sample(kept, min(2, len(kept))) if s]
        if rng.random() < 0.5 and (gone := [s for s in taken if not _may_hold(evidence, s)]) and kept[0]:
            half = [self._said(rng.choice(kept), text), self._said(rng.choice(gone), text)]
            rng.shuffle(half)
            claims.append(Claim(joined(half[0], half[1], rng), False, "half"))
        return Case(evidence, tuple(claims), self._group(text))

    def _window(self, sentences: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """Sentences in their order: a run of them or, as the most fitting ones of a long text stand, with gaps."""
        rng, room = self._rng, self._rng.choice(_SIZES)
        first = sentences.index(rng.choice(wanted)) if wanted else 0
        start = max(0, first - rng.randrange(3)) if wanted else rng.randrange(len(sentences))
        order = list(range(start, len(sentences))) + list(range(start - 1, -1, -1))
        if rng.random() < 0.3:
            rng.shuffle(order)
        order = [sentences.index(s) for s in dict.fromkeys(wanted)] + order
        chosen: set[int] = set()
        for place in order:
            if not chosen or sum(len(sentences[i].split()) for i in chosen | {place}) <= room:
                chosen.add(place)
        return [sentences[i] for i in sorted(chosen)]

    def _evidence(self, text: Text, window: Sequence[str]) -> str:
        """As passages come: with or without their title, alone or joined with another one of the same group."""
        rng, body = self._rng, " ".join(window)
        head = text.title and rng.random() < 0.6
        body = f"{rng.choice(('', 'Title: '))}{text.title}\n{body}" if head else body
        others = [key for key in self._material.members[text.group] if key != text.id and self._sentences[key]]
        if others and rng.random() < 0.25:
            more = " ".join(self._sentences[rng.choice(others)][: rng.randrange(1, 5)])
            body = rng.choice((f"{body}\n{more}", f"{more}\n{body}"))
        return body

    def _said(self, sentence: str, text: Text) -> str:
        """What the sentence says, in a form that is not its copy more often than not."""
        rng = self._rng
        said = naming(sentence, text.title.partition(" (")[0]) if rng.random() < 0.7 else sentence
        if rng.random() < 0.85:
            said = compressed(said, rng)
        if rng.random() < 0.75:
            said = in_other_words(said, rng, rng.choice((0.4, 0.7, 1.0)))
        return opened(said, rng) if rng.random() < 0.2 else said

    def _two(self, window: Sequence[str], text: Text) -> str:
        first, second = (self._said(sentence, text) for sentence in self._rng.sample(window, 2))
        return joined(first, second, self._rng)

    def _changed(self, sentence: str, text: Text, evidence: str) -> Iterator[Claim]:
        rng, said = self._rng, self._said(sentence, text)
        names, numbers = NAME.findall(evidence), NUMBER.findall(evidence)
        ways = [("swapped", swapped(said, names, numbers, rng)), ("negated", negated(said))]
        ways += [("reversed", reversed_words(said, rng))]
        made = [(how, other) for how, other in ways if other and other != said]
        for how, other in made[:1] if rng.random() < 0.6 else rng.sample(made, min(1, len(made))):
            yield Claim(other, False, how)

    def _elsewhere(self, text: Text, evidence: str) -> Iterator[Claim]:
        """Said in another text that is easily confused with this one."""
        rng = self._rng
        others = [key for key in self._material.members[text.group] if key != text.id]
        facts = [fact for key in others for fact in self._facts.get(key, ())]
        for fact in rng.sample(facts, min(1, len(facts))):
            if not holds(evidence, fact.answer):
                yield Claim(statement(fact.question, fact.answer, rng), False, "answer elsewhere")
        if outside := self._outside(text, evidence):
            yield Claim(self._said(outside, self._about(outside, text)), False, "sentence elsewhere")

    def _outside(self, text: Text, evidence: str) -> str | None:
        """Of some sentences that the evidence does not hold, the one that shares most words with it."""
        rng, stems = self._rng, _stems(evidence)
        own = [s for s in self._sentences[text.id] if s not in evidence]
        keys = self._material.members[text.group]
        more = [s for key in rng.sample(keys, min(6, len(keys))) if key != text.id for s in self._sentences[key][:12]]
        if not own and not more:
            more = [
                s
                for key in rng.sample(sorted(self._sentences), min(4, len(self._sentences)))
                for s in self._sentences[key][:6]
            ]
        some = [
            s for s in (*rng.sample(own, min(4, len(own))), *rng.sample(more, min(12, len(more)))) if s not in evidence
        ]
        some = [s for s in some if not _may_hold(evidence, s)]
        return max(some, key=lambda s: len(stems & _stems(s)) / (3 + len(s.split())), default=None)

    def _about(self, sentence: str, text: Text) -> Text:
        """The text a sentence is from, if it is from this one; else one without a title: its subject stays as it is."""
        return text if sentence in self._sentences[text.id] else Text("", "", "", "")

    def _wrong(self, fact: Fact, evidence: str) -> str | None:
        """Another answer of the same kind, from the evidence where it has one."""
        rng, right = self._rng, fact.answer
        accepted = " ".join((right, *fact.accepted)).lower()
        if NUMBER.search(right):
            found = [n for n in NUMBER.findall(evidence) if n.lower() not in accepted]
            swap = rng.choice(found) if found and rng.random() < 0.6 else other_number(NUMBER.search(right)[0], rng)  # type: ignore[index]  # searched above
            return NUMBER.sub(lambda _: swap, right, count=1)
        asked = fact.question.lower()
        names = [n for n in NAME.findall(evidence) if n.lower() not in accepted and n.lower() not in asked]
        if right[:1].isupper() and names and rng.random() < 0.7:
            return rng.choice(names)
        keys = self._material.members[fact.group]
        others = [one.answer for key in rng.sample(keys, min(8, len(keys))) for one in self._facts.get(key, ())]
        others = [one for one in others if one.lower() not in accepted and right.lower() not in one.lower()]
        return min(others, key=lambda one: abs(len(one) - len(right)), default=None)

    def _group(self, text: Text) -> str:
        return f"{self._material.name}/{text.group}"


def _fits(sentence: str) -> bool:
    return _SHORTEST <= len(sentence.split()) <= _LONGEST and sum(c.isalpha() for c in sentence) > len(sentence) / 2


def _may_hold(evidence: str, sentence: str) -> bool:
    said = _stems(sentence)
    return len(said & _stems(evidence)) >= _KNOWN * len(said)


@lru_cache(maxsize=200_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))
