"""Which weights are in use: one ModelVersion row with a manifest for encoder, selector and generator."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.models import ModelVersion
from app.settings import Settings


def sources(settings: Settings) -> dict[str, str]:
    """Where each kind comes from, as its manifest says; no key and no password is part of it."""
    generator = f"{settings.llm}:{settings.llm_model}" if settings.llm != "scripted" else "scripted"
    return {
        "encoder": settings.encoder,
        "selector": settings.selector,
        "generator": generator,
        "verifier": settings.verifier or "shipped",
    }


async def register(database: Database, versions: Mapping[str, str], origin: Mapping[str, str]) -> dict[str, str]:
    """Make sure that each kind's version has its row; returns kind -> row id, as turns log it."""
    ids = {}
    for kind, version in versions.items():
        ids[kind] = f"{kind}-{version}"
        await _ensure(database, ids[kind], kind, {"name": kind, "version": version, "from": origin[kind]})
    return ids


async def _ensure(database: Database, identifier: str, kind: str, manifest: dict[str, Any]) -> None:
    async with database.session() as session:
        if await session.get(ModelVersion, identifier):
            return
    created = {"created": datetime.now(UTC).isoformat()}
    try:
        async with database.session() as session:
            session.add(ModelVersion(id=identifier, kind=kind, manifest=manifest | created))
    except IntegrityError:
        return  # another process starting at the same time wrote it
