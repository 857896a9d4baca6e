"""SQL of the model registry: versions, and the decisions that made one of them champion. Opens no model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consent import is_kept_from_others
from app.cursor import Key, newest_first
from app.db import Database
from app.models import ModelVersion, Promotion
from app.settings import Settings
from app.versions import Version


def sources(settings: Settings) -> dict[str, str]:
    """Where each kind comes from, as its manifest says; no key and no password is part of it."""
    generator = f"{settings.llm}:{settings.llm_model}" if settings.llm != "scripted" else "scripted"
    return {
        "encoder": settings.encoder,
        "retriever": settings.retriever,
        "selector": settings.selector,
        "generator": generator,
        "verifier": settings.verifier or "shipped",
    }


def row_id(kind: str, version: str) -> str:
    """The id under which turns log a version of this kind."""
    return version if version.startswith(f"{kind}-") else f"{kind}-{version}"


async def register(database: Database, in_use: Mapping[str, str], settings: Settings) -> None:
    """Make sure that each kind's version (kind -> row id) has its row."""
    origin = sources(settings)
    for kind, identifier in in_use.items():
        named = {"name": kind, "version": identifier.removeprefix(f"{kind}-"), "from": origin[kind]}
        await _ensure(database, identifier, kind, named)


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


async def add_version(session: AsyncSession, version: Version) -> ModelVersion:
    """The row of a copied version, written if it is new, or where the copy was mended."""
    row = await session.get(ModelVersion, version.id)
    if row is None:
        start = (version.manifest.get("settings") or {}).get("start")
        row = ModelVersion(id=version.id, kind=version.kind, parent_id=start["version"] if start else None)
    row.path, row.manifest, row.files = f"models/{version.id}", dict(version.manifest), dict(version.files)
    session.add(row)
    await session.flush()  # what refers to it comes next
    return row


async def find_version(session: AsyncSession, identifier: str) -> ModelVersion | None:
    return await session.get(ModelVersion, identifier)


async def trained_versions(session: AsyncSession) -> Sequence[ModelVersion]:
    """Those that were copied into this home, oldest first."""
    query = select(ModelVersion).where(col(ModelVersion.path).is_not(None)).order_by(col(ModelVersion.created_at))
    return (await session.exec(query)).all()


async def pointer(session: AsyncSession, kind: str) -> Promotion | None:
    """The decision that the champion of this kind stands on; None: there was none, and what ships is in use."""
    query = select(Promotion).where(Promotion.kind == kind, col(Promotion.number).is_not(None))
    return (await session.exec(query.order_by(col(Promotion.number).desc()).limit(1))).one_or_none()


async def champions(session: AsyncSession) -> dict[str, ModelVersion]:
    """Kind -> the promoted version, where one is."""
    newest = select(Promotion.kind, func.max(Promotion.number).label("number")).group_by(col(Promotion.kind)).subquery()
    query = (
        select(ModelVersion)
        .join(Promotion, col(Promotion.version_id) == ModelVersion.id)
        .join(newest, (newest.c.kind == Promotion.kind) & (newest.c.number == Promotion.number))
    )
    return {row.kind: row for row in (await session.exec(query)).all()}


async def answering(session: AsyncSession) -> tuple[dict[str, ModelVersion], dict[str, str]]:
    """Kind -> the champion that may answer; and kind -> why another one may not: others have come, and nobody said
    that it may be theirs, too."""
    found = await champions(session)
    withheld = {
        kind: kept_back(row.id) for kind, row in found.items() if await is_kept_from_others(session, row.manifest)
    }
    return {kind: row for kind, row in found.items() if kind not in withheld}, withheld


def kept_back(version_id: str) -> str:
    """Why a version does not answer that is one person's alone."""
    return (
        f"{version_id} was fitted to what one person did, who did not agree that others gain from it: have them switch "
        "it on under About me, and train again"
    )


async def before(session: AsyncSession, current: Promotion) -> str | None:
    """The version that the champion took the place of when it was promoted; None: what ships. One that may not answer
    any more is passed over, for the one before it: whoever rolls back wants away from the champion."""
    seen, version = set[str](), current.version_id
    while version is not None and version not in seen:
        seen.add(version)
        version = await _replaced(session, current.kind, version)
        row = await find_version(session, version) if version else None
        if row is None or not await is_kept_from_others(session, row.manifest):
            return version
    return None


async def _replaced(session: AsyncSession, kind: str, version: str) -> str | None:
    query = (
        select(Promotion.previous_id)
        .where(Promotion.kind == kind, Promotion.version_id == version)
        .where(Promotion.action == "promote", col(Promotion.number).is_not(None))
        .order_by(col(Promotion.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).one()


async def decisions(session: AsyncSession, version_id: str | None = None) -> Sequence[Promotion]:
    """Newest first; of one version, or of all."""
    query = select(Promotion).order_by(col(Promotion.created_at).desc(), col(Promotion.number).desc())
    if version_id is not None:
        query = query.where((col(Promotion.version_id) == version_id) | (col(Promotion.previous_id) == version_id))
    return (await session.exec(query)).all()


async def decision_page(session: AsyncSession, limit: int, before: Key | None) -> Sequence[Promotion]:
    """All decisions, newest first; `before` is the key of the last one already seen."""
    page = newest_first(select(Promotion), Promotion.created_at, Promotion.id, limit, before)
    return (await session.exec(page)).all()
