"""Style told from fact for an edit: unknown words blame no source."""

from app.corrections import corrections
from app.models import Exposure
from app.models_preferences import Edit
from app.telling import Rewritten, Told, tell_apart
from tests.personalization.test_swaps import Scripted

DRAFT = "The landlord must repair the boiler within 14 days [1]."
SOURCE = Exposure(
    id="x", turn_id="t", person_id="ann", document_id="d", passage_id="p", document_name="d", title="d",
    text="The landlord must repair the boiler within 14 days.", rank=1, score=1.0, marker=1,
)  # fmt: skip


async def told(text: str, encoder: Scripted) -> tuple[Told, int]:
    edit = Edit(person_id="ann", turn_id="t", draft=DRAFT, text=text, written=DRAFT, cost=1)
    found = await tell_apart(encoder, Rewritten(edit, DRAFT, [], set()))
    return found, len(corrections(edit, [SOURCE], found.difference)[0])


async def test_a_synonym_is_style_and_marks_no_source() -> None:
    found, wrong = await told("The landlord must fix the boiler within 14 days [1].", Scripted())
    assert found.is_about_style and found.facts == [] and wrong == 0


async def test_a_figure_or_a_word_that_is_surely_another_marks_the_source() -> None:
    assert (await told("The landlord must repair the boiler within 30 days [1].", Scripted()))[1] == 1
    assert (await told("The tenant must repair the boiler within 14 days [1].", Scripted("tenant")))[1] == 1


async def test_a_word_that_nobody_knows_teaches_nothing_and_marks_nothing() -> None:
    found, wrong = await told("The lessor must repair the boiler within 14 days [1].", Scripted())
    assert not found.is_about_style and len(found.facts) == 1 and wrong == 0
