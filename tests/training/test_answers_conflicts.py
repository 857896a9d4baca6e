"""Contradictions: every answer is named with the passages that argue for it."""

import json
import random
import re
from pathlib import Path

from training.answers_conflicts import DIFFER, contradictions, poisoned
from training.answers_data import Fact, Material, Text
from training.answers_patterns import read_out

PEOPLE = ("Ada Byron", "Bea Cole", "Cyd Dunn", "Dot Eames", "Eve Frost", "Fay Gould")
TEXTS = {
    name: Text(name, name, f"{name} (born {number + 1} May 19{number}0) is a Danish painter. {name} lives.", "people")
    for number, name in enumerate(PEOPLE, 1)
}


def material() -> Material:
    rng = random.Random(0)
    facts: list[Fact] = [fact for text in TEXTS.values() for fact in read_out(text, rng)]
    return Material("people", TEXTS, facts)


def test_attributes_are_read_out_with_their_sentence() -> None:
    facts = material().facts
    born = [fact for fact in facts if fact.answer == "2 May 1910"]
    assert born
    assert "Ada Byron" in born[0].question
    assert born[0].evidence[0].sentence.startswith("Ada Byron (born")
    assert {fact.answer for fact in facts} >= {"painter", "Danish"}


def test_what_a_text_does_not_tell_is_asked_without_evidence() -> None:
    untold = [fact for fact in material().facts if not fact.evidence]
    assert untold
    assert all(fact.about in TEXTS for fact in untold)
    assert not any("born" in fact.question for fact in untold)


def test_every_named_answer_stands_in_the_passages_cited_for_it() -> None:
    sheets = [sheet for seed in range(8) for sheet in contradictions(material(), random.Random(seed), 40)]
    several = of_three = 0
    for sheet in sheets:
        target = next(one.target for one in sheet.asked if one.kind == "conflict")
        several += DIFFER in target
        of_three += target.count(" or ") > 1
        claims = re.findall(r"([^\[\]]+?) ((?:\[\d\])+)", target)
        assert claims
        for told, markers in claims:
            for number in map(int, re.findall(r"\d", markers)):
                assert told.strip().removeprefix("or ") in sheet.kept[number - 1].passage.text
    assert 0 < of_three < several < len(sheets)


def test_planted_passages_stand_beside_true_ones(tmp_path: Path) -> None:
    passages = [{"text": f"Telling {number}: the tower has 24 floors."} for number in range(5)]
    row = {"id": "q", "question": "how many floors", "answers": ["23"], "wrong_answers": ["24"], "passages": passages}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row) + "\n")
    targets = set()
    for seed in range(12):
        [sheet] = poisoned(tmp_path, frozenset({"q"}), material(), random.Random(seed))
        targets.add(sheet.asked[0].target)
        assert "23" in sheet.asked[0].target
    assert any("24 [" in target and DIFFER in target for target in targets)
    assert not list(poisoned(tmp_path, frozenset(), material(), random.Random(0)))
