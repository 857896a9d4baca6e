"""The part of the small server that takes documents in, and tells how far each is."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, UploadFile
from sse_starlette import EventSourceResponse, ServerSentEvent

from app.schemas import DocumentPublic, JobPublic, UploadPublic
from app.schemas_documents import ArrivalPublic, UrlIngest, UrlIngestPublic
from tests.ui.stand_in import NOW, Refusal, StandIn, new_id

Jobs = dict[str, DocumentPublic]  # what each job reads


def arrival_routes(script: StandIn) -> APIRouter:
    router, jobs = APIRouter(prefix="/api/v1"), Jobs()
    _take_uploads(script, router, jobs)
    _take_addresses(script, router, jobs)
    _tell(script, router, jobs)
    return router


def _take_uploads(script: StandIn, router: APIRouter, jobs: Jobs) -> None:
    @router.post("/documents")
    async def upload(request: Request, file: UploadFile) -> UploadPublic:
        account, name = script.account(request), file.filename or "?"
        if await file.read(4) == b"HUGE":
            raise Refusal(413, "Too large", f"{name} is larger than 200 MB: split it")
        token = next(t for t, a in script.accounts.items() if a is account)
        locked = name.startswith("locked")
        reason = "it is encrypted: remove its password and add it again" if locked else None
        status = "needs_password" if locked else "reading" if name.startswith("endless") else "indexed"
        document = script.add_document(token, name, status, reason).model_copy(update={"passages": 0})
        jobs[job_id := new_id()] = document
        return UploadPublic(document=document, outcome="queued", job_id=job_id)


def _take_addresses(script: StandIn, router: APIRouter, jobs: Jobs) -> None:
    @router.get("/documents/under-way")
    async def under_way(request: Request) -> list[ArrivalPublic]:
        kept = script.account(request).documents
        rows = [(job_id, document) for job_id, document in jobs.items() if document.id in kept]
        return [
            ArrivalPublic(
                document_id=document.id,
                name=document.name,
                passages=0,
                job_id=job_id,
                stage="encoding",
                done=256,
                total=1024,
            )
            for job_id, document in rows
            if kept[document.id].status == "reading"
        ]

    @router.get("/documents/from-url")
    async def allowed(request: Request) -> UrlIngestPublic:
        return UrlIngestPublic(allowed=script.fetches, max_bytes=1)

    @router.post("/documents/from-url")
    async def from_url(request: Request, body: UrlIngest) -> UploadPublic:
        account = script.account(request)
        if "intranet" in body.url:
            raise Refusal(422, "Cannot be fetched", "intranet is no public host: download the file yourself and add it")
        token = next(t for t, a in script.accounts.items() if a is account)
        document = script.add_document(token, body.url.rsplit("/", 1)[-1])
        return UploadPublic(document=document, outcome="unchanged", job_id=None)


def _tell(script: StandIn, router: APIRouter, jobs: Jobs) -> None:
    @router.get("/jobs/{job_id}/events")
    async def job_events(job_id: str) -> EventSourceResponse:
        async def states() -> AsyncIterator[ServerSentEvent]:
            while jobs[job_id].status == "reading":
                event = _job(job_id, jobs[job_id], "running", 256).model_copy(
                    update={"stage": "encoding", "total": 1024}
                )
                yield ServerSentEvent(event="job", data=event.model_dump_json())
                await asyncio.sleep(0.2)
            for done in range(3):
                yield ServerSentEvent(event="job", data=_job(job_id, jobs[job_id], "running", done).model_dump_json())
                await asyncio.sleep(0.05)
            yield ServerSentEvent(event="job", data=_job(job_id, jobs[job_id], "done", 3).model_dump_json())

        return EventSourceResponse(states())

    @router.get("/jobs/{job_id}")
    async def job_now(request: Request, job_id: str) -> JobPublic:
        if document := script.account(request).documents.get(jobs[job_id].id):
            return _job(job_id, document, "done", 3)
        raise Refusal(404, "Unknown job", f"no job {job_id}")


def _job(job_id: str, document: DocumentPublic, state: str, done: int) -> JobPublic:
    result = {"status": document.status, "reason": document.reason} if state == "done" else None
    return JobPublic.model_validate(
        {"id": job_id, "kind": "ingest", "state": state, "stage": "reading", "done": done, "total": 3}
        | {"result": result, "error": None, "created_at": NOW, "updated_at": NOW}
    )
