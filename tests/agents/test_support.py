"""Markers that a verifier stands by, and those it does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.abstention import UNSUPPORTED
from agents.citations import check_markers, cited, without_markers
from agents.support import Checked, checked
from tests.agents.scripted import HITS, PiecewiseModel, ScriptedVerifier, context_of, outcome, run, words

PASSAGES = (
    "Hut wardens may refuse guests after 22:00. The hut sleeps 46 people in 8 rooms.",
    "A night in the dormitory costs 38 francs; members of the club pay 26 francs.",
    "The cableway runs from June to October.",
)
QUESTION = "How much is a night in the dormitory?"


TRUE = frozenset({("38 francs", "38 francs"), ("46 people", "46 people"), ("June", "June")})


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("A night costs 38 francs [2].", "A night costs 38 francs [2]."),
        ("A night costs 38 francs [1].", "A night costs 38 francs [2]."),
        ("A night costs 38 francs [1][2].", "A night costs 38 francs [1][2]."),
        ("A night costs 45 francs [2].", "A night costs 45 francs."),
        ("It costs 45 francs. [2] The hut sleeps 46 people. [1]", "It costs 45 francs. The hut sleeps 46 people. [1]"),
        ("It costs 38 francs. The hut sleeps 46 people [1].", "It costs 38 francs [2]. The hut sleeps 46 people [1]."),
        ("38 francs", "38 francs [2]"),
        ("The weather is lovely in spring.", "The weather is lovely in spring."),
        ("- 38 francs a night\n- runs from June [2]", "- 38 francs a night [2]\n- runs from June [3]"),
        ("", ""),
    ],
    ids=[
        *("supported", "wrong passage", "two passages", "unsupported", "behind the stop", "uncited", "fragment"),
        *("nobody's", "list", "empty"),
    ],
)
async def test_a_sentence_is_cited_to_what_supports_it_or_to_nothing(answer: str, shown: str) -> None:
    assert (await checked(answer, QUESTION, PASSAGES, ScriptedVerifier(TRUE))).answer == shown


async def test_what_was_added_and_what_lost_its_marker_is_told() -> None:
    done = await checked("A night costs 38 francs. It sleeps 50 [1].", QUESTION, PASSAGES, ScriptedVerifier(TRUE))
    assert done == Checked("A night costs 38 francs [2]. It sleeps 50.", frozenset({2}), 1)


async def test_a_fragment_is_read_with_its_question() -> None:
    verifier = ScriptedVerifier(TRUE)
    await checked("38 francs [2].", QUESTION, PASSAGES, verifier)
    assert verifier.asked == [(f"{QUESTION} 38 francs.", PASSAGES[1])]


async def test_a_marker_of_the_model_goes_only_where_the_verifier_is_rather_sure() -> None:
    verifier = ScriptedVerifier(doubtful=0.4)
    assert (await checked("Members pay less [2].", QUESTION, PASSAGES, verifier)).answer.endswith("[2].")
    assert (await checked("Members pay less.", QUESTION, PASSAGES, verifier)).answer == "Members pay less."


async def test_a_figure_that_no_passage_has_is_supported_by_none_whatever_the_verifier_says() -> None:
    verifier = ScriptedVerifier(doubtful=0.9)
    done = await checked("A night costs 45 francs [2]. Members pay 26 [2].", QUESTION, PASSAGES, verifier)
    assert (done.answer, done.unsupported) == ("A night costs 45 francs. Members pay 26 [2].", 1)


@given(st.text(alphabet="Hut sleps46. \n!?[1]2’漢字", max_size=80))
async def test_nothing_but_markers_changes(answer: str) -> None:
    answer = check_markers(answer, len(PASSAGES))  # as the graph hands it over
    done = await checked(answer, QUESTION, PASSAGES, ScriptedVerifier(frozenset({("4", "46")})))
    assert set(cited(done.answer)) <= {1, 2, 3}
    assert without_markers(done.answer).split() == without_markers(answer).split()


async def test_a_turn_shows_the_markers_that_the_verifier_stands_by() -> None:
    verifier = ScriptedVerifier(frozenset({("four weeks", "four weeks")}))
    model = PiecewiseModel([words("It is four weeks [2]. Lunch is free [2].")])
    done = outcome(await run(replace(context_of(model), verifier=verifier)))
    assert done.answer == "It is four weeks [1]. Lunch is free."
    assert [(citation.hit, citation.origin) for citation in done.citations] == [(HITS[0], "attributed")]
    assert done.draft == "It is four weeks [2]. Lunch is free [2]."


async def test_a_turn_whose_markers_all_fall_says_that_nothing_supports_it() -> None:
    model = PiecewiseModel([words("It is six weeks [1].")])
    done = outcome(await run(replace(context_of(model), verifier=ScriptedVerifier())))
    assert done.answer == f"It is six weeks.\n\n{UNSUPPORTED}"
    assert done.citations == ()
