"""Lines, sentences and what is protected, in texts as people write them."""

from hypothesis import given, settings

from personalization.prose import Hidden, all_sentences, each_sentence, lines, markers, outside, protected, settle
from tests.personalization.answers import anything


@settings(max_examples=300, deadline=None)
@given(anything)
def test_what_is_hidden_comes_back_letter_by_letter(text: str) -> None:
    hidden = Hidden.of(text)
    assert hidden.reveal(hidden.text) == text
    assert outside(text, lambda shown: shown) == text
    assert "\n".join(line.text for line in lines(hidden.text)) == hidden.text


def test_sentences_end_where_a_reader_ends_them() -> None:
    assert all_sentences("Dr. Weber left at 3.5 p.m. sharp. J. Smith stayed! Why? See e.g. this.") == [
        "Dr. Weber left at 3.5 p.m. sharp.",
        "J. Smith stayed!",
        "Why?",
        "See e.g. this.",
    ]
    assert all_sentences("Am 3. Mai war es z. B. kalt. Ja.") == ["Am 3. Mai war es z. B. kalt.", "Ja."]


def test_a_marker_after_the_stop_belongs_to_its_sentence() -> None:
    assert all_sentences("It sank. [1] It was big [2]. 🙂 Old.[3] New.") == [
        "It sank. [1]",
        "It was big [2]. 🙂",
        "Old.[3]",
        "New.",
    ]


def test_a_quotation_is_not_cut_and_ends_a_sentence_if_it_has_ended() -> None:
    assert all_sentences('He said "It sank. Really." She left. "No. Yes" is odd.') == [
        'He said "It sank. Really."',
        "She left.",
        '"No. Yes" is odd.',
    ]


def test_headings_and_code_are_no_sentences() -> None:
    assert all_sentences("# A title\n\n- One.\n- Two\n\n```\ncode. more\n```\n> quoted. text") == ["One.", "Two"]


def test_lines_have_their_kinds() -> None:
    text = "# T\n\n* a\n  2) b\nc\n1912. It\n3. Mai\n```x\n- y\n```"
    kinds = [line.kind for line in lines(Hidden.of(text).text)]
    assert kinds == ["heading", "blank", "item", "item", "prose", "prose", "prose", "block"]


def test_code_addresses_and_quotations_are_protected() -> None:
    text = 'Use `a b`, see https://x.org/a?b=1. Mail me@x.org, "so" he said; it\'s „gut“.'
    assert [text[start:end] for start, end in protected(text)] == [
        "`a b`",
        "https://x.org/a?b=1",
        "me@x.org",
        '"so"',
        "„gut“",
    ]


def test_a_change_never_sees_what_is_protected() -> None:
    assert outside('it `it` "it" it', str.upper) == 'IT `it` "it" IT'
    assert each_sentence("# it\nit. is it.\n- it", str.upper) == "# it\nIT. IS IT.\n- IT"


def test_a_text_with_private_signs_of_its_own_is_left_alone() -> None:
    assert outside("a \ue000 b", str.upper) == "a \ue000 b"


def test_a_change_that_never_rests_or_touches_citations_or_empties_is_refused() -> None:
    assert settle("a", lambda text: text + "a") == "a"
    assert settle("a [1]", lambda text: text.replace(" [1]", "")) == "a [1]"
    assert settle("a", lambda text: "a [1]") == "a"
    assert settle("a", lambda text: "") == "a"
    assert settle("aab", lambda text: text.replace("ab", "b")) == "b"


def test_markers_are_found_in_all_their_forms() -> None:
    assert markers("a [1] b [2, 3] c [4][5] d [x]") == ["[1]", "[2, 3]", "[4]", "[5]"]
