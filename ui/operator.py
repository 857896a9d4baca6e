"""The operators' pages: quality, themes, the annotation queue, training runs, models. Each reads through the API in the
name of whoever looks, and the API refuses whoever is no operator; operator.js changes things."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ui.client import ApiClient, ApiError
from ui.operator_client import OperatorClient
from ui.operator_export import render_export
from ui.operator_models import render_models
from ui.operator_news import render_badge, render_news
from ui.operator_opinions import render_opinions
from ui.operator_quality import render_quality
from ui.operator_queue import render_queue
from ui.operator_runs import render_runs
from ui.operator_themes import render_themes
from ui.plain import HEADERS, page, refused, render_ways_back
from ui.session import visitor

ROLES = frozenset({"operator", "admin"})
OPERATOR_LINK = (
    '<a class="item" href="/operator/quality">Operator <span class="muted">quality, training, models</span></a>'
)
_PAGES = {"quality": "Quality", "themes": "Themes", "queue": "Queue", "runs": "Runs", "models": "Models"}
_SAID = {
    "quality": "How good the answers are, and where they are not.",
    "themes": "What people are not content with, in groups that say much the same.",
    "queue": "Passages about which your word is worth most.",
    "runs": "Training from what people did with answers. The gate decides what comes of it.",
    "models": "What answers now, what was measured of the rest, and every decision.",
}
_HEAD = (
    '<link rel="stylesheet" href="/ui/about.css"><link rel="stylesheet" href="/ui/operator.css">'
    '<script src="/ui/pieces.js" defer></script>'
    '<script src="/ui/operator.js"></script>'
)
_WINDOWS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}
_LISTED, _SHOWN_RUNS, _VERSIONS = 20, 6, 12  # rows of a page; what is asked for one by one is asked for in full

Days = Annotated[int, Query(ge=1, le=3660)]
Cursor = Annotated[str | None, Query(max_length=200)]
Version = Annotated[str | None, Query(max_length=80)]
Render = Callable[[OperatorClient], Awaitable[str]]


def operator_routes(api: ApiClient) -> APIRouter:
    """GET /operator/..., for operators and admins."""
    router = APIRouter(prefix="/operator", include_in_schema=False)

    @router.get("")
    async def first() -> Response:
        return RedirectResponse("/operator/quality", 303)

    @router.get("/quality")
    async def quality(request: Request, days: Days = 30) -> Response:
        async def render(operator: OperatorClient) -> str:
            me = await visitor(api, request).me()
            return await _quality(operator, days) + (render_export() if me.role == "admin" else "")

        return await _page(api, request, "quality", render, days)

    @router.get("/themes")
    async def themes(request: Request, days: Days = 90) -> Response:
        return await _page(api, request, "themes", lambda operator: _themes(operator, days), days)

    @router.get("/queue")
    async def queue(request: Request) -> Response:
        return await _page(api, request, "queue", _queue)

    @router.get("/runs")
    async def runs(request: Request, after: Cursor = None) -> Response:
        return await _page(api, request, "runs", lambda operator: _runs(operator, after))

    @router.get("/models")
    async def models(request: Request, after: Cursor = None, version: Version = None) -> Response:
        return await _page(api, request, "models", lambda operator: _models(operator, after, version))

    return router


async def _quality(operator: OperatorClient, days: int) -> str:
    found, compared, content, *slices = await asyncio.gather(
        operator.quality(days),
        operator.comparisons(),
        operator.satisfaction(),
        operator.slices("document", days, _LISTED),
        operator.slices("source", days, _LISTED),
        operator.slices("version", days, _LISTED),
    )
    opinions = render_opinions(compared, content)
    return render_quality(found, slices, opinions)


async def _themes(operator: OperatorClient, days: int) -> str:
    return render_themes(await operator.themes(days))


async def _queue(operator: OperatorClient) -> str:
    return render_queue(await operator.queue(_LISTED))


async def _runs(operator: OperatorClient, after: str | None) -> str:
    listed, policy, models = await asyncio.gather(
        operator.runs(after, _SHOWN_RUNS), operator.policy(), operator.models()
    )
    details = await asyncio.gather(*(operator.run(run.id) for run in listed.items))
    made = {run.version_id for run in listed.items}
    versions = await operator.versions(one.id for one in models.versions if one.id in made)
    return render_runs(details, versions, policy, listed.next_cursor)


async def _models(operator: OperatorClient, after: str | None, asked: str | None) -> str:
    """The newest versions in full, and whichever answer or are asked for, however old."""
    models, log = await asyncio.gather(operator.models(), operator.decisions(after, _LISTED))
    newest = {one.id for one in models.versions[-_VERSIONS:]}
    shown = (one for one in models.versions[::-1] if one.champion or one.id == asked or one.id in newest)
    versions = await operator.versions(one.id for one in shown)
    return render_models(models, versions, log.items, log.next_cursor)


def _windows(name: str, days: int) -> str:
    """Links to other numbers of days, on the pages that look back."""
    links = "".join(
        f'<a href="/operator/{name}?days={width}"{" aria-current=true" if width == days else ""}>{title}</a>'
        for width, title in _WINDOWS.items()
    )
    return f'<nav class="windows" aria-label="How far back">{links}</nav>' if days else ""


async def _page(api: ApiClient, request: Request, name: str, render: Render, days: int = 0) -> Response:
    try:
        operator = OperatorClient(visitor(api, request))
        news, body = await asyncio.gather(operator.news(), render(operator))
    except ApiError as error:
        if error.status == 401:
            return RedirectResponse("/login", 303)
        return refused(error, "about operator")
    told = render_news(news) if name == "runs" else ""
    whole = f"{_header(name, news.unseen)}{_windows(name, days)}<p id='said' role='status'></p>{told}{body}"
    return HTMLResponse(page(f"{_PAGES[name]} · Attune", whole, "about operator", _HEAD), headers=HEADERS)


def _header(name: str, unseen: int) -> str:
    news = {"runs": render_badge(unseen)}
    links = "".join(
        f'<a href="/operator/{key}"{" aria-current=page" if key == name else ""}>{title}{news.get(key, "")}</a>'
        for key, title in _PAGES.items()
    )
    return (
        f'<header>{render_ways_back()}<nav class="pages" aria-label="Operator">{links}</nav>'
        f'<h1>{_PAGES[name]}</h1><p class="muted">{_SAID[name]}</p></header>'
    )
