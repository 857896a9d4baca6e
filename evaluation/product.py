"""The whole product in a temporary home, spoken to over HTTP as any developer would. Knows nothing but routes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from app import adapters
from app.schemas import (
    DocumentPublic,
    JobPublic,
    PassagePublic,
    PassagesPublic,
    SearchPublic,
    TurnPublic,
    UploadPublic,
)
from app.services import Services
from app.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.progress import for_each

Schema = TypeVar("Schema", bound=BaseModel)

UPLOADS = 16  # at once, as `attune ingest` does it
_PATIENCE_SECONDS = 600.0  # a turn that waits for others on a slow machine takes minutes
_FINISHED = {"done", "failed", "cancelled"}


class Product:
    """A running server as its owner sees it. Raises EvaluationError where it refuses."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def ingest(self, files: Sequence[Path]) -> list[DocumentPublic]:
        """Upload files and wait until every one is indexed or refused; the documents in the order of the files."""
        return await for_each(files, self.ingest_one, "ingesting", UPLOADS)

    async def ingest_one(self, file: Path) -> DocumentPublic:
        """Upload a file and wait until it is indexed or refused."""
        content = await asyncio.to_thread(file.read_bytes)
        upload = await self._call("POST", "/api/v1/documents", UploadPublic, files={"file": (file.name, content)})
        if upload.job_id is not None:
            await self._finished(upload.job_id)
        return await self._call("GET", f"/api/v1/documents/{upload.document.id}", DocumentPublic)

    async def _finished(self, job_id: str) -> None:
        # Told and not asked again and again, which would cost what is to be measured.
        async with self._http.stream("GET", f"/api/v1/jobs/{job_id}/events") as response:
            async for line in response.aiter_lines():
                if line.startswith("data:") and JobPublic.model_validate_json(line[5:]).state in _FINISHED:
                    return

    async def passages(self, document_id: str) -> list[PassagePublic]:
        """All passages of a document in order."""
        found: list[PassagePublic] = []
        cursor: str | None = None
        while True:
            query = {"cursor": cursor} if cursor else {}
            page = await self._call("GET", f"/api/v1/documents/{document_id}/passages", PassagesPublic, params=query)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def search(self, query: str, k: int) -> SearchPublic:
        return await self._call("POST", "/api/v1/search", SearchPublic, json={"query": query, "k": k})

    async def ask(self, question: str) -> TurnPublic:
        """One turn that begins a conversation."""
        return await self._call("POST", "/api/v1/chat", TurnPublic, json={"question": question, "stream": False})

    @property
    def address(self) -> tuple[str, str]:
        """URL and token, for whoever asks from another process."""
        return str(self._http.base_url), self._http.headers["Authorization"].removeprefix("Bearer ")

    async def _call(self, method: str, path: str, schema: type[Schema], **content: Any) -> Schema:
        response = await self._http.request(method, path, **content)
        if response.is_error:
            raise EvaluationError(f"{method} {path} was refused with {response.status_code}: {_detail(response)}")
        return schema.model_validate_json(response.content)


def _detail(response: httpx.Response) -> str:
    try:
        problem: Mapping[str, Any] = response.json()
    except ValueError:
        return response.text[:200]
    return str(problem.get("detail") or problem.get("title"))


def _as_it_is(services: Services) -> Services:
    return services


@asynccontextmanager
async def running_product(
    settings: Settings, prepare: Callable[[Services], Services] = _as_it_is
) -> AsyncIterator[Product]:
    """Serve the product from the home of `settings` while the block lasts; `prepare` may exchange its services."""
    from app.main import create_app
    from app.server import connect

    await asyncio.to_thread(adapters.fetch_models, settings)
    application = create_app(settings)
    async with connect(settings, application) as address:
        application.state.services = prepare(application.state.services)
        headers = {"Authorization": f"Bearer {address.token}"}
        async with httpx.AsyncClient(
            base_url=address.url, headers=headers, timeout=_PATIENCE_SECONDS, trust_env=False
        ) as http:
            yield Product(http)
