"""Puts the pages on the server that carries the API: login, reader, About me, and the chat at the root."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from ui import screen
from ui.about import about_routes
from ui.client import ApiClient
from ui.language import speak_to
from ui.login import login_routes
from ui.operator import operator_routes
from ui.page_reader import page_routes
from ui.reader import reader_routes
from ui.scripted_words import words_routes
from ui.session import PERSON, SessionGate
from ui.settings import settings_routes
from ui.sharing import sharing_routes
from ui.shown import listed_routes, shown_routes
from ui.suggestions import suggestion_routes
from ui.theme import ASSETS, HEAD, theme


def mount(app: FastAPI, base_url: str = "") -> None:
    """Add the pages to `app` after its own routes. They reach the API at `base_url`; "": at the same server."""
    api = ApiClient(base_url)
    _close_with(app, api)
    app.mount("/ui", StaticFiles(directory=ASSETS), name="ui")
    beside = (reader_routes, page_routes, about_routes, settings_routes, sharing_routes, operator_routes)
    drawn = (*beside, shown_routes, listed_routes, suggestion_routes)
    for routes in (login_routes(), words_routes(), *(routes(api) for routes in drawn)):
        app.include_router(routes, dependencies=[Depends(speak_to)])
    gr.mount_gradio_app(
        app,
        screen.build(api),
        path="/",
        theme=theme(),
        head=HEAD,
        auth_dependency=_known_person,
        app_kwargs={"middleware": [Middleware(SessionGate, api=api)], "docs_url": None, "redoc_url": None},
        favicon_path=str(ASSETS / "favicon.png"),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,  # files go to the API; gradio's own door for them stays shut
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )


def _known_person(request: Request) -> str | None:
    person: str | None = request.scope.get(PERSON)
    return person


def _close_with(app: FastAPI, api: ApiClient) -> None:
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with inner(app) as state, api:
            yield state

    app.router.lifespan_context = lifespan
