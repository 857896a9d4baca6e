"""Reads trainable sets as cases for the citation check: those made by program, and those that came as they are.

Knows the sets' files, not what is learned from them.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.holdout import trainable
from retrieval.words import content_stems
from training.answers_data import split
from training.answers_sources_raw import READERS
from training.verifier_cases import Case, Cases, Claim
from training.verifier_questions import statement

_MOST = 700  # cases of one set: beyond that a large set would outweigh the others
_SET_ASIDE = 0.1  # of the groups of texts: what the choices are made on


def read_cases(folders: Sequence[Path], seed: int) -> dict[str, list[Case]]:
    """The cases of each folder, by its name; the same for the same seed. Raises DataError for an unknown set."""
    asked = [folder for folder in folders if (folder / "questions.jsonl").exists()]
    allowed = trainable(asked)
    found: dict[str, list[Case]] = {}
    for folder in folders:
        cases: list[Case] = []
        if folder.name in READERS:
            material = READERS[folder.name](folder, allowed.get(folder, frozenset()))
            cases += Cases(material, seed).cases()
        if folder.name == "pubmedqa":
            cases += _conclusions(folder, random.Random(seed))
        if folder.name == "poisonedrag":
            cases += _planted(folder, random.Random(seed))
        if not cases:
            known = ", ".join(sorted({*READERS, "poisonedrag"}))
            raise DataError(f"{folder} is none of the sets that claims can be made of ({known}): leave it out")
        told = [case for case in cases if case.claims]
        found[folder.name] = random.Random(seed).sample(told, min(_MOST, len(told)))
    return found


def is_set_aside(case: Case) -> bool:
    """Whether the case's group is kept from fitting, so that choices can be made on it."""
    return int(hashlib.sha256(case.group.encode()).hexdigest()[:8], 16) < _SET_ASIDE * 0x1_0000_0000


def _conclusions(folder: Path, rng: random.Random) -> Iterator[Case]:
    """Abstracts without their conclusion, which the authors wrote in words of their own; another's is not supported."""
    rows: dict[str, dict[str, Any]] = json.loads((folder / "train.json").read_text())
    conclusions = {key: [s for s in split(row["LONG_ANSWER"]) if len(s.split()) >= 6][:2] for key, row in rows.items()}
    stems = {key: frozenset(content_stems(" ".join(said))) for key, said in conclusions.items()}
    for key, row in rows.items():
        sections = row["CONTEXTS"][-3:] if rng.random() < 0.5 else row["CONTEXTS"][-2:]
        near = frozenset(content_stems(" ".join(sections)))
        others = rng.sample(sorted(conclusions), 60)
        other = max(
            (one for one in others if one != key), key=lambda one: len(near & stems[one]) / (3 + len(stems[one]))
        )
        claims = [Claim(said, True, "conclusion") for said in conclusions[key]]
        claims += [Claim(said, False, "another's conclusion") for said in conclusions[other]]
        yield Case(" ".join(sections), tuple(claims), f"pubmedqa/{key}")


def _planted(folder: Path, rng: random.Random) -> Iterator[Case]:
    """Texts that argue for a wrong answer: it is what they support, however wrong it is."""
    for line in (folder / "questions.jsonl").read_text().splitlines():
        row = json.loads(line)
        for passage in row["passages"]:
            claims = [Claim(statement(row["question"], row["answers"][0], rng), False, "answer denied")]
            wrong = row["wrong_answers"][0]
            if wrong.lower() in passage["text"].lower():
                claims.append(Claim(statement(row["question"], wrong, rng), True, "planted answer"))
            yield Case(passage["text"], tuple(claims), f"poisonedrag/{row['id']}")
