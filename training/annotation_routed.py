"""Which questions of the log the annotation queue leaves to a model: close calls that nobody has judged, and what is
shown often. Where those who judged disagree, a person is asked instead."""

from collections.abc import Sequence

from app.feedback_commands import ExportError
from app.settings import Settings
from training.annotation import Asked

_MOST = 200  # passages, the most worth first


async def left_to_models(settings: Settings) -> frozenset[str]:
    """Exposures of the server that owns this home. Raises ExportError and httpx.HTTPError."""
    from app.main import create_app
    from app.running import speaking_to
    from app.server import connect

    async with connect(settings, create_app(settings, warm=False)) as address, speaking_to(address, 60) as client:
        answer = await client.get("/api/v1/admin/annotation-queue", params={"route": "model", "limit": _MOST})
    if answer.is_error:
        raise ExportError(answer.json()["detail"])
    return frozenset(item["exposure_id"] for item in answer.json()["items"])


def routed(questions: Sequence[Asked], exposures: frozenset[str]) -> list[Asked]:
    """Whole questions, as some methods judge a passage beside the others that were shown."""
    return [asked for asked in questions if exposures & set(asked.exposures)]
