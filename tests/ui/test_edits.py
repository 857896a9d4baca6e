"""What is shown of edits and preferences, case by case."""

from typing import Any

import pytest

from app.schemas_preferences import EditCostPoint, EditPublic, PreferencePublic, ProvenanceItem, SpanPublic
from tests.ui.stand_in import NOW, StandIn
from tests.ui.test_panels import a_turn
from ui.chat import render_turns
from ui.edits import render_applied, render_difference, render_edit
from ui.plot import render_cost
from ui.preferences import certainty, render_preferences, render_provenance

MARKUP = '</h3><script>alert(1)</script> "${x}" {{y}} `z`'
SPANS = [
    SpanPublic(change="same", text="Leave is\n"),
    SpanPublic(change="removed", text="28 <b>"),
    SpanPublic(change="added", text="30", fact=True),
]


def a_preference(description: str = "Keep answers short", **changes: Any) -> PreferencePublic:
    script = StandIn()
    return script.add_preference(script.add_person("ada@example.org"), description, **changes)


def an_edit(**changes: Any) -> EditPublic:
    edit: dict[str, Any] = {"id": "e", "turn_id": "t", "draft": "a", "text": "b", "cost": 1, "cost_normalised": 0.5}
    edit |= {"difference": SPANS[:2], "learning": "learned", "reason": None, "learned": [], "created_at": NOW}
    return EditPublic.model_validate(edit | changes)


def costs(*means: float) -> list[EditCostPoint]:
    return [EditCostPoint(until=NOW, answers=20, mean_cost=mean) for mean in means]


def test_a_difference_is_told_by_elements_and_facts_by_a_class() -> None:
    page = render_difference(SPANS)
    assert "Leave is\n<del>28 &lt;b&gt;</del>" in page
    assert '<ins class="fact" title="It changes what is claimed">30</ins>' in page


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"learning": "pending"}, "Learning from your edit…"),
        ({"learning": "nothing", "reason": "a typing mistake"}, "Nothing to learn from this: a typing mistake"),
        ({"learning": "nothing"}, "Nothing to learn from this<"),
        ({"learning": "failed", "reason": "no model"}, "Could not learn yet: no model. It is tried again."),
        ({"learning": "forgotten"}, "Undone: what this edit taught is forgotten."),
        ({"learned": [a_preference()]}, "<b>Learned:</b> Keep answers short <button"),
        ({"learned": [a_preference(), a_preference("No lists")]}, "<li>Keep answers short</li><li>No lists</li>"),
        ({"learned": []}, "What was learned here has been deleted."),
        ({"learning": "nothing", "sources_wrong": 1}, "You corrected a fact: the source is marked as wrong"),
        ({"learning": "nothing", "difference": SPANS}, "It changes what is claimed"),
    ],
)
def test_what_came_of_an_edit_is_said(changes: dict[str, Any], expected: str) -> None:
    page = render_edit(an_edit(**changes))
    assert expected in page
    assert ("data-undo" in page) == bool(changes.get("learned"))
    assert ("corrected a fact" in page) == ("sources_wrong" in changes)


def test_only_an_answer_that_is_there_can_be_edited_and_its_very_text_is() -> None:
    answer = 'Schlu\u00df \u202e`x` ${y} {{z}}\n\n"q" [1]'
    page = render_turns([a_turn(answer=answer)])
    assert 'data-edit-answer="&quot;Schlu\\u00df \\u202e&#96;x&#96; &#36;&#123;y&#125;' in page
    for changes in ({"state": "running"}, {"state": "failed"}, {"answer": ""}):
        assert "data-edit-answer" not in render_turns([a_turn(**changes)])


def test_an_edited_answer_and_one_written_under_preferences_say_so() -> None:
    page = render_turns([a_turn(edited=True, preferences=["p1", "p 2"])])
    assert "Edited by you" in page
    assert 'role="status"' in page
    assert 'data-load="/shown/preferences?id=p1&amp;id=p+2"' in page
    plain = render_turns([a_turn()])
    assert "Edited by you" not in plain
    assert "Written your way" not in plain


