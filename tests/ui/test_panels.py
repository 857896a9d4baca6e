"""What the panels show, case by case."""

from datetime import timedelta
from typing import Any

import pytest

from app.schemas import (
    AnswerEvent,
    CitationPublic,
    ConversationPublic,
    DocumentPublic,
    ErrorEvent,
    ExposurePublic,
    SourcesEvent,
    StatusEvent,
    TokenEvent,
    TurnPublic,
)
from tests.ui.stand_in import NOW, StandIn, new_id
from ui.chat import LiveTurn, render_live, render_turns
from ui.connection import ApiError
from ui.conversations import render_conversations
from ui.documents import render_documents
from ui.places import place_url, spans_of
from ui.scope import render_scope
from ui.sources import render_sources

IDS = {"turn_id": "t", "conversation_id": "c"}


@pytest.fixture
def exposures() -> list[ExposurePublic]:
    script = StandIn(passages=["one", "two", "three"])
    return script.exposures(script.accounts[script.add_person("ada@example.org")], cited=True)


def a_turn(**changes: Any) -> TurnPublic:
    turn: dict[str, Any] = {
        "id": "t",
        "conversation_id": "c",
        "question": "Why?",
        "answer": "Because [1].",
        "state": "complete",
    }
    turn |= {"abstained": False, "citations": [], "exposures": [], "versions": {}, "preferences": [], "error": None}
    return TurnPublic.model_validate(turn | {"created_at": NOW} | changes)


def a_document(name: str, **changes: Any) -> DocumentPublic:
    document: dict[str, Any] = {
        "id": new_id(),
        "name": name,
        "title": name,
        "media_type": "application/pdf",
        "size": 1,
        "pages": 3,
    }
    read = changes.get("status", "indexed") == "indexed"
    return DocumentPublic.model_validate(
        document | {"passages": 9 * read, "status": "indexed", "reason": None, "created_at": NOW} | changes
    )


def test_a_live_turn_grows_with_its_events(exposures: list[ExposurePublic]) -> None:
    live = LiveTurn("Why?")
    for event in (
        StatusEvent(stage="writing", **IDS),
        SourcesEvent(sources=exposures),
        TokenEvent(text="Because [1]"),
        TokenEvent(text=" and [9]."),
    ):
        live = live.after(event)
    page = render_live(live)
    assert '<li class="now">Writing</li>' in page
    assert "Reading 3 passages" in page
    assert 'data-cite="1"' in page
    assert "[9]" in page
    assert live.after(AnswerEvent(turn=a_turn())).conversation_id == "c"


@pytest.mark.parametrize(
    "failed",
    [
        LiveTurn("Why?").failed(ApiError(422, "Too long", "shorten the question")),
        LiveTurn("Why?").after(ErrorEvent(type="", title="Too long", status=422, detail="shorten the question")),
    ],
)
def test_a_failed_turn_shows_its_remedy_and_no_stage(failed: LiveTurn) -> None:
    page = render_live(failed)
    assert "shorten the question" in page
    assert "stages" not in page


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"abstained": True}, "Not in your documents"),
        ({"state": "stopped"}, "Stopped."),
        ({"state": "failed", "error": "the model is away"}, "the model is away"),
        ({"state": "running"}, "Still being answered"),
    ],
)
def test_every_ending_of_a_turn_is_visible(changes: dict[str, Any], expected: str) -> None:
    assert expected in render_turns([a_turn(**changes)])
    assert expected not in render_turns([a_turn()])


def test_only_markers_with_a_citation_are_buttons_in_a_finished_turn(exposures: list[ExposurePublic]) -> None:
    cited = CitationPublic.model_validate(exposures[0].model_dump() | {"exposure_id": "e", "quote": "one"})
    page = render_turns([a_turn(citations=[cited], answer="Yes [1], no [2].", exposures=exposures)])
    assert page.count('class="cite"') == 1
    assert "1 source cited" in page


