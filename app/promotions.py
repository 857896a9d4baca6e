"""Decisions on trained versions: looked at, promoted, refused, rolled back. Runs no gate and knows no HTTP."""

import asyncio
import logging
import time
from typing import Any, cast

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app import consent, registry, versions
from app.db import Database
from app.home import Home
from app.models import ModelVersion, Promotion
from app.parts import Champion, Parts, ready, setting_for, shipped_name
from app.registry_rows import promotion_public, version_public
from app.schemas_models import InUsePublic, Kind, ModelsPublic, Moved, Verdict, VersionDetail
from app.serving import Part, Serving
from app.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0  # until what another process promoted, or what was mended, is noticed


class UnknownVersionError(versions.DecisionError):
    """No such version lies in this home."""


class PromotionConflictError(versions.DecisionError):
    """The pointer is elsewhere than whoever decided believed; the message says where."""


class Promotions:
    """The registry of one home; with `serving`, what is decided also answers at once."""

    def __init__(
        self,
        settings: Settings,
        home: Home,
        database: Database,
        serving: Serving | None = None,
        parts: Parts | None = None,
    ) -> None:
        self._settings, self._home, self._database = settings, home, database
        self._serving, self._parts = serving, parts
        self._one_at_a_time = asyncio.Lock()  # so that models are exchanged in the order of the rows
        self._is_somebodys = True  # whether a champion may be one person's alone; unknown before the first look

    async def overview(self) -> ModelsPublic:
        """What answers now, and every version in this home."""
        async with self._database.session() as session:
            champions = await registry.champions(session)
            known = await registry.trained_versions(session)
            decided = await registry.decisions(session)
        in_use = [await self._in_use(kind, champions.get(kind)) for kind in versions.KINDS]
        named = {row.id for row in champions.values()}
        return ModelsPublic(in_use=in_use, versions=[version_public(row, row.id in named, decided) for row in known])

    async def show(self, version_id: str) -> VersionDetail:
        """All that is known of one version. Raises UnknownVersionError."""
        async with self._database.session() as session:
            row = await registry.find_version(session, version_id)
            if row is None or row.path is None:
                raise UnknownVersionError(f"there is no version {version_id}: `attune models list` shows all")
            champions = await registry.champions(session)
            decided = await registry.decisions(session, version_id)
        champion = champions.get(row.kind)
        return VersionDetail(
            **version_public(row, champion is not None and champion.id == row.id, decided).model_dump(),
            manifest=row.manifest,
            files=row.files,
            problem=await self._problem(row),
            decisions=[promotion_public(one) for one in decided],
        )

    async def decide(self, version_id: str, verdict: Verdict) -> Moved:
        """Write the gate's verdict on a version that lies in this home, and let it answer if it was accepted.

        Raises UnknownVersionError, VersionError, PromotionConflictError, and what opening it does: then nothing moves.
        """
        if not (versions.is_version(version_id) and (self._home.models / version_id).is_dir()):
            raise UnknownVersionError(
                f"there is no version {version_id} in {self._home.models}: `attune models promote DIR` copies one there"
            )
        version = await asyncio.to_thread(versions.read, self._home.models / version_id)
        row = Promotion(
            kind=version.kind, version_id=version.id, previous_id=verdict.champion, accepted=verdict.accepted
        )
        row.holdout, row.reasons, row.report = verdict.holdout, verdict.reasons, verdict.report
        if not verdict.accepted:
            async with self._database.session() as session:
                await registry.add_version(session, version)
                session.add(row)
            return await self._moved(row, 0.0)
        return await self._move(row, version)

    async def rollback(self, kind: Kind) -> Moved:
        """Make the version before the champion the champion. Raises PromotionConflictError, VersionError."""
        async with self._database.session() as session:
            current = await registry.pointer(session, kind)
            if current is None or current.version_id is None:
                raise PromotionConflictError(f"the {kind} that ships is in use: there is nothing to roll back")
            target = await registry.before(session, current)
        row = Promotion(kind=kind, version_id=target, previous_id=current.version_id, action="rollback", accepted=True)
        return await self._move(row, None)

    async def follow(self) -> None:
        """Answer with what others promote and with champions that were mended; runs until it is cancelled."""
        assert self._serving is not None, "who answers nothing has nobody to follow"
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._settings.database_url is None and not (self._serving.fallbacks or self._is_somebodys):
                continue  # the home is ours alone, every champion answers, and anybody
            try:
                async with self._one_at_a_time:
                    await self._catch_up(self._serving)
            except SQLAlchemyError as error:  # it may answer again by the next look
                log.warning("the champions could not be looked up: %s", type(error).__name__)

    async def admit(self) -> None:
        """Somebody has come: what one person alone taught a model is nobody else's."""
        async with self._one_at_a_time:  # a model that is being exchanged may be somebody's
            if self._serving is not None and self._is_somebodys:
                await self._catch_up(self._serving)

    async def _catch_up(self, serving: Serving) -> None:
        async with self._database.session() as session:
            rows, withheld = await registry.answering(session)
        self._is_somebodys = any((row.manifest.get("settings") or {}).get(consent.ALONE) for row in rows.values())
        for kind in versions.KINDS:
            row = rows.get(kind)
            if setting_for(self._settings, kind) or serving.part(kind).promoted == (row.id if row else None):
                continue
            try:
                part, _ = await self._opened(kind, Champion(row.id, row.files) if row else None)
            except Exception as error:  # every part has its own errors, and all of them mean the same here
                said = f"{row.id if row else kind} cannot be used, and {serving.part(kind).version} answers: {error}"
                if serving.fallbacks.get(kind) != said:
                    log.error("%s", said)
                serving.fallbacks[kind] = said
                continue
            assert part is not None, "no setting comes first, and there is somebody to answer"
            serving.swap(part)
            log.info("%s answers now", part.version)
        serving.fallbacks.update({kind: why for kind, why in withheld.items() if not setting_for(self._settings, kind)})

    async def _move(self, row: Promotion, version: versions.Version | None) -> Moved:
        """Open what is to answer, move the pointer, answer with it. What fails before that leaves all as it was."""
        async with self._one_at_a_time:
            started = time.perf_counter()
            part, spare = await self._opened(row.kind, await self._champion(row.version_id, version))
            try:
                await self._point(row, version)
            except BaseException:
                if part is not None and not spare and part.close is not None:
                    await part.close()
                raise
            self._is_somebodys = True
            if part is not None and self._serving is not None:
                self._serving.swap(part)
            milliseconds = 1e3 * (time.perf_counter() - started)
            log.info(
                "%s: %s is the champion now, after %s", row.action, row.version_id or "what ships", row.previous_id
            )
        return await self._moved(row, milliseconds)

    async def _champion(self, version_id: str | None, version: versions.Version | None) -> Champion | None:
        if version_id is None:
            return None
        if version is not None:
            return Champion(version.id, version.files)
        async with self._database.session() as session:
            known = await registry.find_version(session, version_id)
        assert known is not None, "a foreign key says that it is there"
        return Champion(known.id, known.files)

    async def _opened(self, kind: str, champion: Champion | None) -> tuple[Part[Any] | None, bool]:
        """The part that is to answer and whether it was open before; None where none answers here, or as set."""
        if champion is not None:
            await asyncio.to_thread(versions.check, self._home, champion.id, champion.files)
        if self._serving is None or self._parts is None or setting_for(self._settings, kind):
            return None, False
        known = self._serving.open_part(kind, champion.id if champion else None)
        if known is not None:
            return known, True
        part = await self._parts.open(kind, champion)
        await ready(part)
        if champion is None:
            await registry.register(self._database, {kind: part.version}, self._settings)
        return part, False

    async def _point(self, row: Promotion, version: versions.Version | None) -> None:
        """Move the pointer with one INSERT. Raises PromotionConflictError where it is elsewhere than believed."""
        try:
            async with self._database.session() as session:
                if version is not None:
                    await registry.add_version(session, version)
                known = await registry.find_version(session, row.version_id) if row.version_id else None
                if known and await consent.is_kept_from_others(session, known.manifest):
                    raise versions.VersionError(registry.kept_back(known.id))
                current = await registry.pointer(session, row.kind)
                now = current.version_id if current else None
                if now == row.version_id:
                    raise PromotionConflictError(f"{now or 'what ships'} is the champion already")
                if now != row.previous_id:
                    raise _conflict(row, now or "what ships")
                row.number = (current.number or 0) + 1 if current else 1
                session.add(row)
        except IntegrityError:  # another process wrote the row with this number
            raise _conflict(row, "another version") from None

    async def _moved(self, row: Promotion, milliseconds: float) -> Moved:
        async with self._database.session() as session:
            champion = (await registry.champions(session)).get(row.kind)
        in_use = await self._in_use(row.kind, champion)
        return Moved(promotion=promotion_public(row), in_use=in_use, milliseconds=milliseconds)

    async def _in_use(self, kind: str, champion: ModelVersion | None) -> InUsePublic:
        setting = setting_for(self._settings, kind)
        problem = await self._problem(champion) if champion and not setting else None
        if self._serving is not None:
            part = self._serving.part(kind)
            problem = self._serving.fallbacks.get(kind) or problem
            version, promoted = part.version, part.promoted is not None
        else:
            promoted = champion is not None and not (setting or problem)
            version = champion.id if champion and promoted else shipped_name(self._settings, kind)
        return InUsePublic(
            kind=cast(Kind, kind),
            version=version,
            source="setting" if setting else "promoted" if promoted else "shipped",
            champion=champion.id if champion else None,
            setting=setting,
            problem=problem,
        )

    async def _problem(self, row: ModelVersion) -> str | None:
        try:
            await asyncio.to_thread(versions.check, self._home, row.id, row.files)
        except versions.VersionError as error:
            return str(error)
        return None


def _conflict(row: Promotion, now: str) -> PromotionConflictError:
    believed = row.previous_id or "what ships"
    return PromotionConflictError(
        f"the champion of kind {row.kind} is {now} by now, and no longer {believed}, which {row.version_id or 'it'} "
        "was compared with: run the gate again"
    )
