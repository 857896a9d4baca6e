"""Sources that nothing read change places with a neighbour now and then, as likely as the log says."""

import random
from collections import Counter

import pytest

from app.models import ExposureFields
from app.placing import placed

TURNS = 4_000


def exposures() -> list[ExposureFields]:
    """Six sources, of which the answer read the second."""
    return [
        ExposureFields(
            turn_id="t",
            person_id="p",
            document_id="d",
            passage_id=f"found {rank}",
            document_name="d",
            title="d",
            text="",
            rank=rank,
            score=1 / rank,
            marker=1 if rank == 2 else None,
        )
        for rank in range(1, 7)
    ]


def test_the_log_says_how_likely_each_place_was() -> None:
    rng = random.Random(0)
    times: Counter[tuple[str, int, float]] = Counter()
    for _ in range(TURNS):
        times.update((one.passage_id, one.rank, one.propensity) for one in placed(exposures(), 0.2, rng))
    for (passage, rank, propensity), count in times.items():
        assert count / TURNS == pytest.approx(propensity, abs=0.03), (passage, rank)
    assert {rank for passage, rank, _ in times if passage == "found 3"} == {1, 3, 4}  # its neighbours among the unread


def test_what_the_answer_read_keeps_its_place_and_nothing_is_lost() -> None:
    rng = random.Random(1)
    for _ in range(50):
        shown = placed(exposures(), 0.5, rng)
        assert [one.rank for one in shown] == [1, 2, 3, 4, 5, 6]
        assert (shown[1].passage_id, shown[1].propensity) == ("found 2", 1.0)
        assert len({one.passage_id for one in shown}) == 6


def test_switched_off_everything_stands_as_it_was_found() -> None:
    shown = placed(exposures(), 0.0, random.Random(2))
    assert [one.passage_id for one in shown] == [f"found {rank}" for rank in range(1, 7)]
    assert {one.propensity for one in shown} == {1.0}
