"""Whether the process lives, and whether it can answer."""

from fastapi import APIRouter, Response

from app.deps import ServicesDep
from app.schemas_models import Health

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> Health:
    """The process runs."""
    return Health(status="ok")


@router.get("/readyz")
async def ready(services: ServicesDep, response: Response) -> Health:
    """Database, index and generator are there; 503 and what is missing otherwise. `fallbacks` says which promoted
    model is not in use."""
    missing = await services.missing()
    if missing:
        response.status_code = 503
    return Health(
        status="unready" if missing else "ok",
        missing=missing,
        versions=services.serving.now.versions,
        # Whoever asks here is nobody: paths of the home are for the doctor.
        fallbacks=[
            f"the promoted {kind} cannot be used, and another answers in its place: `attune doctor` says why"
            for kind in sorted(services.serving.fallbacks)
        ],
    )
