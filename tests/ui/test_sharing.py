"""The page Documents: everybody sees what they may do, and nothing that the API would refuse."""

import re

from app.schemas import DocumentsPublic
from tests.ui.shared import a_collection, a_group, a_member, a_share
from tests.ui.test_panels import a_document
from ui.collections import render_collections, render_inside
from ui.documents import render_documents
from ui.groups import render_members
from ui.scope import kept, named, render_scope, within
from ui.scope import render_collections as render_ticks
from ui.sharing import render_sharing


def sent(markup: str) -> list[tuple[str, str]]:
    """Method and path of every button and form."""
    found = re.findall(r'data-(?:send|method)="(\w+)"\s+data-path="([^"]+)"', markup)
    return [(method, path.removeprefix("/api/v1/")) for method, path in found]


def test_a_choice_is_of_documents_or_collections_and_drops_what_is_gone() -> None:
    ready, rules = a_document("a.pdf"), a_collection("Rules", permission="read", owner="Ben")
    assert within(()) == {"documents": None, "collections": None}
    assert within((ready.id,)) == {"documents": [ready.id], "collections": None}
    assert within((named(rules),)) == {"documents": None, "collections": [rules.id]}
    gone = (a_document("b.pdf").id, named(a_collection("Old")))
    assert kept((*gone, ready.id, named(rules)), [ready, a_document("c.pdf", status="reading")], [rules]) == (
        ready.id,
        named(rules),
    )


def test_a_document_that_is_read_again_stays_chosen_and_is_asked() -> None:
    again = a_document("a.pdf", status="queued", passages=9)
    assert kept((again.id,), [again], []) == (again.id,)
    assert "Asking your 1 document" in render_scope([again], ())
    assert f'data-id="{again.id}"' in render_documents([again], (again.id,))


def test_the_line_over_the_question_knows_what_is_shared() -> None:
    rules, empty = a_collection("Rules", permission="read", owner="Ben <b>"), a_collection("Empty", documents=0)
    assert "Asking within 1 collection: <b>Rules</b>" in render_scope([], (named(rules),), [rules])
    assert "Asking what is shared with you" in render_scope([], (), [rules])
    assert "Asking your 1 document, and what is shared with you" in render_scope([a_document("a.pdf")], (), [rules])
    assert "Add a document" in render_scope([], (), [a_collection("Mine"), empty])
    ticks = render_ticks([rules, empty], (named(rules),))
    assert "shared by Ben &lt;b&gt;" in ticks
    assert ticks.count('aria-checked="true"') == ticks.count("data-act") == 1


def test_each_may_do_with_a_collection_what_was_given_and_leave_what_names_them() -> None:
    mine, given = a_collection("Mine"), a_collection("Given", permission="read", owner="Ben", share="s1")
    through = a_collection("Through", permission="write", owner="Ben")
    assert sent(render_collections([mine, given, through])) == [
        ("DELETE", f"collections/{mine.id}"),
        ("DELETE", f"collections/{given.id}/shares/s1"),
        ("POST", "collections"),
    ]
    held, left = [a_document("a.pdf"), a_document("theirs.pdf", mine=False)], [a_document("b.pdf")]
    here = f"collections/{given.id}"
    assert sent(render_inside(given, held, left)) == [("DELETE", f"{here}/documents/{held[0].id}")]
    may_put = given.model_copy(update={"permission": "write"})
    assert ("POST", f"{here}/documents") in sent(render_inside(may_put, held, left))
    assert "fieldset" not in render_inside(may_put, [*held, *left], left), "everything is in it"
    manages = given.model_copy(update={"permission": "manage"})
    share = a_share(email="<i>@x.org", permission="manage")
    inside = render_inside(manages, held, left, [share], [a_group("Night shift")])
    assert [path for method, path in sent(inside) if method == "DELETE"] == [
        f"{here}/documents/{held[0].id}", f"{here}/documents/{held[1].id}", f"{here}/shares/{share.id}",
    ]  # fmt: skip
    assert "&lt;i&gt;@x.org" in inside
    assert "take any out, and share it on" in inside
    assert "Night shift" in inside


def test_who_leads_a_group_lets_in_and_takes_out_and_others_may_only_leave() -> None:
    ann, ben = a_member("ann@x.org", leads=True), a_member("ben@x.org")
    path = "groups/g/members"
    assert sent(render_members("g", [ann, ben], ann.person_id, leads=True)) == [
        ("DELETE", f"{path}/{ann.person_id}"), ("DELETE", f"{path}/{ben.person_id}"), ("POST", path),
    ]  # fmt: skip
    assert sent(render_members("g", [ann, ben], ben.person_id, leads=False)) == [("DELETE", f"{path}/{ben.person_id}")]


def test_every_document_of_ones_own_is_read_again_or_deleted_and_all_at_once_where_there_are_any() -> None:
    one = a_document('"><script>.pdf', reason="page 2 is a scan")
    page = render_sharing(DocumentsPublic(items=[one], next_cursor="older"), [], [])
    assert sent(page)[-3:] == [
        ("POST", "documents/reindex"), ("POST", f"documents/{one.id}/reindex"), ("DELETE", f"documents/{one.id}"),
    ]  # fmt: skip
    assert "<script>" not in page
    assert "page 2 is a scan" in page
    assert "/documents?after=older#own" in page
    assert "reindex" not in render_sharing(DocumentsPublic(items=[]), [], [])
