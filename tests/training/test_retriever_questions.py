"""Questions that documents ask of themselves."""

from retrieval.types import Passage
from training.retriever_questions import Made, made_of, sentences


def passage(place: int, text: str, title: str = "", heading: str | None = None, document: str = "d") -> Passage:
    return Passage(f"p{place}", document, place, text, title, heading=heading)


def of_kind(kind: str, *passages: Passage) -> dict[str, tuple[int, ...]]:
    return {one.text: one.places for one in made_of(passages) if one.kind == kind}


def test_a_heading_asks_for_every_passage_that_stands_below_it() -> None:
    passages = [
        passage(0, "At nine.", "Guide", "Opening hours"),
        passage(1, "At five.", "Guide", "Opening hours"),
        passage(2, "Two coins.", "Guide", "Fees > Copies"),
        passage(3, "At eight.", "Annex", "Opening hours", "other"),
    ]
    assert of_kind("heading", *passages) == {"Opening hours": (0, 1, 3), "Copies": (2,)}
    assert of_kind("title", *passages) == {
        "Guide Opening hours": (0, 1),
        "Guide Fees Copies": (2,),
        "Annex Opening hours": (3,),
    }


def test_a_sentence_asks_for_its_section_and_without_one_for_its_passage_alone() -> None:
    text = "The first sentence stands here. The second sentence follows it."
    cut = [passage(0, text, "Guide"), passage(1, "And so on, without an end.", "Guide")]
    assert of_kind("first", *cut)["The first sentence stands here."] == (0, 1)
    bare = [passage(0, text), passage(1, "And so on, without an end.")]
    assert of_kind("first", *bare)["The first sentence stands here."] == (0,)


def test_a_sentence_that_is_set_aside_is_not_asked_with() -> None:
    text = " ".join(f"This is sentence number {number}." for number in range(9))
    made = made_of([passage(0, text)])
    asked, aside = ({one.text for one in made if (one.kind == "aside") is kept} for kept in (False, True))
    assert len(asked) == len(aside) == 1
    assert not asked & aside


def test_the_same_passages_ask_the_same_questions() -> None:
    text = " ".join(f"This is sentence number {number}." for number in range(9))
    assert made_of([passage(0, text)]) == made_of([passage(0, text)])
    assert all(isinstance(one, Made) for one in made_of([passage(0, text)]))


def test_what_is_too_short_or_too_long_to_be_asked_is_no_sentence() -> None:
    assert sentences(f"Yes. This one has five words. {'word ' * 50}end.") == ["This one has five words."]
