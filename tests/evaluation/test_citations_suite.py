"""`attune eval citations` with a verifier whose answers are known."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.citation_baselines import EncoderSimilarity, LexicalOverlap
from evaluation.citations_suite import compare, evaluate, measure, score
from evaluation.claims import Claim, Support
from evaluation.errors import EvaluationError
from evaluation.runs import Run
from retrieval.encoder_hash import HashEncoder
from tests.evaluation.conftest import Write


class Chances:
    """A verifier that reads the chance out of the passage, and counts what it was asked."""

    version = "chances"

    def __init__(self) -> None:
        self.asked = 0

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += len(pairs)
        return [max((float(word) for word in passage.split() if word != "-"), default=0.0) for _, passage in pairs]


def claim(number: int, label: Support, evidence: str, source: str | None = None) -> Claim:
    return Claim(id=f"c{number}", claim="The tide follows the moon", evidence=(evidence,), label=label, source=source)


CLAIMS = [
    claim(0, "supported", "0.9"),
    claim(1, "supported", "0.2"),
    claim(2, "partial", "0.4"),
    claim(3, "unsupported", "0.1"),
    claim(4, "unsupported", "0.6"),
    claim(5, "unsupported", "0.3"),
]


async def test_partial_counts_as_not_supported_and_both_classes_count_the_same() -> None:
    report = await measure("set", CLAIMS, {"verifier": Chances(), "lexical_overlap": LexicalOverlap()}, Run())
    # Found: one of two supported, three of four others; two were called supported, one of them rightly.
    assert report["balanced_accuracy"] == pytest.approx((1 / 2 + 3 / 4) / 2)
    assert report["f1"] == pytest.approx(2 * 1 / (2 + 2))
    # 0.9 beats all four others, 0.2 one of them.
    assert report["auc"] == pytest.approx(5 / 8)
    assert report["baselines"]["lexical_overlap"]["balanced_accuracy"] == 0.5
    assert report["differences"]["balanced_accuracy"]["lexical_overlap"]["value"] == pytest.approx(1 / 8)


async def test_three_classes_where_the_set_knows_partial_support() -> None:
    report = await measure("set", CLAIMS, {"verifier": Chances(), "lexical_overlap": LexicalOverlap()}, Run())
    # 0.25 to 0.5 is called partial: the one partial claim, and one of the three unsupported ones.
    assert report["three_way"]["recall"] == {"partial": 1, "supported": 0.5, "unsupported": pytest.approx(1 / 3)}
    two_way = await measure("set", [c for c in CLAIMS if c.label != "partial"], {"verifier": Chances()}, Run())
    assert "three_way" not in two_way


async def test_the_best_piece_of_the_evidence_counts() -> None:
    long = claim(0, "supported", " ".join(["-"] * 300 + ["0.7"] + ["-"] * 300))
    assert (await score([long], [long.pieces()], Chances(), Run(), "scoring")).tolist() == [0.7]


async def test_what_a_run_knows_is_not_scored_again(tmp_path: Path) -> None:
    first, again = Chances(), Chances()
    texts = [claim.pieces() for claim in CLAIMS]
    await score(CLAIMS[:4], texts[:4], first, Run(tmp_path), "scoring")
    values = await score(CLAIMS, texts, again, Run(tmp_path), "scoring")
    assert (first.asked, again.asked) == (4, 2)
    assert values.tolist() == [0.9, 0.2, 0.4, 0.1, 0.6, 0.3]


def test_sources_are_told_apart() -> None:
    claims = [claim(0, "supported", "", "A"), claim(1, "unsupported", "", "A")]
    figures = compare(claims, {"verifier": np.array([0.9, 0.1]), "lexical_overlap": np.array([0.1, 0.1])})
    assert (figures["balanced_accuracy"], figures["auc"], figures["n"]) == (1, 1, 2)


def test_a_set_of_one_class_has_no_auc() -> None:
    figures = compare([claim(0, "supported", "")], {"verifier": np.array([0.9]), "lexical_overlap": np.array([0.1])})
    assert (figures["balanced_accuracy"], figures["auc"]) == (1, None)


async def test_baselines_rise_with_what_sentence_and_passage_share() -> None:
    pairs = [("The tide follows the moon", text) for text in ("The tide follows the moon.", "The tide", "Bread rises")]
    for judge in (LexicalOverlap(), EncoderSimilarity(HashEncoder())):
        whole, part, none = await judge.support(pairs)
        assert 1.0001 >= whole > part > none >= 0


@pytest.mark.usefixtures("no_models")
async def test_the_command_reads_several_files_by_source(write_rows: Write) -> None:
    def row(number: int, source: str) -> dict[str, Any]:
        label = "supported" if number % 2 else "unsupported"
        text = "The tide follows the moon." if number % 2 else "Bread rises."
        return {"id": str(number), "claim": "The tide follows the moon", "evidence": [text], "label": label} | {
            "source": source
        }

    one = write_rows("one/claims.jsonl", *(row(n, "A" if n < 4 else "B") for n in range(8)))
    other = write_rows("other/claims.jsonl", *(row(n, "A") for n in range(4)))
    report = await evaluate([one, other], verifier="none")
    assert set(report["sets"]) == {"one", "other"}
    assert report["n"] == 12
    assert report["balanced_accuracy"] is None
    assert report["sets"]["one"]["by_source"]["B"]["baselines"]["lexical_overlap"]["balanced_accuracy"] == 1


@pytest.mark.usefixtures("no_models")
async def test_a_verifier_that_does_not_exist_is_refused(write_rows: Write) -> None:
    path = write_rows("claims.jsonl", {"id": "1", "claim": "c", "evidence": ["e"], "label": "supported"})
    with pytest.raises(EvaluationError, match=r"--verifier 'best' is no folder.*use none, shipped"):
        await evaluate([path], verifier="best")
