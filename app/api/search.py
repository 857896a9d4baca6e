"""POST /api/v1/search: retrieval alone."""

from fastapi import APIRouter

from app import access, documents
from app.deps import CurrentPerson, ServicesDep
from app.problems import not_found
from app.schemas import HitPublic, SearchPublic, SearchRequest
from retrieval.types import Hit, Query

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.post("/search")
async def search(body: SearchRequest, person: CurrentPerson, services: ServicesDep) -> SearchPublic:
    """The passages of your documents, and of those shared with you, that answer a query best."""
    await services.limits.searches.take(person.id)
    async with services.database.session() as session:
        if body.documents is not None:
            mine = await documents.names(session, person.id, body.documents)
            if unknown := sorted(set(body.documents) - set(mine)):
                raise not_found("document", unknown[0])
        readers = await access.principals(session, person.id, body.collections)
    chosen = frozenset(body.documents) if body.documents is not None else None
    query = Query(body.query, readers, body.k, chosen, body.mode)
    with services.serving.lease() as models:
        hits = await services.retriever(models).search(query)
    async with services.database.session() as session:
        names = await documents.names(session, person.id, (hit.passage.document_id for hit in hits))
    return SearchPublic(query=body.query, hits=[_public(hit, names) for hit in hits])


def _public(hit: Hit, names: dict[str, str]) -> HitPublic:
    passage = hit.passage
    return HitPublic(
        passage_id=passage.id,
        document_id=passage.document_id,
        document=names.get(passage.document_id, ""),
        title=passage.title,
        page=passage.page,
        heading=passage.heading,
        text=passage.text,
        score=hit.score,
        dense=hit.dense,
        lexical=hit.lexical,
        rank=hit.rank,
    )
