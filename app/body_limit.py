"""Refuses bodies that are larger than any request needs, before a route reads them into memory. Knows no route."""

from collections.abc import Collection

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 1024 * 1024  # the longest question with a thousand documents takes a tenth of it


class BodyLimitMiddleware:
    """Ends reading with HTTPException 413, whatever length was announced. `streaming` are the paths that count for
    themselves."""

    def __init__(self, app: ASGIApp, streaming: Collection[str] = (), limit: int = BODY_BYTES) -> None:
        self.app = app
        self.streaming = streaming
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.streaming:
            await self.app(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, f"the body is longer than {self.limit} bytes: send less at a time")
            return message

        await self.app(scope, counted, send)
