"""People who say what they think of answers, for the tests of feedback."""

import itertools
from typing import Any

import httpx

from app.schemas_feedback import FeedbackPublic, TurnDetail

_numbers = itertools.count()


def a_key() -> str:
    return f"key-{next(_numbers):08d}"


async def post(client: httpx.AsyncClient, thing: str, identity: str, kind: str, **body: Any) -> httpx.Response:
    """`thing` is turns or exposures; a key is made where none is given."""
    sent = {"key": a_key(), "kind": kind} | body
    return await client.post(f"/api/v1/{thing}/{identity}/feedback", json=sent)


async def give(client: httpx.AsyncClient, thing: str, identity: str, kind: str, **body: Any) -> FeedbackPublic:
    response = await post(client, thing, identity, kind, **body)
    assert response.status_code == 201, response.text
    return FeedbackPublic.model_validate_json(response.content)


async def detail(client: httpx.AsyncClient, turn_id: str) -> TurnDetail:
    response = await client.get(f"/api/v1/turns/{turn_id}")
    assert response.status_code == 200, response.text
    return TurnDetail.model_validate_json(response.content)


async def events(client: httpx.AsyncClient, turn_id: str, **query: Any) -> list[FeedbackPublic]:
    response = await client.get(f"/api/v1/turns/{turn_id}/feedback", params=query)
    assert response.status_code == 200, response.text
    return [FeedbackPublic.model_validate(item) for item in response.json()["items"]]
