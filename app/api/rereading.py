"""Documents read again from their originals: one, or all of a person's."""

from fastapi import APIRouter

from app import rereading
from app.deps import CurrentPerson, ServicesDep
from app.schemas import DocumentPublic, Identifier, UploadPublic
from app.schemas_documents import RereadPublic

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])


@router.post("/reindex", status_code=202)
async def reindex_all(person: CurrentPerson, services: ServicesDep) -> RereadPublic:
    """Read all your documents again, those first that were longest left alone. They go on answering as they were until
    the new text is there; `GET /documents/under-way` tells how far they are."""
    queued, left = await rereading.read_all_again(services, person.id)
    return RereadPublic(queued=queued, left=left)


@router.post("/{document_id}/reindex", status_code=202)
async def reindex(document_id: Identifier, person: CurrentPerson, services: ServicesDep) -> UploadPublic:
    """Read a document of yours again from its original: after an update that reads more, or with another encoder. It
    goes on answering as it was until then, and if it cannot be read any more."""
    await services.limits.uploads.take(person.id)
    added = await rereading.read_again(services, person.id, document_id)
    document = DocumentPublic(**added.document.model_dump(include=set(DocumentPublic.model_fields)))
    return UploadPublic(document=document, outcome=added.outcome, job_id=added.job_id)
