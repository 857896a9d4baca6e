"""What a replaced claim says about the source that it was cited to."""

from typing import Any

import pytest

from app.corrections import corrections
from app.models import Exposure
from app.models_preferences import Edit

DRAFT = "The mill stands by the river [2]. It was built in 1702. [1] Nobody lives there."
EDIT = Edit(id="6f1d3f52-7d6c-4f0e-9a39-0f6f1b1a5c11", person_id="ann", turn_id="t", draft=DRAFT, text="", cost=1)


def shown(marker: int, text: str) -> Exposure:
    return Exposure(
        id=f"x{marker}",
        turn_id="t",
        person_id="ann",
        document_id="d",
        passage_id=f"p{marker}",
        document_name="d",
        title="d",
        text=text,
        rank=marker,
        score=1.0,
        marker=marker,
    )


def change(removed: str, added: str) -> list[dict[str, Any]]:
    before, _, after = DRAFT.partition(removed)
    spans = [("same", before, False), ("removed", removed, True), ("added", added, True), ("same", after, False)]
    return [{"change": kind, "text": text, "fact": fact} for kind, text, fact in spans if text]


@pytest.mark.parametrize(
    ("passage", "kind", "utility"),
    [
        ("The mill was built in 1702.", "source_wrong", 0.0),
        ("The mill was built in 1712.", "source_misread", 1.0),
        ("The mill is old.", "source_wrong", 0.0),
    ],
)
def test_a_source_that_says_what_the_person_wrote_was_right_and_misread(
    passage: str, kind: str, utility: float
) -> None:
    sources = [shown(1, passage), shown(2, "The mill stands by the river.")]
    feedback, labels = corrections(EDIT, sources, change("1702", "1712"))
    assert [(event.kind, event.exposure_id) for event in feedback] == [(kind, sources[0].id)]
    assert [(label.utility, label.passage_id) for label in labels] == [(utility, "p1")]
    again, _ = corrections(EDIT, sources, change("1702", "1712"))
    assert again[0].id == feedback[0].id, "repeated, it replaces itself"


def test_a_claim_without_a_source_or_one_that_was_only_taken_out_marks_nothing() -> None:
    sources = [shown(1, "x"), shown(2, "y")]
    assert corrections(EDIT, sources, change("Nobody", "Somebody")) == ([], [])
    assert corrections(EDIT, sources, change("1702", "")) == ([], [])


@pytest.mark.parametrize(("removed", "added"), [("1702", "1702 [2]"), ("built", "build"), ("It was", "You were")])
def test_another_spelling_marker_or_small_word_says_nothing_about_a_source(removed: str, added: str) -> None:
    assert corrections(EDIT, [shown(1, "It was built in 1702.")], change(removed, added)) == ([], [])


def test_an_answer_written_anew_says_nothing_about_its_sources() -> None:
    sources = [shown(1, "It was built in 1702."), shown(2, "The mill stands by the river.")]
    anew = EDIT.model_copy(update={"cost_normalised": 0.7})
    assert corrections(anew, sources, change("1702", "1712")) == ([], [])
    many = "the year in which the old king died"
    assert corrections(EDIT, sources, change("1702", many)) == ([], [])
