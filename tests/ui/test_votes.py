"""Votes and verdicts as they are drawn: what can be pressed, what is pressed, and how it is named to who cannot see."""

import re
from typing import Any

import pytest

from app.schemas import ExposurePublic
from app.schemas_feedback import TurnFeedback
from tests.ui.stand_in import StandIn
from tests.ui.test_panels import a_turn
from ui.chat import LiveTurn, render_live, render_turns
from ui.sources import render_sources

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def exposures() -> list[ExposurePublic]:
    script = StandIn(passages=["one", "two", "three"])
    return script.exposures(script.accounts[script.add_person("ada@example.org")], cited=True)


def pressed(page: str) -> list[str]:
    return re.findall(r'data-(?:vote|reason|verdict)="(\w+)" aria-pressed="true"', page)


@pytest.mark.parametrize(
    ("given", "buttons", "is_folded"),
    [
        (TurnFeedback(turn_id="t"), [], True),
        (TurnFeedback(turn_id="t", vote="up"), ["up"], True),
        (TurnFeedback(turn_id="t", vote="down"), ["down"], False),
        (TurnFeedback(turn_id="t", vote="down", reasons=["style", "incorrect"]), ["down", "incorrect", "style"], False),
    ],
)
def test_the_last_vote_is_pressed_and_reasons_unfold_after_a_thumb_down(
    given: TurnFeedback, buttons: list[str], is_folded: bool
) -> None:
    page = render_turns([a_turn()], {"t": given})
    assert pressed(page) == buttons
    assert (" hidden>" in page) == is_folded


@pytest.mark.parametrize("changes", [{"state": "running"}, {"state": "failed", "error": "away"}, {"answer": ""}])
def test_only_an_answer_that_is_there_can_be_voted_on(changes: dict[str, Any]) -> None:
    assert "data-vote" in render_turns([a_turn()])
    page = render_turns([a_turn(**changes)])
    assert "data-vote" not in page and "data-reason" not in page


def test_reasons_are_a_handful_and_fit_an_answer_that_was_declined() -> None:
    answered, declined = (
        re.findall(r'data-reason="(\w+)"', render_turns([a_turn(abstained=no)])) for no in (False, True)
    )
    assert len(answered) == 5 and "should_answer" not in answered
    assert declined[0] == "should_answer" and "style" not in declined


def test_what_was_said_in_words_comes_back_as_text() -> None:
    page = render_turns([a_turn()], {"t": TurnFeedback(turn_id="t", vote="down", text=HOSTILE)})
    assert "<script>" not in page and 'value="&quot;&gt;&lt;script&gt;' in page


def test_each_source_has_a_verdict_of_its_own_once_the_answer_is_written(exposures: list[ExposurePublic]) -> None:
    assert "data-verdict" not in render_sources(exposures, "t")
    page = render_sources(exposures, "t", verdicts={exposures[1].id: "not_relevant"})
    assert page.count('data-verdict="helped"') == len(exposures)
    assert pressed(page) == ["not_relevant"]
    assert pressed(page[: page.index(exposures[1].id)]) == []
    assert page.count('role="group" aria-label="Was this passage of handbook.pdf any good?"') == len(exposures)


def test_a_citation_knows_its_source_while_the_answer_is_written_and_after(exposures: list[ExposurePublic]) -> None:
    expected = f'data-markers="1:{exposures[0].id} 2:{exposures[1].id}"'
    assert expected in render_live(LiveTurn("Why?", sources=tuple(exposures)))
    assert expected in render_turns([a_turn(exposures=exposures)])


def test_only_the_last_question_can_be_asked_again() -> None:
    first, last = a_turn(id="first"), a_turn(id="last")
    page = render_turns([first, last])
    assert page.count('data-act="again"') == 1 and page.index('data-act="again"') > page.index('data-turn="last"')
    assert 'data-act="again"' not in render_turns([first, last], only="first")
    assert 'data-act="again"' not in render_turns([a_turn(state="running")])
    assert 'data-act="again"' in render_turns([a_turn(state="failed", answer="", error="away")])
