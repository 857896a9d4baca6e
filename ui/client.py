"""The one HTTP client of pages and command line, typed by app.schemas. Knows neither gradio nor SQL."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel

from app.schemas import (
    AnswerEvent,
    ChatRequest,
    ConversationDetail,
    ConversationPublic,
    ConversationsPublic,
    DocumentPublic,
    DocumentsPublic,
    ErrorEvent,
    Health,
    JobPublic,
    PassagesPublic,
    PersonPublic,
    SearchPublic,
    SearchRequest,
    SourcesEvent,
    StatusEvent,
    TokenEvent,
    TokenPublic,
    TokenRequest,
    UploadPublic,
)
from ui.sse import ServerEvent, read_events

ChatEvent = StatusEvent | SourcesEvent | TokenEvent | AnswerEvent | ErrorEvent

_CHAT_EVENTS: dict[str, type[ChatEvent]] = {
    "status": StatusEvent,
    "sources": SourcesEvent,
    "token": TokenEvent,
    "answer": AnswerEvent,
    "error": ErrorEvent,
}
_FINAL_STATES = {"done", "failed", "cancelled"}
_Schema = TypeVar("_Schema", bound=BaseModel)


class ApiError(Exception):
    """The server refused or could not be reached; `detail` is fit to be shown. status 503: no server answered."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(f"{title}: {detail}" if detail else title)
        self.status = status
        self.title = title
        self.detail = detail


