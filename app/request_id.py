"""Gives every request an id that its response, its log lines and its problem details share."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def current_request_id() -> str:
    """The id of the request being served, or "-" outside of one."""
    return _request_id.get()


class RequestIdMiddleware:
    """Makes a fresh id for each request: one sent by the caller could forge log lines."""

    def __init__(self, app: ASGIApp, on_error: Callable[[Scope, Exception], ASGIApp]) -> None:
        self.app = app
        self.on_error = on_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, started = uuid4().hex, False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        token = _request_id.set(request_id)
        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:
            answer = self.on_error(scope, error)
            if started:  # half an answer is out: only a broken connection can tell the client
                raise
            await answer(scope, receive, send_with_id)
        finally:
            _request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to every record, for the log format."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True


def log_to_stderr(level: int = logging.INFO) -> None:
    """One line a record, with the request's id; for the processes that serve or work, called by their entries."""
    handler = logging.StreamHandler()
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every URL it asks
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it would tell of every request that it began and ended
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it would tell at every start what it runs on
