"""About me: what Attune has learned, for the person it is about. Reads through the API; about.js changes things."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas_memory import RulesPublic
from app.schemas_preferences import EditCostPoint, PreferencesPublic
from ui.client import ApiClient, ApiError
from ui.consent import render_consent
from ui.facts import render_said, said_by
from ui.language import tr
from ui.plain import HEADERS, page, refused, render_ways_back
from ui.plot import render_cost
from ui.preferences import render_preferences, render_state_form
from ui.session import visitor

_LISTED = 100  # cards on one page
_HEAD = (
    '<link rel="stylesheet" href="/ui/diff.css"><link rel="stylesheet" href="/ui/about.css">'
    '<script src="/ui/pieces.js"></script><script src="/ui/redrawn.js"></script><script src="/ui/about.js"></script>'
)


def about_routes(api: ApiClient) -> APIRouter:
    """GET /about-me, for whoever looks; `after` continues a long list."""
    router = APIRouter(include_in_schema=False)

    @router.get("/about-me")
    async def about(request: Request, after: str | None = None, facts: str | None = None) -> Response:
        try:
            person = visitor(api, request)
            learned, costs, said, me = await asyncio.gather(
                person.preferences(after, limit=_LISTED), person.edit_cost(), said_by(person, facts), person.me()
            )
        except ApiError as error:
            if error.status == 401:
                return RedirectResponse("/login", 303)
            return refused(error, "about")
        body = render_about(_without_rules(learned, said[1]), costs, render_said(*said), render_consent(me))
        return HTMLResponse(page(f"{tr('About me')} · Attune", body, "about", _HEAD), headers=HEADERS)

    return router


def _without_rules(learned: PreferencesPublic, rules: RulesPublic) -> PreferencesPublic:
    """A standing rule is a preference with a list of its own."""
    listed = {rule.id for rule in rules.items}
    return learned.model_copy(update={"items": [one for one in learned.items if one.id not in listed]})


def render_about(learned: PreferencesPublic, costs: Sequence[EditCostPoint], said: str = "", consent: str = "") -> str:
    """The whole page below its frame."""
    more = f"/about-me?after={quote(learned.next_cursor)}" if learned.next_cursor else None
    intro = tr(
        "How you like answers, as far as Attune knows it. All of it is yours to change, switch off or delete, and "
        "whatever you do here counts from the next answer on."
    )
    learned_title = tr("What Attune has learned")
    return f"""<header>{render_ways_back("/about-me")}<h1>{tr("About me")}</h1><p class="muted">{intro}</p></header>
<p id="said" role="status"></p>
<section aria-label="{tr("Say it yourself")}">{render_state_form()}</section>
<section id="learned" aria-labelledby="learned-title"><h2 id="learned-title" tabindex="-1">{learned_title}</h2>
{render_preferences(learned.items, more)}</section>
{said}
<section aria-labelledby="cost-title"><h2 id="cost-title">{tr("How much you still rewrite")}</h2>
{render_cost(costs)}</section>
<section id="data" aria-labelledby="data-title"><h2 id="data-title">{tr("Your data")}</h2>
{consent}
<p class="controls"><a class="button" href="/api/v1/me/export" download>{tr("Download everything")}</a>
{_delete_all() if learned.items else ""}</p></section>"""


def _delete_all() -> str:
    asked = tr(
        "Delete everything that Attune has learned or been told about how you like answers? Your conversations, what "
        "you told it about yourself and your rules on sources stay. This cannot be undone."
    )
    return (
        '<button type="button" class="danger" id="delete-all" data-delete="/api/v1/preferences?keep_rules=true" '
        f'data-confirm="{asked}">{tr("Delete all that was learned")}</button>'
    )
