"""What preferences do to an answer in a turn, and what they may never do to its citations."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from agents.types import PastTurn, TurnContext, TurnRequest
from personalization.ports import Recalled
from tests.agents.scripted import (
    ASKED,
    HITS,
    PiecewiseModel,
    ScriptedRetriever,
    ScriptedSelector,
    outcome,
    run,
    streamed,
    words,
)

SAID = "The notice period is four weeks [1]. Lunch is at noon [2]."
ONE = "The notice period is four weeks [1]."  # a model that rules confuse reads one passage
BULLETS = "- The notice period is four weeks [1].\n- Lunch is at noon [2]."


@dataclass
class Liking:
    """Recalls one preference, and remembers what it was asked."""

    render: Callable[[str], str] | None = None
    asked: list[str] = field(default_factory=list)

    async def recall(self, person_id: str, context: str) -> Recalled:
        self.asked.append(context)
        return Recalled("as a list", ("pref-1",), self.render)


def context_with(recall: Liking, model: PiecewiseModel, follows_rules: bool | None = None) -> TurnContext:
    selector = ScriptedSelector()
    return TurnContext(model, ScriptedRetriever(HITS), selector, recall, 10, 64, follows_rules)


def as_list(text: str) -> str:
    return text if text.startswith("- ") else "- " + text.replace("]. ", "].\n- ")


async def test_a_finished_answer_gets_its_form_and_keeps_its_citations_while_the_stream_stays_as_it_was() -> None:
    events = await run(context_with(Liking(as_list), PiecewiseModel([words(SAID)])), ASKED)
    done = outcome(events)
    assert (done.answer, done.written, done.draft) == (BULLETS, SAID, SAID)
    assert [citation.marker for citation in done.citations] == [1, 2]
    assert streamed(events) == SAID


async def test_an_answer_that_has_its_form_already_is_as_it_was_written() -> None:
    done = outcome(await run(context_with(Liking(as_list), PiecewiseModel([words(BULLETS)])), ASKED))
    assert (done.answer, done.written) == (BULLETS, None)


async def test_a_form_that_fails_costs_no_answer_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(text: str) -> str:
        raise IndexError(text)

    with caplog.at_level(logging.ERROR):
        done = outcome(await run(context_with(Liking(broken), PiecewiseModel([words(SAID)])), ASKED))
    assert (done.answer, done.written, len(done.citations)) == (SAID, None, 2)
    assert "('pref-1',) were not applied" in caplog.text


@pytest.mark.parametrize(
    "render",
    [lambda _: "Four weeks.", lambda text: text + " [3]", lambda text: text.replace("[2]", "[7]"), lambda _: " "],
)
async def test_a_form_that_would_cost_all_citations_or_invent_one_is_not_used(render: Callable[[str], str]) -> None:
    done = outcome(await run(context_with(Liking(render), PiecewiseModel([words(SAID)])), ASKED))
    assert (done.answer, done.written) == (SAID, None)
    assert done.recalled.preference_ids == ("pref-1",), "the model was told of it"


@pytest.mark.parametrize("render", [lambda _: "Four weeks.", lambda _: 1 / 0, None])
async def test_a_form_that_was_not_given_is_not_logged_as_used_where_the_model_was_not_told(
    render: Callable[[str], str] | None,
) -> None:
    model = PiecewiseModel([words(ONE)])
    done = outcome(await run(context_with(Liking(render), model, follows_rules=False), ASKED))
    assert (done.answer, done.recalled.preference_ids) == (ONE, ())


async def test_a_form_that_the_answer_had_already_is_logged_as_used() -> None:
    model = PiecewiseModel([words(f"- {ONE}")])
    done = outcome(await run(context_with(Liking(as_list), model, follows_rules=False), ASKED))
    assert (done.answer, done.recalled.preference_ids) == (f"- {ONE}", ("pref-1",))


async def test_a_model_that_rules_confuse_is_told_nothing_about_style() -> None:
    model = PiecewiseModel([words(SAID)])
    done = outcome(await run(context_with(Liking(as_list), model, follows_rules=False), ASKED))
    assert "as a list" not in str(model.prompts) and done.answer.startswith("- ")


async def test_a_follow_up_recalls_for_what_it_is_about() -> None:
    recall = Liking()
    history = (PastTurn("Who founded Analytical Engines Ltd?", "Charles Babbage [1]."),)
    request = TurnRequest("When did he found it?", "ada", frozenset({"ada"}), history)
    model = PiecewiseModel([words("In 1833 [1].")])
    await run(context_with(recall, model, follows_rules=False), request)
    assert recall.asked == ["Who founded Analytical Engines Ltd? When did he found it?"]


async def test_of_several_forms_only_those_that_fitted_are_logged_as_used() -> None:
    recalled = Recalled("a; b", ("fits", "does-not"), as_list, lambda _written, _shaped: ("fits",))

    class Two(Liking):
        async def recall(self, person_id: str, context: str) -> Recalled:
            return recalled

    for follows, used in ((False, ("fits",)), (True, ("fits", "does-not"))):
        done = outcome(await run(context_with(Two(), PiecewiseModel([words(ONE)]), follows_rules=follows), ASKED))
        assert done.recalled.preference_ids == used
