"""What operators' pages read of comparisons and of satisfaction is described, and called what it was."""

import pytest
from pydantic import BaseModel

from app.schemas_comparisons import ComparedPair
from app.schemas_satisfaction import Bin, SatisfactionPublic

COMPARED = "kind champion challenger offered n people wins losses ties first_chosen share interval p_value"
SATISFIED = "version weights slope offset n brier brier_declared brier_base bins"


@pytest.mark.parametrize(
    ("schema", "names"),
    [(ComparedPair, COMPARED), (SatisfactionPublic, SATISFIED), (Bin, "above n mean_chance share_up")],
)
def test_every_figure_keeps_its_name_and_says_what_it_is(schema: type[BaseModel], names: str) -> None:
    described = schema.model_json_schema()
    assert set(names.split()) <= set(described["required"]), "whoever reads it may count on it"
    assert [name for name in names.split() if not described["properties"][name].get("description")] == []
