"""Which questions of the log the annotation queue leaves to a model: close calls that nobody has judged, and what is
shown often. Where those who judged disagree, a person is asked instead. What the model says goes back into the log."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from app.feedback_commands import ExportError
from app.settings import Settings
from training.annotation import Asked

_MOST = 200  # passages, the most worth first
_AT_ONCE = 500  # labels of a request
_QUEUE = "/api/v1/admin/annotation-queue"


async def left_to_models(settings: Settings) -> frozenset[str]:
    """Exposures of the server that owns this home. Raises ExportError and httpx.HTTPError."""
    async with _server(settings) as client:
        found = _said(await client.get(_QUEUE, params={"route": "model", "limit": _MOST}))
    return frozenset(item["exposure_id"] for item in found["items"])


def routed(questions: Sequence[Asked], exposures: frozenset[str]) -> list[Asked]:
    """Whole questions, as some methods judge a passage beside the others that were shown."""
    return [asked for asked in questions if exposures & set(asked.exposures)]


async def handed_back(
    settings: Settings, questions: Sequence[Asked], labels: Path, made: dict[str, Any]
) -> Counter[str]:
    """Put the labels of a file into the log, so that the queue does not ask for them again: how many were kept, known,
    judged by people, and closed. `made`: method and model_version. What the model would not judge is said, too.

    Raises ExportError and httpx.HTTPError."""
    found = await asyncio.to_thread(_by_exposure, labels)
    shown = dict.fromkeys(one for asked in questions for one in asked.exposures if one)
    bodies = [{"exposure_id": one} | found.get(one, {"utility": None}) for one in shown]
    about = {name: made[name] for name in ("method", "model_version")}
    counted = Counter[str]()
    async with _server(settings) as client:
        for start in range(0, len(bodies), _AT_ONCE):
            body = about | {"labels": bodies[start : start + _AT_ONCE]}
            counted.update(_said(await client.post(f"{_QUEUE}/labels", json=body)))
    return counted


def _by_exposure(labels: Path) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    return {row["exposure"]: {"utility": row["utility"], "cost_tokens": row["cost_tokens"]} for row in rows}


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    from app.main import create_app
    from app.running import speaking_to
    from app.server import connect

    async with connect(settings, create_app(settings, warm=False)) as address, speaking_to(address, 60) as client:
        yield client


def _said(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise ExportError(answer.json()["detail"])
    found: dict[str, Any] = answer.json()
    return found
