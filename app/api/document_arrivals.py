"""Documents on their way in: fetched from a web address, and being read at this moment."""

from fastapi import APIRouter

from app import job_rows, library
from app.deps import CurrentPerson, ServicesDep
from app.fetching import Fetcher, FetchError
from app.originals import Incoming, Receiver
from app.problems import Problem
from app.receiving import receiving
from app.schemas import DocumentPublic, UploadPublic
from app.schemas_documents import ArrivalPublic, UrlIngest, UrlIngestPublic

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])


@router.get("/under-way")
async def read_under_way(person: CurrentPerson, services: ServicesDep) -> list[ArrivalPublic]:
    """Your documents that wait to be read or are being read, oldest first, with how far each is."""
    async with services.database.session() as session:
        return [ArrivalPublic(**row) for row in await job_rows.ingests_under_way(session, person.id)]


@router.get("/from-url")
async def read_allowed(person: CurrentPerson, services: ServicesDep) -> UrlIngestPublic:  # noqa: ARG001 - whoever asks is known
    """Whether documents may be fetched from web addresses here."""
    return UrlIngestPublic(allowed=services.settings.fetch_urls == "on", max_bytes=services.settings.max_upload_bytes)


@router.post("/from-url", status_code=202)
async def fetch(body: UrlIngest, person: CurrentPerson, services: ServicesDep) -> UploadPublic:
    """Fetch a page or file from a public web address and take it in like an upload. Fetched again, what has changed
    replaces what it was."""
    if services.settings.fetch_urls != "on":
        raise Problem(403, "fetching from web addresses is off here (ATTUNE_FETCH_URLS): download the file and add it")
    await services.limits.uploads.take(person.id)
    try:
        with receiving(services.home, services.settings.max_upload_bytes) as receiver:
            found = await Fetcher().fetch(body.url, receiver.write)
            added = await library.add(services, person.id, await _whole(receiver), found.name, body.url.split("#")[0])
    except FetchError as error:
        raise Problem(422, str(error), title="Cannot be fetched") from None
    document = DocumentPublic(**added.document.model_dump(include=set(DocumentPublic.model_fields)))
    return UploadPublic(document=document, outcome=added.outcome, job_id=added.job_id)


async def _whole(receiver: Receiver) -> Incoming:
    incoming = await receiver.finish()
    if not incoming.size:
        raise FetchError("the address gives an empty file: check it")
    return incoming
