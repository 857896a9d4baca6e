"""Evidence in pieces that a small encoder reads whole."""

from itertools import pairwise
from pathlib import Path

import pytest

from evaluation.claims import STEP, WINDOW, Claim, read_claims
from evaluation.errors import DataError
from tests.evaluation.conftest import Write


def claim(*evidence: str) -> Claim:
    return Claim(id="c", claim="It rains.", evidence=evidence, label="partial")


def test_short_evidence_is_one_piece_and_none_an_empty_one() -> None:
    assert claim("It rains.", "It pours.").pieces() == ["It rains. It pours."]
    assert claim().pieces() == [""]


@pytest.mark.parametrize("count", [WINDOW, WINDOW + 1, WINDOW + STEP, WINDOW + STEP + 1, 1_000])
def test_every_word_is_in_a_piece_and_neighbours_overlap(count: int) -> None:
    words = [str(number) for number in range(count)]
    pieces = [piece.split() for piece in claim(" ".join(words)).pieces()]
    assert all(len(piece) <= WINDOW for piece in pieces)
    assert {word for piece in pieces for word in piece} == set(words)
    assert all(len(set(one) & set(other)) == WINDOW - STEP for one, other in pairwise(pieces[:-1]))
    assert len(pieces) == 1 + max(0, -(-(count - WINDOW) // STEP))


def test_a_label_that_does_not_exist_names_its_line(write_rows: Write) -> None:
    path: Path = write_rows("claims.jsonl", {"id": "1", "claim": "c", "evidence": [], "label": "maybe"})
    with pytest.raises(DataError, match=r"claims.jsonl:1: label"):
        read_claims(path)
