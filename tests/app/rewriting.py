"""People who rewrite answers, and a learner that is told what to conclude, for the tests of edits and preferences."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import numpy as np

from app.learning import KIND, Learn, Learning
from app.schemas import TurnPublic
from app.schemas_preferences import EditPublic, PreferencePublic
from app.services import Services
from personalization.ports import ContextEdit, Preference
from personalization.transformations import restore

NOTE = "The hut doesn't lock its door at night. The warden can't come before noon."
QUESTION = "Does the hut lock its door at night?"
SHORT = "The hut doesn't lock its door at night. [1]"
LONG = "The hut does not lock its door at night. [1]"
PLAIN = {"kind": "dimension", "dimension": "contractions", "use": False}


def no_contractions(known: Sequence[Preference], past: Sequence[ContextEdit], new: ContextEdit) -> list[Preference]:
    """Whoever writes contractions out wants them written out, everywhere."""
    wish = restore(PLAIN)
    if "n't" not in new.written or "n't" in new.edited:
        return list(known)
    mine = [one for one in known if one.transformation.key == wish.key]
    held = mine[0] if mine else Preference(wish, np.zeros_like(new.vector), ())
    surer = replace(held, supporting=(*held.supporting, new.id), confidence=max(held.confidence, 0.9))
    return [*(one for one in known if one.transformation.key != wish.key), surer]


def teach(services: Services, infer: Learn = no_contractions) -> None:
    """From now on learning concludes what `infer` says."""
    learning = Learning(services.database, services.encoder, infer, services.recall)
    services.jobs.register(KIND, learning.run, retry_seconds=(0.01, 0.01))


async def ask(client: httpx.AsyncClient, question: str = QUESTION, **body: Any) -> TurnPublic:
    response = await client.post("/api/v1/chat", json={"question": question, "stream": False, **body})
    assert response.status_code == 200, response.text
    return TurnPublic.model_validate_json(response.content)


async def put(client: httpx.AsyncClient, turn_id: str, text: str) -> httpx.Response:
    return await client.put(f"/api/v1/turns/{turn_id}/answer", json={"text": text})


async def rewrite(client: httpx.AsyncClient, turn_id: str, text: str) -> EditPublic:
    """The edit, once something was learned from it or not."""
    response = await put(client, turn_id, text)
    assert response.status_code == 201, response.text
    return await settled(client, EditPublic.model_validate_json(response.content).id)


async def settled(client: httpx.AsyncClient, edit_id: str, waiting: Sequence[str] = ("pending",)) -> EditPublic:
    async with asyncio.timeout(30):
        while True:
            response = await client.get(f"/api/v1/edits/{edit_id}")
            assert response.status_code == 200, response.text
            edit = EditPublic.model_validate_json(response.content)
            if edit.learning not in waiting:
                return edit
            await asyncio.sleep(0.02)


async def preferences_of(client: httpx.AsyncClient) -> list[PreferencePublic]:
    items = (await client.get("/api/v1/preferences")).json()["items"]
    return [PreferencePublic.model_validate(item) for item in items]


async def state(client: httpx.AsyncClient, description: str, scope: str | None = None) -> PreferencePublic:
    body = {"description": description} | ({"scope": scope} if scope else {})
    response = await client.post("/api/v1/preferences", json=body)
    assert response.status_code == 201, response.text
    return PreferencePublic.model_validate_json(response.content)
