"""Which sentences of a passage are pointed out as those that an answer rests on."""

import pytest

from app.schemas import CitationPublic, TurnPublic
from app.used_sentences import with_used
from tests.ui.stand_in import NOW, StandIn

PASSAGE = (
    "The hut opens in June. When the alarm sounds, everybody goes to the assembly point. "
    "The assembly point is the chapel.\nDogs stay outside."
)


def used(answer: str, passage: str = PASSAGE, cited: bool = True) -> list[str]:
    """The sentences pointed out in `passage`, which the answer names as [1]."""
    script = StandIn(passages=[passage])
    (exposure,) = script.exposures(script.accounts[script.add_person("ada@example.org")], cited=cited)
    quoted = CitationPublic.model_validate(exposure.model_dump() | {"exposure_id": exposure.id, "quote": passage})
    turn = TurnPublic.model_validate(
        {"id": "t", "conversation_id": "c", "question": "Where?", "answer": answer, "state": "complete"}
        | {"abstained": False, "citations": [quoted] if cited else [], "exposures": [exposure], "versions": {}}
        | {"preferences": [], "error": None, "created_at": NOW}
    )
    return [passage[start:end] for start, end in with_used(turn).exposures[0].used]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The assembly point is the chapel [1].", ["The assembly point is the chapel."]),
        ("The assembly point is the chapel. [1] Ask the warden.", ["The assembly point is the chapel."]),
        ("Chapel [1].", ["The assembly point is the chapel."]),
        ("Dogs stay outside [1]. The hut opens in June [1].", ["The hut opens in June.", "Dogs stay outside."]),
        ("Nothing of the sort: hut submarines [1].", []),  # one shared word shows nothing
        ("Dogs stay outside.", []),
        ("[1]", []),
    ],
)
def test_what_a_claim_says_is_found_where_it_stands(answer: str, expected: list[str]) -> None:
    assert used(answer) == expected


def test_a_claim_that_two_sentences_make_together_has_both() -> None:
    assert used("When the alarm sounds everybody goes to the chapel, the assembly point [1].") == [
        "When the alarm sounds, everybody goes to the assembly point.",
    ]
    assert used("The hut opens in June, and dogs stay outside [1].") == ["The hut opens in June.", "Dogs stay outside."]


def test_nothing_is_pointed_out_in_what_is_not_cited() -> None:
    assert used("The assembly point is the chapel [1].", cited=False) == []