def test_sources_are_numbered_first_and_say_what_became_of_them(exposures: list[ExposurePublic]) -> None:
    page = render_sources(exposures[::-1], "t")
    order = [page.index(f">{text}</p>") for text in ("one", "two", "three")]
    assert order == sorted(order)
    assert page.count(">Cited<") == 2
    assert page.count(">Not read<") == 1
    assert "3 passages found, 2 cited" in page


def test_a_long_passage_unfolds_by_a_button_and_a_short_one_has_none(exposures: list[ExposurePublic]) -> None:
    for text, unfolds in (("Short.", 0), ("long " * 60, 1), ("a line\n" * 6, 1)):
        page = render_sources([exposures[0].model_copy(update={"text": text})], "t")
        assert page.count('data-unfold aria-expanded="false"') == unfolds, text


def test_what_is_copied_with_an_answer_says_what_its_markers_stand_for(exposures: list[ExposurePublic]) -> None:
    first, second = (
        CitationPublic.model_validate(one.model_dump() | {"exposure_id": one.id, "quote": one.text})
        for one in exposures[:2]
    )
    mail = second.model_copy(update={"document": 'a "letter".eml', "page": None})
    page = render_turns([a_turn(citations=[mail, first], exposures=exposures)])
    assert 'data-copy="[1] handbook.pdf, page 1\n[2] a &quot;letter&quot;.eml"' in page


def test_a_source_opens_at_its_page_or_in_the_text(exposures: list[ExposurePublic]) -> None:
    pdf = exposures[1].model_copy(update={"document": "Report.PDF"})
    mail = exposures[1].model_copy(update={"document": "letter.eml", "page": None})
    assert place_url(pdf) == f"/read/{pdf.document_id}/page/2?passage={pdf.passage_id}#mark"
    assert place_url(mail) == f"/read/{mail.document_id}#p-{mail.passage_id}"
    used = {"used": [(4, 9), (20, 30)]}
    marked = f"passage={pdf.passage_id}&mark=4-9&mark=20-30"
    assert place_url(pdf.model_copy(update=used)) == f"/read/{pdf.document_id}/page/2?{marked}#mark"
    assert place_url(mail.model_copy(update=used)) == f"/read/{mail.document_id}?{marked}#p-{mail.passage_id}"
    assert spans_of(["4-9", "x", "-3", "9", "1-2-3", "²-3"]) == [(4, 9)]


def test_the_used_sentences_of_a_source_are_marked_and_what_stands_before_them_folds(
    exposures: list[ExposurePublic],
) -> None:
    text = "Hut <b>rules</b>. " * 10 + "Dogs stay outside."
    late = exposures[0].model_copy(update={"text": text, "used": [(text.index("Dogs"), len(text))]})
    page = render_sources([late], "t", verdicts={})
    assert "<mark>Dogs stay outside.</mark>" in page
    assert page.count('<span class="early">Hut &lt;b&gt;rules') == 1
    early = exposures[0].model_copy(update={"text": text, "used": [(4, 16), (8, 20)]})
    page = render_sources([early], "t", verdicts={})
    assert 'class="early"' not in page
    assert page.count("<mark>&lt;b&gt;rules&lt;/b&gt;</mark>") == 1


def test_what_was_read_and_not_used_stands_apart_once_the_answer_is_there(exposures: list[ExposurePublic]) -> None:
    exposures[1] = exposures[1].model_copy(update={"cited": False})
    groups = ["Read, but not used", "Found, but not read"]
    page = render_sources(exposures, "t", verdicts={})
    order = [page.index(part) for part in (">one<", groups[0], ">two<", groups[1], ">three<")]
    assert order == sorted(order)
    assert groups[0] not in render_sources(exposures, "t")  # while it is written


def test_no_sources_say_what_to_try() -> None:
    assert "add a document" in render_sources([], "t")


def test_a_document_that_cannot_be_asked_says_why_and_has_no_tick() -> None:
    page = render_documents([a_document("a.pdf", status="needs_password", reason="remove its password")], ())
    assert "Needs a password: remove its password" in page
    assert 'data-act="choose"' not in page
    assert 'data-act="delete"' in page


