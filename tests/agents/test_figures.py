"""A figure that a passage does not have is seen, however it is written."""

import pytest

from agents.figures import figures_missing

PASSAGE = "A place in the bunk room costs 16 euros, half board 1,572.50 francs; eight beds, open at 08:00 since 2025."


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs 16 euros.",
        "Half board is 1572.5 francs.",
        "There are 8 beds, and it opens at 8:00.",
        "1. A place costs 16 euros.",
        "Nothing is stated here.",
    ],
)
def test_what_the_passage_has_is_not_missing(sentence: str) -> None:
    assert figures_missing(sentence, PASSAGE) == frozenset()


def test_another_figure_is_missing_unless_the_question_had_it() -> None:
    assert figures_missing("In 2024 it cost 42 euros.", PASSAGE, "What did it cost in 2024?") == {"42"}
    assert figures_missing("It opens at 18:00.", PASSAGE) == {"18:00"}
