"""A piece of a page that the browser asks for when it is needed, or the reason why there is none. Knows no content."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from ui.client import ApiClient, ApiError
from ui.plain import HEADERS
from ui.session import visitor


async def piece(api: ApiClient, request: Request, render: Callable[[ApiClient], Awaitable[str]]) -> Response:
    """What `render` makes in the name of whoever asks."""
    try:
        return HTMLResponse(await render(visitor(api, request)), headers=HEADERS)
    except ApiError as error:  # as the API itself says it, which is what the browser shows the reason of
        return JSONResponse({"title": error.title, "detail": error.detail}, error.status, HEADERS)
