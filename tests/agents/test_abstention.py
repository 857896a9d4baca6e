"""How a refusal is recognised and explained."""

import pytest

from agents.abstention import STATED, declines, explain
from tests.agents.scripted import hit


@pytest.mark.parametrize(
    "draft",
    [
        STATED,
        f'"{STATED}"',
        "The passages do not contain information about salaries.",
        "I'm sorry, but the provided documents don't mention this.",
        "The context does not provide the date.",
        "Unfortunately, I cannot find the answer.",
        "None of the passages answer the question.",
        "There is no information about this in the passages.",
    ],
)
def test_refusals_are_recognised(draft: str) -> None:
    assert declines(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "The document states that dogs are not allowed.",
        "The hut does not provide towels.",
        "No, the passages through the tunnel are closed.",
        "I can bring a dog.",
    ],
)
def test_answers_are_not(draft: str) -> None:
    assert not declines(draft)


def test_the_explanation_names_each_place_once_and_three_at_most() -> None:
    hits = [hit("x", page=page) for page in (4, 4, 5, 6, 7)]
    assert explain("nothing_useful", hits).splitlines()[1:] == [
        "- Handbook, page 4",
        "- Handbook, page 5",
        "- Handbook, page 6",
    ]
