"""Turns examples into what a selector sees: questions with numbered texts, and batches of them. Knows no model."""

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.datasets import LabelledPassage
from training.examples import Example

_NEGATIVES = 6  # distractors of a question that are encoded
_EMPTY = 0.35  # share of the questions that are shown without what answers them
_ASIDE = 0.15  # share of a set's questions, at most, on which thresholds are chosen
_ASIDE_AT_MOST = 24
_TO_OTHERS = 2  # of them, gold for another question
_SHOWN = 5  # passages before a question in training


@dataclass(frozen=True)
class Case:
    """One question and its passages, as numbers of texts."""

    question: int
    golds: tuple[int, ...]
    negatives: tuple[int, ...]  # the most alike first
    source: str
    component: str


@dataclass(frozen=True)
class Group:
    """One question with the passages shown: `useful` has one value per passage."""

    question: int
    passages: tuple[int, ...]
    useful: tuple[bool, ...]
    typing: int  # seed of how the question is typed; 0: as it is


class Texts:
    """Questions and passages by number; equal texts have one. A passage begins with its title."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.passages: list[str] = []
        self._numbers: dict[str, int] = {}

    def cases(self, examples: Sequence[Example]) -> list[Case]:
        """One case for each example; what nobody judged is left out."""
        return [case for example in examples if (case := self._case(example)).golds or case.negatives]

    def _case(self, example: Example) -> Case:
        golds: dict[int, None] = {}
        negatives: dict[int, None] = {}
        for passage in _thinned(example):
            text = f"{passage.title}\n{passage.text}" if passage.title else passage.text
            if passage.label == "gold":
                golds[self._number("passage", text)] = None
            elif passage.label != "unknown":
                negatives[self._number("passage", text)] = None
        # The same text may stand before a question twice, under two labels: gold wins.
        others = tuple(number for number in negatives if number not in golds)
        asked = self._number("question", example.question)
        return Case(asked, tuple(golds), others, example.source, example.component)

    def _number(self, kind: str, text: str) -> int:
        texts = self.questions if kind == "question" else self.passages
        key = f"{kind} {text}"
        if key not in self._numbers:
            self._numbers[key] = len(texts)
            texts.append(text)
        return self._numbers[key]


def _thinned(example: Example) -> list[LabelledPassage]:
    """All but some distractors. Those that are left are drawn, not the first: what BM25 finds hardest shares the most
    words, and a student that saw only these would learn that shared words speak against a passage."""
    useless = [place for place, passage in enumerate(example.passages) if passage.label not in ("gold", "unknown")]
    drawn = random.Random(example.id).sample(useless, min(_NEGATIVES, len(useless)))
    dropped = set(useless) - set(drawn)
    return [passage for place, passage in enumerate(example.passages) if place not in dropped]


def set_aside(cases: Sequence[Case], at_most: int) -> tuple[list[Case], list[Case]]:
    """Cases to fit on, `at_most` of a set, and those of some whole components of every set to choose thresholds on."""
    fitted: list[Case] = []
    aside: list[Case] = []
    for source in sorted({case.source for case in cases}):
        own = [case for case in cases if case.source == source]
        room = _ASIDE * len(own)
        chosen: set[str] = set()
        sizes = Counter(case.component for case in own)
        for component in sorted(sizes, key=lambda name: hashlib.sha256(name.encode()).hexdigest()):
            if sizes[component] <= room:
                chosen.add(component)
                room -= sizes[component]
        fitted += [case for case in own if case.component not in chosen][:at_most]
        aside += [case for case in own if case.component in chosen][:_ASIDE_AT_MOST]
    return fitted, aside


class Shuffled:
    """Groups by number: epoch after epoch, everything drawn from seed and number."""

    def __init__(self, cases: Sequence[Case], size: int, seed: int) -> None:
        self._by_source: dict[str, list[Case]] = {}
        self._by_component: dict[str, list[Case]] = {}
        for case in cases:
            self._by_source.setdefault(case.source, []).append(case)
            self._by_component.setdefault(case.component, []).append(case)
        self._cases = cases
        self._size, self._seed = size, seed
        self._epoch: tuple[int, list[Case]] = (-1, [])

    def __call__(self, number: int) -> list[Group]:
        """The `size` groups of batch `number`."""
        first = number * self._size
        places = range(first, first + self._size)
        count = len(self._cases)
        return [self._group(self._order(place // count)[place % count], place) for place in places]

    def _order(self, epoch: int) -> list[Case]:
        if self._epoch[0] != epoch:
            chance = random.Random(f"{self._seed} epoch {epoch}")
            self._epoch = epoch, chance.sample(self._cases, len(self._cases))
        return self._epoch[1]

    def _group(self, case: Case, place: int) -> Group:
        chance = random.Random(f"{self._seed} place {place}")
        golds: list[int] = []
        if case.golds and chance.random() >= _EMPTY:
            # One, in every set: were it more in some, their style alone would speak for a passage.
            golds = [chance.choice(case.golds)]
        far = self._answers_to_others(case, chance)
        hard = chance.sample(case.negatives, min(len(case.negatives), max(1, _SHOWN - len(golds) - len(far))))
        shown = [*((n, True) for n in golds), *((n, False) for n in (*hard, *far))]
        chance.shuffle(shown)
        typing = chance.randint(1, 1 << 30) if chance.random() < 0.3 else 0
        return Group(case.question, tuple(n for n, _ in shown), tuple(useful for _, useful in shown), typing)

    def _answers_to_others(self, case: Case, chance: random.Random) -> list[int]:
        """Passages that are gold for other questions of the set, so that none is useful by its looks alone."""
        # Of the same report or site where it has any: what another company's says was never judged for this question.
        near = self._by_component[case.component]
        others = [chance.choice(near if len(near) > 1 else self._by_source[case.source]) for _ in range(_TO_OTHERS)]
        return sorted({number for one in others for number in one.golds[:1]} - {*case.golds, *case.negatives})


def typed(question: str, seed: int) -> str:
    """The question as people type it: no mark at the end, no capitals, sometimes two letters swapped."""
    if not seed:
        return question
    chance = random.Random(seed)
    text = question.rstrip(" ?").lower() if chance.random() < 0.8 else question
    if chance.random() < 0.5 and len(text) > 8:
        place = chance.randrange(1, len(text) - 2)
        text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text
