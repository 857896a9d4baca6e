"""Paths of the API that no other route answers: the pages are mounted behind it and would answer them as their own."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from app.problems import Problem

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def after(others: Sequence[APIRouter]) -> APIRouter:
    """A router that comes last: 405 with the methods that `others` have for a path, else 404."""
    router = APIRouter(include_in_schema=False)
    routes = [route for other in others for route in other.routes if isinstance(route, Route)]

    @router.api_route("/api/{path:path}", methods=_METHODS)
    @router.api_route("/v1/{path:path}", methods=_METHODS)
    @router.api_route("/mcp", methods=_METHODS)
    async def unknown(request: Request) -> None:
        known = [route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL]
        if allowed := ", ".join(sorted({method for route in known for method in route.methods or ()})):
            raise Problem(405, f"{request.method} is not done here: use {allowed}", headers={"Allow": allowed})
        raise HTTPException(404)

    return router
