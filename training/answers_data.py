"""What answers are learned from: texts, and questions with the sentences that answer them. No file, no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from agents.types import PastTurn
from evaluation.answers import normalise
from retrieval.words import sentences


@dataclass(frozen=True)
class Text:
    """A text that passages are cut from; texts of one `group` are easily confused with each other."""

    id: str
    title: str
    text: str
    group: str


@dataclass(frozen=True)
class Evidence:
    """A sentence of a text that a question cannot be answered without."""

    text_id: str
    sentence: str


@dataclass(frozen=True)
class Said:
    """One sentence of an answer and the texts it comes from."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A question, its answer and the evidence, all of which is needed; without evidence nothing answers it.

    `answer` is as short as can be; `long` is the same in sentences, which style instructions are tried on.
    """

    id: str
    question: str
    answer: str
    evidence: tuple[Evidence, ...]
    group: str
    long: tuple[Said, ...] = ()
    history: tuple[PastTurn, ...] = ()
    attribute: str = ""  # what is asked about the subject, where others are asked the same
    about: str = ""  # the text that suggests an answer and has none
    accepted: tuple[str, ...] = ()  # further wordings of the answer, which a text must not hold where it is unanswered


@dataclass(frozen=True)
class Material:
    """The texts and questions of one data set."""

    name: str
    texts: Mapping[str, Text]
    facts: Sequence[Fact]
    members: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)  # group -> ids of its texts

    def __post_init__(self) -> None:
        members: dict[str, list[str]] = {}
        for text in self.texts.values():
            members.setdefault(text.group, []).append(text.id)
        object.__setattr__(self, "members", {group: tuple(ids) for group, ids in members.items()})


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [" ".join(text[start:end].split()) for start, end in sentences(text)]


def evidence_for(text: Text, answer: str, near: int | None = None) -> Evidence | None:
    """The first sentence of `text` that holds `answer`, or the one that reaches the character `near`."""
    at = 0
    for start, end in sentences(text.text):
        if near is not None and end <= near:
            continue
        sentence = " ".join(text.text[start:end].split())
        if holds(sentence, answer):
            return Evidence(text.id, sentence)
        at += 1
        if near is not None and at > 1:
            break
    return None


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    return f" {normalise(text)} "


def holds(text: str, answer: str) -> bool:
    """Whether the words of `answer` stand in `text`."""
    return bool(plain(answer).strip()) and plain(answer) in plain(text)


def with_subject(sentence: str, title: str) -> str:
    """The sentence with the title in place of a pronoun at its beginning, so that it can stand alone."""
    name = title.partition(" (")[0]
    first, _, rest = sentence.partition(" ")
    if not name or not rest:
        return sentence
    if first in {"He", "She", "It"}:
        return f"{name} {rest}"
    return f"{name}'s {rest}" if first in {"His", "Her", "Its"} else sentence
