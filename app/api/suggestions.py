"""Follow-up questions to an answer of yours."""

from typing import Annotated

from fastapi import APIRouter, Query

from app import suggesting
from app.deps import CurrentPerson, ServicesDep
from app.schemas import Identifier, Language
from app.schemas_suggestions import SuggestionPublic, SuggestionsPublic

router = APIRouter(prefix="/api/v1", tags=["conversations"])

Chosen = Annotated[list[Identifier] | None, Query(min_length=1, max_length=1000)]


@router.get("/turns/{turn_id}/suggestions")
async def read(
    turn_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    language: Language = "en",
    documents: Chosen = None,
    collections: Chosen = None,
) -> SuggestionsPublic:
    """What you could ask next: up to three questions about sections near the sources of an answer, each held against
    search and selection as if you asked it, within `documents` or `collections` if they are named. Nothing if you
    switched them off (`suggests`)."""
    await services.limits.searches.take(person.id)
    within = suggesting.Within(documents, collections)
    items = [
        SuggestionPublic(
            question=one.question,
            document_id=one.hit.passage.document_id,
            title=one.hit.passage.title,
            heading=one.hit.passage.heading,
        )
        for one in await suggesting.suggested(services, person, turn_id, language, within)
    ]
    return SuggestionsPublic(items=items)
