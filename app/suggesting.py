"""Follow-up questions to an answer: what stands around its sources, and as whom it would be asked about. Knows no HTTP.

Computed when somebody asks for them, which is after the answer: no answer waits for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from agents.suggestions import Scope, Suggestion, suggestions, topic
from app import access, documents, turns
from app.models import Exposure, Person, Turn
from app.problems import not_found
from app.schemas import Language
from app.services import Services
from retrieval.types import Passage

_EARLIER = 20  # questions of the conversation that are not suggested again
_AROUND = 12  # passages before and behind the place that the answer rests on


@dataclass(frozen=True)
class Within:
    """What the next question would be asked within; None: everything that its person may read."""

    documents: Sequence[str] | None = None
    collections: Sequence[str] | None = None


@dataclass(frozen=True)
class _Asked:
    """A turn with what it showed of documents that its person may still read, and the questions before it."""

    turn: Turn
    shown: Sequence[Exposure]
    earlier: Sequence[str]
    readers: frozenset[str]


async def suggested(
    services: Services, person: Person, turn_id: str, language: Language, within: Within
) -> list[Suggestion]:
    """What could be asked after this turn. Raises Problem 404."""
    asked = await _read(services, person, turn_id, within)
    if not person.suggests or asked.turn.state != "complete" or not asked.shown:
        return []
    cited = [topic(one.heading) or "" for one in asked.shown if one.cited]
    chosen = frozenset(within.documents) if within.documents else None
    if within == Within():  # such a question heeds the person's standing rules
        chosen = (await services.memory.remember(person.id, asked.turn.question)).within
    near = await _near(services, asked)
    known = [asked.turn.question, *asked.earlier, *filter(None, cited)]
    scope = Scope(asked.readers, chosen, services.settings.retrieve_limit)
    with services.serving.lease() as models:
        found = suggestions(services.retriever(models), models.selector.thing, near, known, scope, language)
        return [one async for one in found]


async def _read(services: Services, person: Person, turn_id: str, within: Within) -> _Asked:
    async with services.database.session() as session:
        turn = await turns.find_turn(session, person.id, turn_id)
        if turn is None:
            raise not_found("turn", turn_id)
        chosen = set(within.documents or ())
        if unknown := sorted(chosen - set(await documents.names(session, person.id, chosen))):
            raise not_found("document", unknown[0])
        readers = await access.principals(session, person.id, within.collections)
        exposures = (await turns.list_exposures(session, person.id, [turn_id])).get(turn_id, [])
        readable = await documents.names(session, person.id, {one.document_id for one in exposures})
        earlier = [one.question for one in await turns.before(session, turn, _EARLIER)]
    shown = [one for one in exposures if one.kind == "document" and one.document_id in readable]
    return _Asked(turn, shown, earlier, readers)


async def _near(services: Services, asked: _Asked) -> list[Passage]:
    """In turns: what stands around the best source, nearest first, and what was found beside it and not cited."""
    best = next((one for one in asked.shown if one.cited), asked.shown[0])
    whole = await services.index.passages(best.document_id, asked.readers)
    place = next((one.position for one in whole if one.id == best.passage_id), 0)
    around = sorted(whole, key=lambda one: abs(one.position - place))[1 : 2 * _AROUND]
    beside = [
        Passage(one.passage_id, one.document_id, 0, one.text, one.title, one.page, one.heading)
        for one in asked.shown
        if not one.cited
    ]
    return [one for one in chain.from_iterable(zip_longest(around, beside)) if one is not None]
