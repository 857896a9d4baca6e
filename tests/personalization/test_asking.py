"""What is uncertain about a lesson, and what is not worth a question."""

import numpy as np
import pytest

from personalization.asking import is_open, kind_of, rival
from personalization.ports import ContextEdit
from personalization.rules import Rule
from tests.personalization.texts import DRAFT, LETTERS, NOTES, REPORTS, direction

SHORT = "The hall opens at nine [1]."


def edit(draft: str, edited: str) -> ContextEdit:
    return ContextEdit("a", LETTERS, draft, edited)


def test_one_sentence_does_not_say_whether_every_one_is_meant() -> None:
    meant = Rule("ending", {"old": ".", "new": "!", "of": "all"})
    other = rival(edit(DRAFT.split(". ")[0] + ".", DRAFT.split(". ")[0] + "!"), meant)
    assert other is not None and other.description == "End the last sentence with “!”"


def test_where_both_would_do_the_same_or_only_one_explains_the_edit_nothing_is_asked() -> None:
    hello = Rule("begin", {"literal": "Zog zog:\n\n", "over": False})
    assert rival(edit(DRAFT, hello.apply(DRAFT)), hello) is None
    several = Rule("ending", {"old": ".", "new": "!", "of": "all"})
    assert rival(edit(DRAFT, several.apply(DRAFT)), several) is None


@pytest.mark.parametrize(
    ("contexts", "open_"),
    [
        ([LETTERS], True),
        ([LETTERS, REPORTS, NOTES], True),
        ([LETTERS, direction(1, 0.1, 0), direction(1, 0, 0.1)], False),
    ],
)
def test_where_a_wish_holds_is_open_after_one_edit_or_in_contexts_unlike_each_other(
    contexts: list[np.ndarray], open_: bool
) -> None:
    assert is_open(np.stack(contexts)) is open_


def test_a_kind_of_text_is_called_as_a_person_would() -> None:
    assert kind_of("Write an email to the bank.") == "e-mails"
    assert kind_of("Summarise the report.") == "summaries"
    assert kind_of("Who owns the hall?") is None
