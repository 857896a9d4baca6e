"""Simulated people who open what they look at and believe in, and of whom some only make noise. Knows no learner."""

import random
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from evaluation.datasets import SearchQuery
from retrieval.types import Hit

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = 30  # between two rounds
_SPAM = 0.5


@dataclass(frozen=True)
class Habits:
    """How people look and click.

    A place k of the list is looked at with chance (1/k)^bias (Joachims et al. 2017); what was looked at is opened with
    chance `opened` if it helps and `mistaken` if not. `spammers` of the people open half of what does not help,
    wherever it stands. Beside them, `colluders` of the people ask everything in every round, and all open the same one
    passage that does not help. From the middle round on, something else helps with a share `drift` of the questions.
    """

    bias: float = 1.0
    opened: float = 0.9
    mistaken: float = 0.1
    spammers: float = 0.0
    colluders: float = 0.0
    drift: float = 0.0
    people: int = 40


class Crowd:
    """People with one taste: `helps` says which texts answer a question."""

    def __init__(self, habits: Habits, helps: Mapping[str, AbstractSet[str]], seed: int) -> None:
        self.helps = {question: frozenset(texts) for question, texts in helps.items()}
        self._habits = habits
        self._rng = random.Random(seed)
        drifting = sorted(helps)
        self._drifting = set(self._rng.sample(drifting, round(habits.drift * len(drifting))))
        self._spammers = range(round(habits.spammers * habits.people))
        self._colluders = [f"colluder {number}" for number in range(round(habits.colluders * habits.people))]
        self._pushed: dict[str, str] = {}  # question -> the text that they open, which stood last of those that fail

    def drift(self, asked: SearchQuery, shown: Sequence[str]) -> None:
        """From now on the first text shown that did not help is what helps, if taste drifts for this question."""
        others = [text for text in shown if text not in self.helps[asked.id]]
        if asked.id in self._drifting and others:
            self.helps[asked.id] = frozenset(others[:1])
            self._drifting.discard(asked.id)

    def visits(
        self, round_number: int, asked: SearchQuery, hits: Sequence[Hit], texts: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Turns as `attune feedback export` writes them; `texts` are the judged texts that the hits belong to."""
        person = self._rng.randrange(self._habits.people)
        opened = [self._opens(person, place, helps=text in self.helps[asked.id]) for place, text in enumerate(texts, 1)]
        found = [_turn(f"person {person}", round_number, asked, hits, opened)]
        if self._colluders and (failing := [text for text in texts if text not in self.helps[asked.id]]):
            pushed = self._pushed.setdefault(asked.id, failing[-1])
            at_once = [text == pushed for text in texts]
            found += [_turn(one, round_number, asked, hits, at_once) for one in self._colluders]
        return found

    def _opens(self, person: int, place: int, *, helps: bool) -> bool:
        if person in self._spammers:
            return not helps and self._rng.random() < _SPAM
        looked = self._rng.random() < (1 / place) ** self._habits.bias
        return looked and self._rng.random() < (self._habits.opened if helps else self._habits.mistaken)


def at_their_word(turn: Mapping[str, Any]) -> dict[str, Any]:
    """The turn as a learner sees it that takes each click for a verdict."""
    return {**turn, "feedback": [event | {"kind": "helped"} for event in turn["feedback"]]}


def _turn(
    person: str, round_number: int, asked: SearchQuery, hits: Sequence[Hit], opened: Sequence[bool]
) -> dict[str, Any]:
    turn = f"{round_number}-{asked.id}-{person}"
    return {
        "turn_id": turn,
        "person_id": person,
        "question": asked.text,
        "consent": True,
        "created_at": (_BEGAN + timedelta(days=_DAYS * round_number)).isoformat(),
        "exposures": [_exposure(turn, hit) for hit in hits],
        "feedback": [
            {"exposure_id": f"{turn}-{hit.rank}", "kind": "citation_opened"}
            for hit, is_opened in zip(hits, opened, strict=True)
            if is_opened
        ],
    }


def _exposure(turn: str, hit: Hit) -> dict[str, Any]:
    return {
        "exposure_id": f"{turn}-{hit.rank}",
        "passage_id": hit.passage.id,
        "title": hit.passage.title,
        "text": hit.passage.text,
        "rank": hit.rank,
    }