def test_applied_preferences_are_listed_with_those_that_are_gone() -> None:
    page = render_applied([a_preference(MARKUP)], 2)
    assert "2 preferences deleted since" in page
    assert 'href="/about-me"' in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"confidence": 0.95}, "Very sure (95%)"),
        ({"confidence": 0.7}, "Quite sure (70%)"),
        ({"confidence": 0.4}, "Fairly sure (40%)"),
        ({"confidence": 0.0}, "A first guess (0%)"),
        ({"source": "stated", "confidence": 1.0}, "Certain: you said so"),
    ],
)
def test_certainty_is_said_in_words_and_number(changes: dict[str, Any], expected: str) -> None:
    assert certainty(a_preference(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "learned from 3 edits, 1 speaks against it; used 8 times, left as it was 6 times"),
        ({"supported_by": 1, "contradicted_by": 2, "used": 0}, "learned from 1 edit, 2 speak against it; not used yet"),
        ({"source": "stated", "supported_by": 0, "contradicted_by": 0, "used": 1, "kept": 1}, "your own words; used 1"),
        ({"scope": "e-mails"}, "Only for: e-mails"),
        ({"context": "Leave?"}, "Where you ask things like “Leave?”"),
        ({"context": ""}, "Everywhere"),
        ({"active": False}, "Switched off"),
        ({"pinned": True}, '<span>Pinned</span>'),
        ({"honoured": False}, "Attune cannot do this yet with the current model"),
    ],
)  # fmt: skip
def test_a_card_says_what_is_known(changes: dict[str, Any], expected: str) -> None:
    assert expected in render_preferences([a_preference(**changes)])


def test_no_word_of_a_preference_becomes_markup() -> None:
    hostile = a_preference(MARKUP, id=MARKUP, context=MARKUP, scope=MARKUP)
    item = ProvenanceItem(
        edit_id=MARKUP, turn_id=MARKUP, conversation_id=MARKUP, question=MARKUP, difference=SPANS, supports=False,
        created_at=NOW,
    )  # fmt: skip
    learned = render_edit(an_edit(id=MARKUP, learned=[hostile, hostile], reason=MARKUP))
    for page in (render_preferences([hostile], MARKUP), render_provenance([item]), learned):
        assert "&lt;script&gt;" in page
        assert "<script" not in page
        assert "${" not in page


def test_an_empty_page_says_what_to_do() -> None:
    assert "press <b>Edit</b>" in render_preferences([])
    assert "No edit is kept behind it" in render_provenance([])
    assert "Not enough answers yet" in render_cost(costs(0.3))


@pytest.mark.parametrize(
    ("means", "said", "top"),
    [
        ((0.41, 0.09), "It fell from 41% to 9%", "50%"),
        ((0.02, 0.05), "It rose from 2% to 5%", "10%"),
        ((0.0, 0.0), "It stayed at 0%", "10%"),
        ((1.0, 0.6, 0.9), "It fell from 100% to 90%", "100%"),
    ],
)
def test_the_plot_draws_every_point_within_its_frame_and_says_what_it_shows(
    means: tuple[float, ...], said: str, top: str
) -> None:
    page = render_cost(costs(*means))
    assert said in page
    assert f">{top}</text>" in page
    heights = [float(circle.split('cy="')[1].split('"')[0]) for circle in page.split("<circle ")[1:]]
    assert len(heights) == len(means)
    assert all(0 < height < 220 for height in heights)
    assert sorted(heights) == [h for _, h in sorted(zip(means, heights, strict=True), reverse=True)]
    assert page.count("<tr>") == len(means) + 1


def test_a_question_is_offered_with_its_choices_and_hostile_words_stay_text() -> None:
    choices = [{"id": "always", "label": "Always"}, {"id": "here", "label": MARKUP}, {"id": "no", "label": "No"}]
    asked = a_preference(question={"text": f"{MARKUP}: always?", "choices": choices})
    page = render_edit(an_edit(learned=[asked, a_preference()]))
    assert page.count("data-choice=") == 3 and page.count(f'data-preference="{asked.id}"') == 3
    assert "<script>" not in page
    assert "data-choice" not in render_edit(an_edit(learned=[a_preference()]))