def test_a_document_of_somebody_else_says_so_and_is_theirs_to_delete() -> None:
    page = render_documents([a_document("a.pdf", mine=False)], ())
    assert "3 pages · shared with you" in page
    assert 'data-act="delete"' not in page and 'data-act="choose"' in page
    assert "shared" not in render_documents([a_document("a.pdf")], ())


def test_a_long_list_of_documents_goes_on_or_says_how_to_find_the_rest() -> None:
    assert "data-more" in render_documents([a_document("a.pdf")], (), more=True)
    assert "There are older ones" in render_documents([a_document("a.pdf")], (), more=True, pages=40)
    page = render_documents([a_document("a.pdf")], ("x", "y"), sought='"a"')
    assert 'data-chosen="x y"' in page and 'data-q="&quot;a&quot;"' in page and "data-more" not in page


def test_a_document_that_was_read_in_part_says_what_stayed_unread() -> None:
    page = render_documents([a_document("a.pdf", reason="page 2 is an unreadable scan <b>")], ())
    assert "3 pages" in page
    assert "page 2 is an unreadable scan &lt;b&gt;" in page
    assert 'class="status"' not in render_documents([a_document("a.pdf")], ())


def test_the_scope_line_names_what_is_asked() -> None:
    a, b = a_document("a.pdf"), a_document("b.pdf", status="reading")
    assert "Asking within 1 document: <b>a.pdf</b>" in render_scope([a, b], {a.id})
    assert "Asking your 1 document" in render_scope([a, b], ())
    assert "being read" in render_scope([b], ())
    assert "Add a document" in render_scope([], ())


def test_conversations_stand_under_their_day_and_the_open_one_is_marked() -> None:
    items = [
        ConversationPublic(id=name, title=name, created_at=NOW, updated_at=NOW - timedelta(days=days))
        for name, days in (("now", 0), ("earlier", 0), ("before", 1), ("week", 5), ("old", 40))
    ]
    page = render_conversations(items, "before", NOW)
    days = ["Today", "Yesterday", "This week", "March 2026"]
    assert [page.count(f">{day}<") for day in days] == [1, 1, 1, 1]
    assert page.count('aria-current="true"') == 1


def test_a_list_says_that_there_is_more_and_what_was_sought_and_lets_no_title_act() -> None:
    hostile = ConversationPublic(id="c", title='"><script>a()</script>{{x}}', created_at=NOW, updated_at=NOW)
    page = render_conversations([hostile], None, NOW, more=True, sought='"><b>', pages=2)
    assert "<script" not in page and "{{" not in page and "<b>" not in page
    assert "data-more" in page and 'data-pages="2"' in page
    assert "data-more" not in render_conversations([hostile], None, NOW, more=True, pages=40)
    assert "data-more" not in render_conversations([hostile], None, NOW)
    assert "holds all of these words" in render_conversations([], None, NOW, sought="x")
    assert "are kept here" in render_conversations([], None, NOW)


def test_of_several_answers_the_shown_one_is_drawn_in_the_place_of_the_first() -> None:
    first = a_turn(id="a", question="One?", answer="the former", shown=False)
    other = a_turn(id="b", question="Two?", answer="elsewhere")
    second = a_turn(id="c", question="One again?", answer="the latter", regenerates=first.id, shown=True)
    page = render_turns([first, other, second])
    assert page.index("the latter") < page.index("elsewhere")
    assert "the former" not in page and "Answer 2 of 2" in page and "2/2" in page
    assert page.count("Edit question") == page.count("Ask again") == 1, "of the last question only"
    assert page.index("elsewhere") < page.index("Ask again")
    assert f'data-turn="{first.id}"' in page, "the way back to it"
    assert "Answer 1 of 2" in render_turns([first, other, second], only=first.id)
    assert "siblings" not in render_turns([other])
    assert "Ask again" not in render_turns([other], answering=True)
