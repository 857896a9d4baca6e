"""A server that says how long to wait is waited for."""

import httpx
import pytest
from fastapi import FastAPI, Response

from ui.connection import ApiError, Connection, patiently


async def test_many_calls_in_a_row_slow_down_where_the_server_asks_for_it() -> None:
    server, asked = FastAPI(), 0

    @server.get("/busy")
    async def busy() -> Response:
        nonlocal asked
        asked += 1
        return Response("later", 429, {"Retry-After": "0"}) if asked < 3 else Response("here")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(server)) as http:
        connection = Connection(http, "http://test", None)
        assert (await patiently(lambda: connection.send("GET", "/busy"))).text == "here"
    assert asked == 3


@pytest.mark.parametrize(("status", "headers"), [(429, {}), (503, {"Retry-After": "1"})])
async def test_whatever_else_is_refused_is_told_at_once(status: int, headers: dict[str, str]) -> None:
    server = FastAPI()

    @server.get("/gone")
    async def gone() -> Response:
        return Response("no", status, headers)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(server)) as http:
        connection = Connection(http, "http://test", None)
        with pytest.raises(ApiError) as refused:
            await patiently(lambda: connection.send("GET", "/gone"))
    assert refused.value.retry_after == (1 if headers else None)
