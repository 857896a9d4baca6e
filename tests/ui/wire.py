"""A small server that speaks the API's wire format, so that the pages meet every case at will."""

import io

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from PIL import Image

from app.schemas import (
    DocumentPublic,
    DocumentsPublic,
    HitPublic,
    PassagePublic,
    PassagesPublic,
    PersonPublic,
    PersonUpdate,
    SearchPublic,
    SearchRequest,
    TokenPublic,
    TokenRequest,
)
from app.schemas_documents import DocumentPagePublic
from app.schemas_models import Health
from tests.ui.shared import sharing_routes
from tests.ui.stand_in import Refusal, StandIn
from tests.ui.wire_arrivals import arrival_routes
from tests.ui.wire_comparisons import comparison_routes
from tests.ui.wire_conversations import conversation_routes, turn_routes
from tests.ui.wire_feedback import feedback_routes
from tests.ui.wire_memory import memory_routes
from tests.ui.wire_preferences import edit_routes, preference_routes
from tests.ui.wire_tokens import token_routes


def _blank() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (124, 175), "white").save(out, "PNG")
    return out.getvalue()


BLANK = _blank()


def build(script: StandIn) -> FastAPI:
    app = FastAPI()
    app.include_router(_identity(script))
    app.include_router(token_routes(script))
    app.include_router(arrival_routes(script))
    app.include_router(sharing_routes(script))
    app.include_router(_documents(script))
    app.include_router(conversation_routes(script))
    app.include_router(turn_routes(script))
    app.include_router(comparison_routes(script))
    app.include_router(edit_routes(script))
    app.include_router(feedback_routes(script))
    app.include_router(preference_routes(script))
    app.include_router(memory_routes(script))

    @app.exception_handler(Refusal)
    async def refused(_: Request, refusal: Refusal) -> JSONResponse:
        return JSONResponse(refusal.problem, refusal.status, media_type="application/problem+json")

    return app


def _identity(script: StandIn) -> APIRouter:
    router = APIRouter()

    def token_for(body: TokenRequest) -> str:
        token = script.codes.pop(body.code, None) if body.code else f"token-of-{body.email}"
        if token not in script.accounts or (not body.code and body.password != "correct horse battery"):
            raise Refusal(401, "Unauthorized", "that link or password is not valid (any more)")
        return token

    @router.post("/api/v1/auth/token")
    async def token(body: TokenRequest) -> TokenPublic:
        return TokenPublic(token=token_for(body), expires_at=None)

    @router.post("/api/v1/auth/session")
    async def session(body: TokenRequest, response: Response) -> TokenPublic:
        response.set_cookie("attune_session", found := token_for(body), httponly=True, samesite="strict")
        return TokenPublic(token=found, expires_at=None)

    @router.delete("/api/v1/auth/session", status_code=204)
    async def leave(response: Response) -> None:
        response.delete_cookie("attune_session")

    @router.get("/api/v1/me")
    async def me(request: Request) -> PersonPublic:
        return script.account(request).person

    @router.patch("/api/v1/me")
    async def change(request: Request, body: PersonUpdate) -> PersonPublic:
        account = script.account(request)
        account.person = account.person.model_copy(update=body.model_dump(exclude_unset=True, exclude={"password"}))
        account.password = body.password or account.password
        return account.person

    @router.get("/readyz")
    async def ready(response: Response) -> Health:
        response.status_code = 503
        return Health(status="unready", missing=["weights of smollm2"])

    return router


def _documents(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get("/documents")
    async def documents(request: Request, q: str = "", cursor: int = 0, limit: int = 50) -> DocumentsPublic:
        kept = list(script.account(request).documents.values())[::-1]
        sought = [one for one in kept if all(word in one.name.lower() for word in q.lower().split())]
        more = str(cursor + limit) if len(sought) > cursor + limit else None
        return DocumentsPublic(items=sought[cursor : cursor + limit], next_cursor=more)

    def own(request: Request, document_id: str) -> DocumentPublic:
        if found := script.account(request).documents.get(document_id):
            return found
        raise Refusal(404, "Not Found", f"no document {document_id}")

    @router.get("/documents/{document_id}")
    async def document(request: Request, document_id: str) -> DocumentPublic:
        return own(request, document_id)

    @router.delete("/documents/{document_id}", status_code=204)
    async def delete(request: Request, document_id: str) -> None:
        del script.account(request).documents[own(request, document_id).id]

    @router.get("/documents/{document_id}/passages")
    async def passages(request: Request, document_id: str, cursor: int = 0, limit: int = 1) -> PassagesPublic:
        own(request, document_id)
        text = script.passages[cursor]
        item = PassagePublic(
            id=f"p{cursor}", document_id=document_id, position=cursor, text=text, page=None, heading=None
        )
        more = cursor + 1 < len(script.passages)
        return PassagesPublic(items=[item], next_cursor=str(cursor + 1) if more else None)

    @router.get("/documents/{document_id}/pages/{number}")
    async def page(request: Request, document_id: str, number: int, passage: str | None = None) -> DocumentPagePublic:
        seen = {"page": number, "pages": own(request, document_id).pages, "width": 595, "height": 842}
        box = {"left": 0.1, "top": 0.7, "width": 0.6, "height": 0.02}
        quoted = {"quotes": [script.passages[0]], "marks": [box]} if passage else {"quotes": [], "marks": []}
        return DocumentPagePublic.model_validate(seen | quoted)

    @router.get("/documents/{document_id}/pages/{number}/image")
    async def picture(request: Request, document_id: str, number: int) -> Response:
        own(request, document_id)
        return Response(BLANK, media_type="image/png")

    @router.post("/search")
    async def search(request: Request, body: SearchRequest) -> SearchPublic:
        hits = [
            HitPublic.model_validate(exposure.model_dump() | {"rank": exposure.rank})
            for exposure in script.exposures(script.account(request), cited=False)
        ]
        return SearchPublic(query=body.query, hits=hits[: body.k])

    return router
