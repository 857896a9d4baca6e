"""What could be asked next, as buttons that ask it; suggestions.js fetches and presses them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.schemas import PersonPublic, TurnPublic
from app.schemas_suggestions import SuggestionPublic
from ui.client import ApiClient
from ui.language import language, tr
from ui.markup import esc
from ui.piece import piece
from ui.scope import within


def suggestion_routes(api: ApiClient) -> APIRouter:
    """GET /shown/suggestions/{turn_id}; `within` is what is ticked, as a choice has it."""
    router = APIRouter(prefix="/shown", include_in_schema=False)

    @router.get("/suggestions/{turn_id}")
    async def suggestions(
        turn_id: str,
        request: Request,
        chosen: Annotated[list[str], Query(alias="within", max_length=1000)] = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        async def render(person: ApiClient) -> str:
            return render_suggestions((await person.suggestions(turn_id, language(), within(chosen))).items)

        return await piece(api, request, render)

    return router


def render_place(turn: TurnPublic) -> str:
    """Where they will stand under the last answer."""
    return '<div class="suggestions" data-suggestions></div>' if turn.state == "complete" else ""


def render_suggestions(items: list[SuggestionPublic]) -> str:
    """The buttons; nothing where there is nothing to ask."""
    buttons = "".join(
        f'<button type="button" class="ghost" data-suggested>{esc(one.question)}</button>' for one in items
    )
    label = tr("You could ask next")
    return f'<p class="muted">{label}</p><div role="group" aria-label="{label}">{buttons}</div>' if items else ""


def render_switch(person: PersonPublic) -> str:
    """Whether there are any, in the settings."""
    explained = tr(
        "Up to three, under the last answer. They are made of headings in your documents, and shown only where your "
        "documents answer them."
    )
    return (
        f'<label class="choice"><input type="checkbox" id="suggests" aria-describedby="suggests-said"'
        f"{' checked' if person.suggests else ''}> {tr('Suggest what I could ask next')}</label>"
        f'<p class="muted" id="suggests-said">{explained}</p>'
    )
