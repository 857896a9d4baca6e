"""One spelling for what a person pastes and for what a file says."""

import pytest

from retrieval.index_words import pairs, words


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("The  Vault,\tcode!", "the vault code"),
        ("naïve café", "naive cafe"),
        ("ﬁne ﬂuﬀ", "fine fluff"),
        ("well-known e-mail_address", "well known e mail address"),
        ("an exam-\nple of tear\u00ading", "an example of tearing"),
        ("an exam- ple", "an example"),
        ("Müller-\nMeier", "muller meier"),
        ("Straße", "strasse"),
        ("don’t", "don t"),
        ("東京都", "東 京 都"),
        ("…?!", ""),
    ],
)
def test_case_accents_marks_and_torn_lines_make_no_difference(pasted: str, stored: str) -> None:
    assert words(pasted) == stored


def test_spelling_what_is_spelled_changes_nothing() -> None:
    once = words("The Café’s e-mail, 東京 and ÅNGSTRÖM")
    assert words(once) == once


def test_a_phrase_has_no_pair_that_its_passage_lacks() -> None:
    passage = pairs(words("In case you are living in Ghent, call first.")).split()
    assert set(pairs(words("you are living in")).split()) <= set(passage)
    assert not set(pairs(words("are you living")).split()) <= set(passage)


def test_one_word_has_no_pair() -> None:
    assert pairs(words("Pandoc")) == pairs("") == ""
