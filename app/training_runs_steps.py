"""The steps of one training run, each safe to repeat: the log as it was, the recipe, the gate. Decides no outcome.

Recipe and gate are processes of their own: nothing here imports a trainer or a metric.
"""

import asyncio
import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from app import feedback_export, registry, training_runs_journal, training_runs_process, training_runs_rows, versions
from app.db import Database
from app.home import Home
from app.jobs import JobCancelledError, JobFailedError, Progress
from app.models import Promotion
from app.models_training import TrainingRun
from app.parts import settings_of
from app.promotions import PromotionConflictError, Promotions
from app.schemas_models import Verdict
from app.schemas_training import FitMethod, TrainedKind
from app.settings import Settings
from app.training_runs_holdout import Holdout
from app.training_runs_labels import form_of
from app.training_runs_log import GIVEN, still_holds
from app.training_runs_process import ProcessError

log = logging.getLogger(__name__)

_GATE = "the gate measures"


def folder_of(home: Home, run_id: str) -> Path:
    """Where a run works: the log that it learns from lies in it, and goes with it when the run has ended."""
    return home.root / "training" / run_id


@dataclass(frozen=True)
class Workshop:
    """What every run needs."""

    settings: Settings
    home: Home
    database: Database
    promotions: Promotions


@dataclass(frozen=True)
class Steps:
    """One run under way."""

    workshop: Workshop
    row: TrainingRun
    progress: Progress

    @property
    def kind(self) -> TrainedKind:
        return cast(TrainedKind, self.row.kind)

    @property
    def form(self) -> feedback_export.Format:
        return form_of(self.kind, cast(FitMethod | None, self.row.method))

    @property
    def _out(self) -> Path:
        return folder_of(self.workshop.home, self.row.id)

    async def tell(self, **values: Any) -> None:
        """Write what is known. Raises JobCancelledError where the run was ended meanwhile."""
        async with self.workshop.database.session() as session:
            if not await training_runs_rows.tell(session, self.row.id, **values):
                raise JobCancelledError(self.progress.job.id)
        if "stage" in values:
            await self.progress.tell(values["stage"])

    async def fit(self, people: Sequence[str]) -> str:
        """The version that the recipe made of these people's log, copied into the home. Raises JobFailedError."""
        if self.row.version_id and (self.workshop.home.models / self.row.version_id).is_dir():
            return self.row.version_id
        await self.export(people)
        words = [*await self._recipe(), "--out", str(self._out), "--minutes", f"{self.row.minutes:g}"]
        words += ["--seed", str(self.row.seed), *(["--steps", str(self.row.steps)] if self.row.steps else [])]
        await self._process("train", *words)
        try:
            await self._register(await asyncio.to_thread(versions.read, self._out))
            return (await asyncio.to_thread(versions.adopt, self.workshop.home, self._out)).id
        except versions.VersionError as error:
            raise JobFailedError(str(error)) from None

    async def _register(self, version: versions.Version) -> None:
        """Make it known before it is copied: what is erased from now on marks it, though nobody has decided on it yet.
        Raises JobCancelledError where the run was ended meanwhile; then nothing is copied."""
        async with self.workshop.database.session() as session:
            if not await training_runs_rows.tell(session, self.row.id, version_id=version.id):
                raise JobCancelledError(self.progress.job.id)
            await registry.add_version(session, version)

    async def _recipe(self) -> list[str]:
        """The words of `attune train` for this kind; a generator goes on from the adapter in use."""
        if self.kind != "generator":
            return [self.kind, "--from-log"]
        async with self.workshop.database.session() as session:
            champion = (await registry.champions(session)).get("generator")
        begun = self.workshop.home.models / champion.id if champion else None
        start = ["--start", str(begun)] if begun and "adapter" in settings_of("generator", begun) else []
        return ["preferences", "--everyone", "--method", self.form, *start]

    async def export(self, people: Sequence[str]) -> None:
        """The log as it was when the run began, where the recipe looks for it before it asks a server. Where somebody
        in it has taken something back since, nothing is left of it nor of what was fitted to it so far."""
        path = await self._place() / GIVEN / f"{self.form}.jsonl"
        beside = path.with_suffix(".part")
        await self._write(people, beside)
        if path.exists() and await asyncio.to_thread(still_holds, path, beside):
            beside.unlink()
            return
        if path.exists():
            log.info("run %s begins anew: what somebody took back was in its log", self.row.id)
            await asyncio.to_thread(shutil.rmtree, self._out)
            await self._write(people, beside)
        beside.rename(path)

    async def _write(self, people: Sequence[str], path: Path) -> None:
        self.workshop.home.require_space()
        await self._place()
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8") as lines:
            async for line in feedback_export.rows(self.workshop.database, people, self.form):
                lines.write(line)

    async def gate(self, version_id: str, holdout: Holdout) -> Promotion | None:
        """The decision; None where another version became champion meanwhile. Raises JobFailedError."""
        if decided := await self._decided(version_id):
            return decided
        place = await self._place()
        in_use = (await self.workshop.promotions.overview()).in_use
        order = {
            "version": version_id,
            "in_use": [one.model_dump(mode="json") for one in in_use],
            "folders": [str(folder) for folder in holdout.folders],
            "run": str(place / "gate"),
            "verdict": str(place / "verdict.json"),
        }
        (place / "order.json").write_text(json.dumps(order))
        await self._process("gate", str(place / "order.json"))
        verdict = Verdict.model_validate_json((place / "verdict.json").read_text())
        try:
            await self.workshop.promotions.decide(version_id, verdict)
        except PromotionConflictError as error:
            log.info("%s was measured in vain: %s", version_id, error)
            return None
        except (versions.VersionError, versions.DecisionError) as error:
            raise JobFailedError(str(error)) from None
        return await self._decided(version_id)

    async def _decided(self, version_id: str) -> Promotion | None:
        """What the gate said of this version since the run was ordered: we may have been killed just after."""
        async with self.workshop.database.session() as session:
            found = await registry.decisions(session, version_id)
        mine = (one for one in found if one.version_id == version_id and one.created_at >= self.row.created_at)
        return next(mine, None)

    async def _process(self, verb: str, *words: str) -> None:
        place = await self._place()

        async def look() -> None:
            told = await asyncio.to_thread(training_runs_journal.read, place)
            curve: dict[str, Any] = {"curve": told.curve} if told.curve else {}
            await self.tell(stage=told.stage if verb == "train" else _GATE, **curve)

        try:
            await training_runs_process.run((verb, *words), self.workshop.home.root, place / f"{verb}.log", look)
        except ProcessError as error:
            raise JobFailedError(str(error)) from None

    async def _place(self) -> Path:
        """The folder beside the weights, which no version takes along; nobody else may read the log in it."""
        place = self._out / "run"
        await asyncio.to_thread(place.mkdir, parents=True, exist_ok=True, mode=0o700)
        return place
