"""Whole turns and citation checks played against each other: what is asked of both, what is kept, what is refused."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import gate_claims
from evaluation.claims import Claim
from evaluation.errors import EvaluationError
from evaluation.gate_contest import Contender, Match, play
from retrieval.encoder_hash import HashEncoder
from retrieval.query_adapter import Scale
from tests.app.trained import written_retriever
from tests.evaluation.conftest import Write

pytestmark = pytest.mark.usefixtures("no_models")

FINDS = {"selector": "encoder"}
KEEPS_ALL = {"selector": "none"}


def asked(number: int, *, answerable: bool) -> dict[str, Any]:
    """A question about a tower, with the passage that answers it or one about something else."""
    tower = f"Tower{number}"
    text = f"{tower} was built by Ada{number}. It stands in a wood." if answerable else "Tides follow the moon. Twice."
    passage = {"id": f"p{number}", "title": "", "text": text, "label": "gold" if answerable else "noise"}
    return {
        "id": f"q{number}",
        "question": f"Who built {tower}?",
        "answers": [f"Ada{number}"] if answerable else [],
        "answerable": answerable,
        "passages": [passage],
        "group": "ann" if number % 2 else "ben",
    }


@pytest.fixture
def towers(write_rows: Write) -> Path:
    rows = [asked(number, answerable=number < 30) for number in range(40)]
    return write_rows("towers/questions.jsonl", *rows).parent


def match(towers: Path, champion: dict[str, Any], challenger: dict[str, Any], run: Path | None = None) -> Match:
    return Match("selector", Contender("old", champion), Contender("new", challenger), [towers], run=run)


async def test_a_selector_that_lets_unanswerable_questions_through_is_refused_for_it(towers: Path) -> None:
    verdict = await play(match(towers, FINDS, KEEPS_ALL))
    guards = verdict.report["guards"]
    assert (guards["false_answer_rate"]["champion"], guards["false_answer_rate"]["challenger"]) == (0, 1)
    said = "The share of unanswerable questions that it answers is 100.0% and the champion's 0.0%"
    assert any(reason.startswith(said) for reason in verdict.reasons)
    assert verdict.report["n"] == 30, "unanswerable questions have no part in the primary metric"
    assert guards.keys() == {"latency", "answered_rate", "false_answer_rate", "groups"}
    assert (guards["groups"]["groups"], guards["latency"]["n"]) == (2, 9), "three of the twelve timed are unanswerable"
    assert verdict.report["sets"]["towers"]["challenger"]["false_answer_rate"] == 1


async def test_one_that_answers_nothing_is_refused_for_that(towers: Path) -> None:
    verdict = await play(match(towers, FINDS, {"selector": "encoder", "abstain_below": 1.0}))
    assert any("The share of answerable questions that it answers is 0.0%" in said for said in verdict.reasons)
    better = await play(match(towers, {"selector": "encoder", "abstain_below": 1.0}, FINDS))
    assert better.accepted, better.reasons


async def test_a_retriever_whose_finds_the_selector_turns_away_is_refused_for_that(write_rows: Write) -> None:
    texts = [{"_id": f"t{n}", "title": "", "text": f"Tower{n} was built by Ada{n}."} for n in range(30)]
    folder = write_rows("far/corpus.jsonl", *texts).parent
    write_rows("far/queries.jsonl", *({"_id": f"q{n}", "text": f"Who built Tower{n}?"} for n in range(30)))
    (folder / "qrels.tsv").write_text("".join(f"q{n}\tt{n}\t1\n" for n in range(30)))
    nothing = np.zeros((1, HashEncoder.dimension), dtype=np.float32)
    trained = written_retriever(folder / "v", nothing, nothing.T, scale=Scale(1.0, -2.0))
    sides = (Contender("stock", {"retriever": "stock"}), Contender("far", {"retriever": str(trained)}))
    verdict = await play(Match("retriever", *sides, [folder]))
    kept = verdict.report["guards"]["handed_over"]
    assert (kept["passed"], kept["challenger"]) == (False, 0)
    assert any("the selector keeps any passage is 0.0%" in reason for reason in verdict.reasons)


async def test_what_is_known_of_a_run_is_not_asked_again(towers: Path, tmp_path: Path) -> None:
    first = await play(match(towers, FINDS, KEEPS_ALL, tmp_path / "run"))
    results = tmp_path / "run" / "results.jsonl"
    before = len(results.read_text().splitlines())
    again = await play(match(towers, FINDS, KEEPS_ALL, tmp_path / "run"))
    assert len(results.read_text().splitlines()) - before == 2 * 12, "what is timed is asked anew, and nothing else"
    assert again.report["primary"] == first.report["primary"]
    assert (again.holdout, len(first.holdout)) == (first.holdout, 64)


async def test_another_question_is_another_holdout(towers: Path) -> None:
    first = await play(match(towers, FINDS, KEEPS_ALL))
    rows = (towers / "questions.jsonl").read_text().replace("Who built Tower7?", "Who was it that built Tower7?")
    (towers / "questions.jsonl").write_text(rows)
    assert (await play(match(towers, FINDS, KEEPS_ALL))).holdout != first.holdout


class Judge:
    """Says what it was told to say of each claim."""

    version = "judge"

    def __init__(self, yes: Sequence[str]) -> None:
        self._yes = yes

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [0.9 if claim in self._yes else 0.2 for claim, _ in pairs]


async def test_citation_checks_are_asked_about_every_claim() -> None:
    claims = [
        Claim(id=str(n), claim=f"claim {n}", evidence=("e",), label="supported" if n % 2 else "unsupported")
        for n in range(40)
    ]
    right = [claim.claim for claim in claims if claim.supported]
    compared = await gate_claims.compare("set", claims, (Judge([]), Judge(right)))
    judgement = gate_claims.judged([compared])
    assert judgement.report["primary"]["champion"] == pytest.approx(0.5)
    assert judgement.report["primary"]["challenger"] == 1.0
    assert gate_claims.of_set(compared) == {"champion": 0.5, "challenger": 1.0, "n": 40}


async def test_claims_that_a_challenger_was_trained_on_prove_nothing(tmp_path: Path) -> None:
    (tmp_path / "seen").mkdir()
    row = {"id": "1", "claim": "c", "evidence": ["e"], "label": "supported"}
    (tmp_path / "seen" / "claims.jsonl").write_text(json.dumps(row) + "\n")
    old, new = Contender("old", {"verifier": "none"}), Contender("verifier-1", {"verifier": "none"})
    playing = Match("verifier", old, new, [tmp_path / "seen"], trained_on=frozenset({"seen"}))
    with pytest.raises(EvaluationError, match="verifier-1 was trained on it"):
        await play(playing)
    with pytest.raises(EvaluationError, match="no citation check is in use here"):
        await play(Match("verifier", old, new, [tmp_path / "seen"]))
