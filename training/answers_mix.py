"""The training material of the generator: which sets in which shares, sheet by sheet. Knows the sets by name only."""

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from evaluation.holdout import trainable
from training.answers_conflicts import contradictions, poisoned
from training.answers_data import Material
from training.answers_explained import among_others, explanations, in_sentences
from training.answers_patterns import read_out
from training.answers_sheets import Sheet, lay_out, mixed
from training.answers_sources import rows
from training.answers_sources_raw import read

# Sheets of each set in one round; sets with a corpus of titled texts lend them to further questions.
SHARES = {
    "hotpot_200": 330,
    "2wiki_200": 300,
    "xquad_en": 260,
    "policyqa": 120,
    "covid_qa": 200,
    "popqa_1000": 120,
    "pubmedqa": 70,
    "tatqa": 130,
    "canard": 230,
    "rag_qa_arena": 520,
    "bipia": 14,
}
_SHARE = 200  # of any other set
CONTRADICTED = 200  # sheets of each set with titled texts
_READ_OUT = ("hotpot_200", "2wiki_200", "popqa_1000")
_POISONED = "poisonedrag"
_ANSWERS = "rag_qa_arena"
_ATTACKS = "bipia"


class Mix:
    """Endless rounds of sheets: the same questions every time, over passages chosen, cut and ordered anew."""

    def __init__(self, folders: Sequence[Path], seed: int) -> None:
        """Read what `folders` hold, without what is held back. Raises DataError."""
        self._rng = random.Random(seed)
        judged = [folder for folder in folders if (folder / "questions.jsonl").exists()]
        self._allowed = trainable(judged)
        texts = [folder for folder in folders if folder.name != _POISONED]
        found = [read(folder, self._allowed.get(folder, frozenset())) for folder in texts]
        self._materials = [self._explained(material) for material in found if material]
        self._further = {one.name: self._read_out(one) for one in self._materials if one.name in _READ_OUT}
        self._poisoned = [folder for folder in folders if folder.name == _POISONED]
        attacks = [folder / "attacks.jsonl" for folder in folders if folder.name == _ATTACKS]
        self._attacks = [row["attack"] for path in attacks for row in rows(path)]

    def rounds(self) -> Iterator[list[Sheet]]:
        """One shuffled round after the other."""
        while True:
            yield mixed(self.round(), self._rng)

    def round(self) -> Iterator[Sheet]:
        """Every set's share."""
        for material in self._materials:
            share = SHARES.get(material.name, _SHARE)
            own = list(islice(lay_out(material, self._rng, self._attacks), share))
            further = self._further.get(material.name)
            if further:
                own += islice(lay_out(further, self._rng, self._attacks), share - len(own))
                yield from contradictions(further, self._rng, CONTRADICTED)
            yield from own
        for folder in self._poisoned if self._further else ():
            among = self._rng.choice(tuple(self._further.values()))
            yield from poisoned(folder, self._allowed[folder], among, self._rng)

    def _explained(self, material: Material) -> Material:
        """With what its texts explain; where the texts are no more than the answers, among others' sentences."""
        if material.name == _ANSWERS:
            return among_others(material, self._rng)
        named = material.name in _READ_OUT
        facts = [fact for text in material.texts.values() for fact in explanations(text, self._rng, named)]
        return Material(material.name, material.texts, [*map(in_sentences, material.facts), *facts])

    def _read_out(self, material: Material) -> Material:
        facts = [fact for text in material.texts.values() for fact in read_out(text, self._rng)]
        return Material(material.name, material.texts, [*material.facts, *facts])
