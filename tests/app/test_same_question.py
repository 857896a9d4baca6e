"""When two questions are one for labels, and when the second is the first once more."""

import pytest

from app.same_question import is_reasked, question_key


def test_a_label_is_kept_for_the_same_words_and_not_for_other_questions_about_the_same() -> None:
    assert question_key("Where is the  hut?") == question_key("where is the HUT")
    asked = ("When was she born?", "Where was she born?", "Was she born where?", "Who is it?", "¿?", "…")
    assert len({question_key(one) for one in asked}) == len(asked)


@pytest.mark.parametrize(
    ("question", "again"),
    [
        ("The hut, where is it?", True),
        ("Can you tell me where the hut is?", True),
        ("When is the hut?", False),
        ("Where is the hut not?", False),
        ("The hut?", True),
    ],
)
def test_nearly_the_same_words_are_the_question_once_more_where_they_ask_for_the_same(
    question: str, again: bool
) -> None:
    assert is_reasked("Where is the hut?", question) is again
