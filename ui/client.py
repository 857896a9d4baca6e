"""The one HTTP client of pages and command line, typed by app.schemas. Knows neither gradio nor SQL."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import IO, Any, Self

import httpx
from pydantic import TypeAdapter

from app.schemas import (
    AnswerEvent,
    ChatRequest,
    ConversationDetail,
    ConversationsPublic,
    DocumentPublic,
    DocumentsPublic,
    ErrorEvent,
    JobPublic,
    PassagesPublic,
    PeoplePublic,
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
from app.schemas_access import OwnTokensPublic, PersonCreate, TokenCreate
from app.schemas_documents import DocumentPagePublic
from app.schemas_feedback import TurnDetail, TurnFeedback
from app.schemas_models import Health
from app.schemas_suggestions import SuggestionsPublic
from ui.client_learned import LearnedClient
from ui.client_sharing import SharingClient
from ui.connection import ApiError, Connection, pool, problem

__all__ = ["ApiClient", "ApiError", "ChatEvent"]

ChatEvent = StatusEvent | SourcesEvent | TokenEvent | AnswerEvent | ErrorEvent

_CHAT_EVENTS: dict[str, type[ChatEvent]] = {
    "status": StatusEvent,
    "sources": SourcesEvent,
    "token": TokenEvent,
    "answer": AnswerEvent,
    "error": ErrorEvent,
}
_FEEDBACK = TypeAdapter(list[TurnFeedback])
_FINAL_STATES = {"done", "failed", "cancelled"}


class ApiClient(LearnedClient, SharingClient):
    """One person's view of the API; every call raises ApiError."""

    def __init__(
        self, base_url: str, token: str | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._api = Connection(pool(transport), base_url, token)

    def as_person(self, token: str, base_url: str | None = None) -> "ApiClient":
        """Another person's view over the same connections; only the original needs closing."""
        view = object.__new__(ApiClient)
        view._api = Connection(self._api.http, base_url or self._api.base_url, token)
        return view

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._api.http.aclose()

    @property
    def base_url(self) -> str:
        return self._api.base_url

    # --- identity
    async def login(self, email: str | None = None, password: str | None = None, *, code: str | None = None) -> str:
        """Exchange e-mail and password, or a one-time code, for a token; later calls carry it."""
        body = TokenRequest(email=email, password=password, code=code)
        token = (await self._api.post("/api/v1/auth/token", body, TokenPublic)).token
        self._api.token = token
        return token

    async def me(self) -> PersonPublic:
        return await self._api.get("/api/v1/me", PersonPublic)

    async def own_tokens(self) -> OwnTokensPublic:
        """All of them: nobody may have more than fit into one page."""
        return await self._api.get("/api/v1/me/tokens", OwnTokensPublic, {"limit": 200})

    # --- people, for admins
    async def people(self, cursor: str | None = None) -> PeoplePublic:
        return await self._api.get("/api/v1/admin/users", PeoplePublic, {"cursor": cursor})

    async def login_code(self) -> str:
        """The code of a one-time login link for whoever this client speaks as."""
        response = await self._api.send("POST", "/api/v1/admin/login-codes")
        return TokenPublic.model_validate_json(response.content).token

    async def create_person(self, email: str, password: str, role: str = "person") -> PersonPublic:
        body = PersonCreate.model_validate({"email": email, "password": password, "role": role})
        return await self._api.post("/api/v1/admin/users", body, PersonPublic)

    async def create_token(self, email: str, label: str, days: int | None = None) -> str:
        """A token that speaks as that person; None days: as long as the installation's tokens live."""
        body = TokenCreate(email=email, label=label, days=days)
        return (await self._api.post("/api/v1/admin/tokens", body, TokenPublic)).token

    # --- documents and jobs
    async def upload(self, file: Path | bytes, name: str | None = None, source: str | None = None) -> UploadPublic:
        """Send one file, a path streamed from disk. `source` is where it lay, so that a changed one replaces it."""
        if isinstance(file, bytes):
            return await self._upload(name or "document", file, source)
        with file.open("rb") as handle:
            return await self._upload(name or file.name, handle, source)

    async def documents(self, cursor: str | None = None, limit: int | None = None, sought: str = "") -> DocumentsPublic:
        """One page, newest first; `next_cursor` of the answer asks for the next. Only those whose name or title hold
        all words of `sought`."""
        query = {"cursor": cursor, "limit": limit, "q": sought or None}
        return await self._api.get("/api/v1/documents", DocumentsPublic, query)

    async def document(self, document_id: str) -> DocumentPublic:
        return await self._api.get(f"/api/v1/documents/{document_id}", DocumentPublic)

    async def passages(self, document_id: str, cursor: str | None = None, limit: int | None = None) -> PassagesPublic:
        """One page of a document's text, in order."""
        query = {"cursor": cursor, "limit": limit}
        return await self._api.get(f"/api/v1/documents/{document_id}/passages", PassagesPublic, query)

    async def document_page(
        self, document_id: str, number: int, passage: str | None = None, marks: Sequence[str] = ()
    ) -> DocumentPagePublic:
        """A page of a PDF, with the boxes of a passage on it, or of the parts `from-to` of its text."""
        query = {"passage": passage, "mark": list(marks) or None}
        return await self._api.get(f"/api/v1/documents/{document_id}/pages/{number}", DocumentPagePublic, query)

    async def delete_document(self, document_id: str) -> None:
        await self._api.send("DELETE", f"/api/v1/documents/{document_id}")

    async def job(self, job_id: str) -> JobPublic:
        return await self._api.get(f"/api/v1/jobs/{job_id}", JobPublic)

    async def watch_job(self, job_id: str) -> AsyncGenerator[JobPublic]:
        """Every known state of a job until it is done, failed or cancelled."""
        async with self._api.events("GET", f"/api/v1/jobs/{job_id}/events") as events:
            async for event in events:
                job = JobPublic.model_validate_json(event.data)
                yield job
                if job.state in _FINAL_STATES:
                    return

    # --- search and chat
    async def search(self, request: SearchRequest) -> SearchPublic:
        return await self._api.post("/api/v1/search", request, SearchPublic)

    async def conversations(self, cursor: str | None = None, sought: str = "") -> ConversationsPublic:
        """One page, last used first; only those that hold all words of `sought`."""
        query = {"cursor": cursor, "q": sought or None}
        return await self._api.get("/api/v1/conversations", ConversationsPublic, query)

    async def conversation(self, conversation_id: str) -> ConversationDetail:
        return await self._api.get(f"/api/v1/conversations/{conversation_id}", ConversationDetail)

    async def show_turn(self, turn_id: str) -> None:
        """Of the answers to its question, the one that is seen and gone on from."""
        await self._api.send("PUT", f"/api/v1/turns/{turn_id}/shown")

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """The turn as it happens, ending with an AnswerEvent or an ErrorEvent. Closing the iterator stops the turn."""
        body = request.model_copy(update={"stream": True}).model_dump(mode="json", exclude_none=True)
        async with aclosing(self._turn("/api/v1/chat", body)) as events:
            async for event in events:
                yield event

    async def second_answer(self, comparison_id: str) -> AsyncGenerator[ChatEvent]:
        """The other of two answers to a question, like `chat`."""
        async with aclosing(self._turn(f"/api/v1/comparisons/{comparison_id}/answer", {})) as events:
            async for event in events:
                yield event

    async def choose(self, comparison_id: str, choice: str) -> None:
        """Say which of two answers is better, a or b, or that neither is: tie."""
        body = {"key": f"{comparison_id}-{choice}", "choice": choice}  # a click that is sent twice is one
        await self._api.send("POST", f"/api/v1/comparisons/{comparison_id}/choice", json=body)

    async def _turn(self, path: str, body: dict[str, Any]) -> AsyncGenerator[ChatEvent]:
        async with self._api.events("POST", path, json=body) as events:
            async for event in events:
                # A newer server may send events that this version does not know.
                if schema := _CHAT_EVENTS.get(event.name):
                    parsed = schema.model_validate_json(event.data)
                    yield parsed
                    if isinstance(parsed, AnswerEvent | ErrorEvent):
                        return
        from ui.language import tr  # commands need no catalogue until something goes wrong

        raise ApiError(
            503, tr("Answer cut off"), tr("the server closed the connection before the answer was whole: ask again")
        )

    async def feedback(self, conversation_id: str) -> dict[str, TurnFeedback]:
        """What the person thinks of the answers of a conversation, by turn; those without any are left out."""
        response = await self._api.send("GET", f"/api/v1/conversations/{conversation_id}/feedback")
        return {state.turn_id: state for state in _FEEDBACK.validate_json(response.content)}

    async def turn(self, turn_id: str) -> TurnDetail:
        """One turn with the used sentences of its sources and what its person thinks of them."""
        return await self._api.get(f"/api/v1/turns/{turn_id}", TurnDetail)

    async def suggestions(
        self, turn_id: str, language: str, within: Mapping[str, Sequence[str] | None]
    ) -> SuggestionsPublic:
        """What could be asked after a turn, within `documents` or `collections`."""
        query = {"language": language, **within}
        return await self._api.get(f"/api/v1/turns/{turn_id}/suggestions", SuggestionsPublic, query)

    async def health(self) -> Health:
        """Readiness; an unready server answers 503 with the same body, which is not an error here."""
        response = await self._api.request("GET", "/readyz")
        if response.status_code not in {200, 503}:
            raise problem(response)
        return Health.model_validate_json(response.content)

    async def _upload(self, name: str, content: bytes | IO[bytes], source: str | None) -> UploadPublic:
        form = {"source": source} if source else {}
        response = await self._api.send("POST", "/api/v1/documents", files={"file": (name, content)}, data=form)
        return UploadPublic.model_validate_json(response.content)