class ApiClient:
    """One person's view of the API. `as_person` gives other people a view over the same connections."""

    def __init__(
        self, base_url: str, token: str | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.token = token
        self._http = httpx.AsyncClient(
            base_url=base_url,
            transport=transport,
            # A jar that keeps nothing: connections are shared between people, identity never is.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            # Streams pause while a model computes; the server's pings come every 15 s.
            timeout=httpx.Timeout(30.0, read=120.0),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=50),
            trust_env=False,  # a proxy from the environment must not stand between us and loopback
        )

    def as_person(self, token: str) -> "ApiClient":
        """The same connections under another identity; only the original needs closing."""
        view = object.__new__(ApiClient)
        view.token, view._http = token, self._http
        return view

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # --- identity
    async def login(self, email: str | None = None, password: str | None = None, *, code: str | None = None) -> str:
        """Exchange e-mail and password, or a one-time code, for a token; later calls carry it."""
        body = TokenRequest(email=email, password=password, code=code)
        self.token = (await self._post("/api/v1/auth/token", body, TokenPublic)).token
        return self.token

    async def me(self) -> PersonPublic:
        return await self._get("/api/v1/me", PersonPublic)

    # --- documents and jobs
    async def upload(self, file: Path | bytes, name: str | None = None, source: str | None = None) -> UploadPublic:
        """Send one file, a path streamed from disk. `source` is where it lay, so that a changed one replaces it."""
        form = {"source": source} if source else {}
        if isinstance(file, bytes):
            return await self._upload(name or "document", file, form)
        with file.open("rb") as handle:
            return await self._upload(name or file.name, handle, form)

    async def documents(self, cursor: str | None = None, limit: int | None = None) -> DocumentsPublic:
        """One page, newest first; `next_cursor` of the answer asks for the next."""
        return await self._get("/api/v1/documents", DocumentsPublic, {"cursor": cursor, "limit": limit})

    async def document(self, document_id: str) -> DocumentPublic:
        return await self._get(f"/api/v1/documents/{document_id}", DocumentPublic)

    async def passages(self, document_id: str, cursor: str | None = None) -> PassagesPublic:
        return await self._get(f"/api/v1/documents/{document_id}/passages", PassagesPublic, {"cursor": cursor})

    async def delete_document(self, document_id: str) -> None:
        await self._send("DELETE", f"/api/v1/documents/{document_id}")

    async def job(self, job_id: str) -> JobPublic:
        return await self._get(f"/api/v1/jobs/{job_id}", JobPublic)

    async def watch_job(self, job_id: str) -> AsyncGenerator[JobPublic]:
        """Every known state of a job until it is done, failed or cancelled."""
        async with self._events("GET", f"/api/v1/jobs/{job_id}/events") as events:
            async for event in events:
                job = JobPublic.model_validate_json(event.data)
                yield job
                if job.state in _FINAL_STATES:
                    return

    # --- search and chat
    async def search(self, request: SearchRequest) -> SearchPublic:
        return await self._post("/api/v1/search", request, SearchPublic)

    async def conversations(self, cursor: str | None = None) -> ConversationsPublic:
        return await self._get("/api/v1/conversations", ConversationsPublic, {"cursor": cursor})

    async def conversation(self, conversation_id: str) -> ConversationDetail:
        return await self._get(f"/api/v1/conversations/{conversation_id}", ConversationDetail)

    async def create_conversation(self, title: str | None = None) -> ConversationPublic:
        body = {"title": title} if title else {}
        return _parse(await self._send("POST", "/api/v1/conversations", json=body), ConversationPublic)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """The turn as it happens, ending with an AnswerEvent or an ErrorEvent. Closing the iterator stops the turn."""
        body = request.model_copy(update={"stream": True}).model_dump(mode="json", exclude_none=True)
        async with self._events("POST", "/api/v1/chat", json=body) as events:
            async for event in events:
                # A newer server may send events that this version does not know.
                if schema := _CHAT_EVENTS.get(event.name):
                    parsed = schema.model_validate_json(event.data)
                    yield parsed
                    if isinstance(parsed, AnswerEvent | ErrorEvent):
                        return
        raise ApiError(503, "Answer cut off", "the server closed the connection before the answer was whole: ask again")

    async def health(self) -> Health:
        """Readiness; an unready server answers 503 with the same body, which is not an error here."""
        response = await self._request("GET", "/readyz")
        if response.status_code not in {200, 503}:
            raise _problem(response)
        return _parse(response, Health)

    # --- the wire
    async def _get(self, path: str, schema: type[_Schema], query: Mapping[str, Any] | None = None) -> _Schema:
        given = {key: value for key, value in (query or {}).items() if value is not None}
        return _parse(await self._send("GET", path, params=given), schema)

    async def _post(self, path: str, body: BaseModel, schema: type[_Schema]) -> _Schema:
        response = await self._send("POST", path, json=body.model_dump(mode="json", exclude_none=True))
        return _parse(response, schema)

    async def _upload(self, name: str, content: Any, form: dict[str, str]) -> UploadPublic:
        response = await self._send("POST", "/api/v1/documents", files={"file": (name, content)}, data=form)
        return _parse(response, UploadPublic)

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        response = await self._request(method, path, **options)
        if response.is_error:
            raise _problem(response)
        return response

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, path, headers=self._headers(), **options)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    @asynccontextmanager
    async def _events(self, method: str, path: str, **options: Any) -> AsyncIterator[AsyncIterator[ServerEvent]]:
        headers = self._headers() | {"Accept": "text/event-stream"}
        try:
            async with self._http.stream(method, path, headers=headers, **options) as response:
                if response.is_error:
                    await response.aread()
                    raise _problem(response)
                yield read_events(response.aiter_bytes())
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _unreachable(self, error: httpx.TransportError) -> ApiError:
        reason = str(error) or type(error).__name__
        return ApiError(
            503,
            "No answer from the server",
            f"{self._http.base_url} ({reason}): start it with `attune up`, or try again",
        )


def _parse(response: httpx.Response, schema: type[_Schema]) -> _Schema:
    return schema.model_validate_json(response.content)


def _problem(response: httpx.Response) -> ApiError:
    """Read RFC 9457 problem details; whatever else came back (a proxy's page, say) is cut to a line."""
    status = response.status_code
    try:
        body = response.json()
        return ApiError(status, str(body["title"]), str(body.get("detail") or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ApiError(status, response.reason_phrase or "Error", response.text[:200])
