"""Questions made of documents alone, without a model: what a heading announces, a sentence says, a passage is about.

Knows no person's question and no judgement. A question is only as good as its likeness to what people ask: headings
are the most like (docs/decisions/016).
"""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.types import Passage

# How much of the training each kind is, where a corpus has it; chosen on the trainable parts of public sets.
SHARES: Mapping[str, float] = {"heading": 0.7, "title": 0.2, "first": 0.1}

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_WORDS = (4, 40)  # of a sentence that can be asked with
ASIDE = "aside"  # the kind that nothing is fitted to: another sentence of a passage, to measure with


@dataclass(frozen=True)
class Made:
    """A question made of a corpus, and the places of the passages that it should find."""

    text: str
    kind: str
    places: tuple[int, ...]


def headings_per_passage(made: Sequence[Made], passages: Sequence[Passage]) -> float:
    """Where it is small, documents can say little of how they are asked for."""
    return sum(one.kind == "heading" for one in made) / max(1, len(passages))


def made_of(passages: Sequence[Passage], seed: int = 0) -> list[Made]:
    """Questions of every kind, each text once. The same passages give the same questions."""
    found = [*_headings(passages), *_sentences(passages, random.Random(seed))]
    return list({(one.kind, one.text.lower()): one for one in found}.values())


def _headings(passages: Sequence[Passage]) -> list[Made]:
    """The last heading above a passage, and the whole path to it where that says more.

    A heading that stands in several places may mean any of them."""
    alone: dict[str, list[int]] = defaultdict(list)
    whole: dict[str, list[int]] = defaultdict(list)
    for place, passage in enumerate(passages):
        parts = [" ".join(part.split()) for part in passage.head.split(" > ") if part.strip()]
        if parts:
            alone[parts[-1]].append(place)
            if len(parts) > 1:
                whole[" ".join(parts)].append(place)
    named = [("heading", alone), ("title", whole)]
    return [Made(text, kind, tuple(places)) for kind, found in named for text, places in found.items()]


def _sentences(passages: Sequence[Passage], rng: random.Random) -> list[Made]:
    """The first sentence of each passage, and another one: what one says, the rest is about (inverse cloze).

    The whole of a section counts as found: its passages were cut apart by their length alone."""
    sections: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, passage in enumerate(passages):
        sections[passage.document_id, passage.head].append(place)
    made = []
    for place, passage in enumerate(passages):
        places = tuple(sections[passage.document_id, passage.head]) if passage.head else (place,)
        first, *others = sentences(passage.text) or [""]
        made += [Made(first, "first", places)] if first else []
        made += [Made(rng.choice(others), ASIDE, places)] if others else []
    return made


def sentences(text: str) -> list[str]:
    """Those of a length in which people ask."""
    found = (" ".join(one.split()) for one in _SENTENCE.split(text))
    return [one for one in found if _WORDS[0] <= len(one.split()) <= _WORDS[1]]
