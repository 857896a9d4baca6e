"""Errors as RFC 9457 problem details: one exception for what we mean to tell, handlers for everything else."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.request_id import current_request_id
from generation.port import ContextOverflowError, GenerationError, ModelUnavailableError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_MEMBERS = {"type": "string", "title": "string", "status": "integer", "detail": "string"}
_DOCUMENTED = {
    "description": "What happened and what to do about it: problem details (RFC 9457)",
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": [*_MEMBERS],
                "properties": {name: {"type": kind} for name, kind in _MEMBERS.items()},
            }
        }
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {"4XX": _DOCUMENTED, "5XX": _DOCUMENTED}  # of every route, for OpenAPI


class Problem(Exception):  # noqa: N818 (RFC 9457 calls it so)
    """An outcome that a caller should read: what happened and what to do about it. `extra` adds members."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        title: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title or HTTPStatus(status).phrase
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """The members that RFC 9457 names; `about:blank` says that the status code is the type."""
        return {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail, **self.extra}

    def response(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status, headers=self.headers, media_type=MEDIA_TYPE)


def not_found(kind: str, identifier: str) -> Problem:
    """The same words for what does not exist and for what is somebody else's."""
    return Problem(404, f"there is no {kind} {identifier} among yours", title=f"Unknown {kind}")


def problem_of(error: Exception) -> Problem:
    """What to tell about `error`; anything unforeseen becomes a 500 that shows nothing of our insides."""
    match error:
        case Problem():
            return error
        case ContextOverflowError():
            return Problem(413, str(error), title="Question too long")
        case ModelUnavailableError():
            return Problem(503, str(error), title="Model unavailable", headers={"Retry-After": "30"})
        case GenerationError():
            return Problem(502, str(error), title="The model failed")
        case OperationalError() if "disk is full" in str(error.orig):
            return Problem(507, "the disk is full: free some space and try again")
    request_id = current_request_id()
    detail = f"something went wrong on our side; the log tells more under request {request_id}"
    return Problem(500, detail, extra={"request_id": request_id})


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document; what no handler knows ends in RequestIdMiddleware(unforeseen)."""
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(GenerationError, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _told(request: Request, error: Exception) -> JSONResponse:
    return _response(request, problem_of(error))


def _response(request: Request, problem: Problem) -> JSONResponse:
    """On OpenAI's routes also in their form, which is what their clients show."""
    if request.url.path.startswith("/v1/"):
        code = "rate_limit_exceeded" if problem.status == 429 else problem.status
        problem.extra["error"] = {"message": problem.detail, "type": problem.title, "param": None, "code": code}
    return problem.response()


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"there is nothing at {request.url.path}: /docs lists every route"
    return _response(request, Problem(error.status_code, detail, headers=error.headers))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [_field(e, request.headers.get("content-type")) for e in error.errors()]
    detail = "; ".join(f"{field['field']}: {field['message']}" for field in fields)
    return _response(request, Problem(422, detail, title="Invalid request", extra={"errors": fields}))


def _field(problem: Mapping[str, Any], content_type: str | None) -> dict[str, str]:
    """Only place and message: what was sent may be a password."""
    place = [str(part) for part in problem["loc"]]
    match problem["type"]:
        case "json_invalid":
            where = f"is no JSON: {problem['ctx']['error']} at character {place.pop()}"
            return {"field": ".".join(place), "message": where}
        case "model_attributes_type" if place == ["body"] and "json" not in (content_type or ""):
            return {"field": "body", "message": "send JSON, with the header `Content-Type: application/json`"}
    return {"field": ".".join(place), "message": str(problem["msg"])}


def unforeseen(scope: Scope, error: Exception) -> JSONResponse:
    """The answer to an error of ours, and its one line in the log."""
    # The route's template, not its path: identifiers and queries of people stay out of the log.
    route = getattr(scope.get("route"), "path", "an unknown route")
    log.error("%s %s failed", scope["method"], route, exc_info=error)
    return problem_of(error).response()
