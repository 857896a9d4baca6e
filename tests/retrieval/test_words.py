"""Words and sentences."""

import pytest

from retrieval.words import content_stems, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dinner is at 18:30. Breakfast is at 5:00.", ["Dinner is at 18:30.", "Breakfast is at 5:00."]),
        ("J. K. Rowling met Dr. Who. They spoke.", ["J. K. Rowling met Dr. Who.", "They spoke."]),
        ("1. Open the door.\n2. Close it.", ["1. Open the door.", "2. Close it."]),
        ("It costs 3.50 francs today", ["It costs 3.50 francs today"]),
        ("一つ。二つ。", ["一つ。", "二つ。"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_words_keep_grouped_digits_and_part_unspaced_scripts() -> None:
    assert words("Ada's 1,200 francs, 東京") == ["ada's", "1,200", "francs", "東", "京"]


def test_stems_bring_forms_of_a_word_together() -> None:
    assert content_stems("The hut's dormitories cost 1,200") == content_stems("dormitory of huts: costs 1200")[1:2] + (
        content_stems("dormitory")
    ) + content_stems("cost 1200")
