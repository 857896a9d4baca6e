"""A question and its answer as one statement."""

import random

import pytest

from training.verifier_questions import statement


class Never(random.Random):
    """Takes the rules wherever they can be taken."""

    def random(self) -> float:
        return 0.99


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("Who led the Panthers in sacks?", "Kawann Short", "Kawann Short led the Panthers in sacks."),
        ("Which architect was asked to draw a plan?", "Semper", "Semper was asked to draw a plan."),
        ("How many people live there?", "five", "How many people live there? Five."),
        ("What did Cydippids use to catch prey?", "colloblasts", "Cydippids used colloblasts to catch prey."),
        ("When did France begin to rebuild?", "1850", "France began to rebuild in 1850."),
        ("How many tackles did Kuechly record?", "118", "Kuechly recorded 118 tackles."),
        ("When was the song released?", "in 1971", "The song was released in 1971."),
        ("What is the capital of France?", "Paris.", "The capital of France is Paris."),
        ("The school lies in which country?", "Iran", "The school lies in Iran."),
        ("Why?", "nobody knows", "Why? Nobody knows."),
    ],
)
def test_a_question_with_its_answer_is_said(question: str, answer: str, said: str) -> None:
    assert statement(question, answer, Never()) == said


def test_now_and_then_the_question_stands_before_its_answer() -> None:
    said = {statement("Who led the team?", "Ada", random.Random(seed)) for seed in range(20)}
    assert said == {"Who led the team? Ada.", "Ada led the team."}
