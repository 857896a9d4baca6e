"""Builds the FastAPI application: its lifespan, its routes, its errors, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import problems
from app.api import (
    admin,
    annotation_queue,
    auth,
    backup,
    chat,
    collections,
    comparisons,
    completions,
    conversations,
    document_arrivals,
    document_pages,
    documents,
    edits,
    fallback,
    feedback,
    forgetting,
    groups,
    health,
    jobs,
    mcp,
    me,
    me_facts,
    metrics,
    models,
    oidc,
    preferences,
    quality,
    rereading,
    satisfaction,
    search,
    sign_up,
    suggestions,
    tokens,
    training_runs,
)
from app.body_limit import BodyLimitMiddleware
from app.metrics import MetricsMiddleware
from app.opening import open_services
from app.request_id import RequestIdMiddleware
from app.security_headers import SecurityHeadersMiddleware
from app.settings import Settings

ROUTERS = (
    auth,
    oidc,
    me,
    me_facts,
    tokens,
    sign_up,
    groups,
    collections,
    document_arrivals,  # before `documents`, whose routes take any name for an id
    documents,
    document_pages,
    rereading,
    jobs,
    search,
    conversations,
    chat,
    completions,
    mcp,
    edits,
    feedback,
    suggestions,
    preferences,
    admin,
    backup,
    forgetting,
    models,
    training_runs,
    annotation_queue,
    comparisons,
    satisfaction,
    quality,
    health,
    metrics,
)


def create_app(settings: Settings, *, works: bool = True, warm: bool = True) -> FastAPI:
    """The application; its services open with its lifespan and lie in `app.state.services`.

    `works` and `warm` are those of `open_services`.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(settings, works=works, warm=warm) as services:
            app.state.services = services
            yield

    app = FastAPI(
        title="Attune",
        description="Answers from your own documents, with citations, the way you like them.",
        lifespan=lifespan,
    )
    app.add_middleware(BodyLimitMiddleware, streaming={"/api/v1/documents"})
    app.add_middleware(MetricsMiddleware)
    app.add_middleware(RequestIdMiddleware, on_error=problems.unforeseen)
    app.add_middleware(SecurityHeadersMiddleware, documentation={app.docs_url or "", app.redoc_url or ""})
    problems.install(app)
    for module in ROUTERS:
        app.include_router(module.router, responses=problems.RESPONSES)
    app.include_router(fallback.after([module.router for module in ROUTERS]))
    return app
