"""The part of the catalogue that scripts of the pages say, as a script. Knows who asks only by their language."""

import json

from babel.messages.catalog import Message
from fastapi import APIRouter, Request, Response

from ui.language import ENGLISH, LANGUAGES, catalogue, language_of
from ui.plain import HEADERS
from ui.theme import ASSETS


def words_routes() -> APIRouter:
    """GET /words.js, for everybody; `language` names one that is not the visitor's own."""
    router = APIRouter(include_in_schema=False)

    @router.get("/words.js")
    async def words(request: Request, language: str = "") -> Response:
        chosen = language if language in LANGUAGES else language_of(request)
        return Response(
            script(chosen), media_type="text/javascript", headers=HEADERS | {"Vary": "Cookie, Accept-Language"}
        )

    return router


def script(language: str) -> str:
    """The catalogue as data, and what reads it."""
    known = {} if language == ENGLISH else {_key(one): one.string for one in catalogue(language) if _scripted(one)}
    plural = "n != 1" if language == ENGLISH else catalogue(language).plural_expr
    data = f"language: {json.dumps(language)}, words: {json.dumps(known)}, plural: (n) => Number({plural})"
    return f"window.attune_catalogue = {{ {data} }};\n{(ASSETS / 'words.js').read_text()}"


def _scripted(message: Message) -> bool:
    return bool(message.id) and any(file.endswith(".js") for file, _ in message.locations)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
