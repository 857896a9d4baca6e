"""Follow-up questions: made of headings, shown only where the selector keeps their section, and never asked before."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from agents.suggestions import MOST, Scope, Suggestion, suggestions, topic
from retrieval.types import Hit, Passage, Query, Selection
from retrieval.words import content_stems

SCOPE = Scope(frozenset({"ann"}), frozenset({"d"}), limit=7)


def section(heading: str | None, text: str = "", place: int = 0) -> Passage:
    return Passage(f"p{heading}{place}", "d", place, text or f"About {heading}.", "Handbook", heading=heading)


@dataclass
class Shelf:
    """Finds the passages whose heading shares words with the query; as a selector keeps those that are not `weak`."""

    passages: Sequence[Passage]
    weak: frozenset[str] = frozenset()
    queries: list[Query] = field(default_factory=list)
    version: str = "scripted"

    async def search(self, query: Query) -> Sequence[Hit]:
        self.queries.append(query)
        wanted = set(content_stems(query.text))
        found = [one for one in self.passages if wanted & set(content_stems(one.heading or ""))]
        return [Hit(one, 1.0, rank) for rank, one in enumerate(found, start=1)]

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        assert question == self.queries[-1].text, "it is held against the question that is shown"
        return Selection(tuple(hit for hit in hits if hit.passage.heading not in self.weak), {})


async def made(shelf: Shelf, near: Sequence[Passage], *known: str, language: str = "en") -> list[Suggestion]:
    return [one async for one in suggestions(shelf, shelf, near, known, SCOPE, language)]


async def test_a_question_is_shown_only_where_the_documents_answer_it() -> None:
    near = [section("7 Safety > 7.2 First aid"), section("Fire"), section("Frost"), section("Keys")]
    shelf = Shelf(near, weak=frozenset({"Fire"}))
    found = await made(shelf, near)
    assert [one.question for one in found] == [
        f"What does Handbook say about “{about}”?" for about in ("First aid", "Frost", "Keys")
    ]
    assert [one.hit.passage for one in found] == [near[0], near[2], near[3]]
    assert {(one.readers, one.document_ids, one.limit) for one in shelf.queries} == {
        (SCOPE.readers, SCOPE.document_ids, 7)
    }
    assert await made(Shelf([]), near) == []


async def test_a_section_that_another_one_outranks_for_its_own_question_is_not_suggested() -> None:
    elsewhere, here = section("Fire drills"), section("Fire")
    assert await made(Shelf([elsewhere, here]), [here]) == []


async def test_what_was_asked_or_cited_is_not_suggested_and_nothing_twice() -> None:
    near = [section("Fire"), section("Frost"), section("Frost", place=2), section("Keys")]
    found = await made(Shelf(near), near, "Where do we meet in a fire?", "Keys")
    assert [one.hit.passage.heading for one in found] == ["Frost"]


async def test_a_heading_that_names_the_document_asks_nothing() -> None:
    shelf = Shelf([section("Frost")])
    assert [one.hit.passage.heading for one in await made(shelf, [section("The handbook"), *shelf.passages])] == [
        "Frost"
    ]
    assert len(shelf.queries) == 1


async def test_three_at_most_are_shown_and_no_more_than_eight_are_tried() -> None:
    near = [
        section(about) for about in ["Fire", "Frost", "Keys", "Dogs", "Water", "Beds", "Soup", "Wine", "Songs", "Boots"]
    ]
    shelf = Shelf(near)
    assert len(await made(shelf, near)) == len(shelf.queries) == MOST
    empty = Shelf([])
    assert await made(empty, near) == []
    assert len(empty.queries) == 8


async def test_a_heading_that_asks_is_asked_as_it_is_and_german_is_spoken_where_it_is_wished() -> None:
    near = [section("Staying > May I bring my dog?"), section("3.2 Hüttenruhe")]
    asked = [one.question for one in await made(Shelf(near), near, language="de")]
    assert asked == ["May I bring my dog?", "Was sagt Handbook über „Hüttenruhe“?"]
    assert await made(Shelf(near), [section("Why is it there?")]) == [], "it would be read with what was said before"


@pytest.mark.parametrize(
    ("heading", "about"),
    [
        ("7 Safety > 7.3 Fire", "Fire"),
        ("§ 12 Kündigung", "Kündigung"),
        ("A.1) Prices for 2025", "Prices for 2025"),
        ("3 Water", "Water"),
        ("2024 Results by region", "2024 Results by region"),
        ("24 V supply", "24 V supply"),
        ("Registration", "Registration"),
        ("1. Introduction", None),
        ("4 Results and discussion", None),
        ("Table 2", None),
        ("Appendix B", None),
        ("Anhang", None),
        ("12.3", None),
        ("Any word " * 6, None),
        ("", None),
        (None, None),
    ],
)
def test_a_topic_is_the_last_heading_without_its_number(heading: str | None, about: str | None) -> None:
    assert topic(heading) == about
