"""What a generator is calibrated on lies before it as in a turn: behind the selector."""

from collections.abc import Sequence

from evaluation.datasets import LabelledPassage
from retrieval.types import Hit, Selection
from training.examples import Example
from training.generator_figures import HeldBack, handed_over


class KeepsWhatShares:
    """Keeps the passages that share a word with the question."""

    version = "keeps-what-shares"

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        kept = [hit for hit in hits if set(question.split()) & set(hit.passage.text.split())]
        return Selection(tuple(reversed(kept)), {})


GOLD = LabelledPassage(id="gold", text="The hut was built in 1911", label="gold")
NEAR = LabelledPassage(id="near", text="The hut was painted red", label="distractor")
FAR = LabelledPassage(id="far", text="Nothing bears on it", label="distractor")


def asked(question: str, *passages: LabelledPassage) -> HeldBack:
    return HeldBack(Example("q", question, passages, ("1911",), True, "mine", "c"), passages)


async def test_the_passages_stand_as_the_selector_hands_them_over() -> None:
    (one,) = await handed_over([asked("hut built when", GOLD, FAR, NEAR)], KeepsWhatShares())
    assert one.passages == (NEAR, GOLD)
    assert one.gold == {"gold"}


async def test_an_answer_that_the_selector_drops_cannot_be_given_and_what_it_turns_away_is_not_asked() -> None:
    without_gold, turned_away = asked("who painted it", GOLD, NEAR), asked("why", GOLD, FAR)
    (one,) = await handed_over([without_gold, turned_away], KeepsWhatShares())
    assert one.passages == (NEAR,)
    assert not one.gold, "to decline is right here"
