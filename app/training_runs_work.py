"""The job of a training run: may it begin, what came of it, and what is cleared away. Safe to repeat."""

import asyncio
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import audit, consent, registry, training_runs_rows
from app.db import Database
from app.home import Home
from app.jobs import JobCancelledError, JobFailedError, Progress, Result
from app.models import Promotion
from app.training_runs_holdout import missing, of_kind
from app.training_runs_journal import curve_of
from app.training_runs_labels import LEAST, count
from app.training_runs_steps import Steps, Workshop, folder_of

log = logging.getLogger(__name__)

_COUNTED = {"turns": "labels", "dpo": "pairs of answers", "kto": "answers wanted or not"}
_GATES = 3  # how often the gate is asked anew because another version became champion meanwhile


@dataclass(frozen=True)
class Training:
    """Runs what was ordered, one at a time."""

    workshop: Workshop

    async def run(self, progress: Progress) -> Result:
        """The work of a job: one run, from wherever it was to its end."""
        run_id = str(progress.job.arguments["run_id"])
        await sweep(self.workshop.home, self.workshop.database)
        async with self.workshop.database.session() as session:
            row = await training_runs_rows.begin(session, run_id)
        if row is None:  # it ended before this repetition
            return {}
        try:
            state, values = await self._outcome(Steps(self.workshop, row, progress))
        except (JobCancelledError, asyncio.CancelledError):
            await self._clear_if_ended(run_id)
            raise
        await clear(self.workshop.home, run_id)  # before anybody reads that it has ended
        await self._end(run_id, state, **values)
        if state == "failed":
            raise JobFailedError(values["error"])
        return {"run_id": run_id}

    async def _outcome(self, steps: Steps) -> tuple[str, dict[str, Any]]:
        """How the run ends, and what to write of it. Raises JobCancelledError."""
        try:
            return "done", await self._train(steps)
        except JobFailedError as error:
            return "failed", {"error": str(error)}
        except JobCancelledError:
            raise
        except Exception:
            log.exception("training run %s failed", steps.row.id)
            return "failed", {"error": "something went wrong on our side; the log tells more"}

    async def _end(self, run_id: str, state: str, **values: Any) -> None:
        async with self.workshop.database.session() as session:
            await training_runs_rows.end(session, run_id, state, **values)
        audit.note("training ended", run=run_id, state=state)

    async def _clear_if_ended(self, run_id: str) -> None:
        """A run that is only interrupted, because the server stops, goes on in its folder at the next start."""
        async with self.workshop.database.session() as session:
            found = await training_runs_rows.find(session, run_id)
        if found is None or found[0].ended_at is not None:
            await clear(self.workshop.home, run_id)

    async def _train(self, steps: Steps) -> dict[str, Any]:
        """What to write of a run that came to a decision. Raises JobFailedError and JobCancelledError."""
        people = await self._people(steps)
        holdout = await asyncio.to_thread(of_kind, self.workshop.home, steps.kind)
        if holdout is None:
            raise JobFailedError(missing(self.workshop.home, steps.kind))
        await steps.tell(holdout=holdout.sha256)
        version_id = await steps.fit(people)
        for _ in range(_GATES):
            if decided := await steps.gate(version_id, holdout):
                return await self._figures(version_id, decided)
        raise JobFailedError(
            f"the champion changed {_GATES} times while {version_id} was measured: start the run again"
        )

    async def _people(self, steps: Steps) -> Sequence[str]:
        """Whose words it may learn from. Raises JobFailedError where they are too few to learn anything."""
        kind, settings = steps.kind, self.workshop.settings
        if kind == "generator" and settings.llm != "local":
            raise JobFailedError(f"ATTUNE_LLM is {settings.llm}, and a trained generator belongs to the embedded model")
        async with self.workshop.database.session() as session:
            agreed = sorted(await consent.consenting(session))
            labels = await count(session, steps.form, agreed, None)
        await steps.tell(stage="reading the log", labels=labels, people=len(agreed))
        if labels < LEAST[steps.form]:
            raise JobFailedError(
                f"{labels} {_COUNTED[steps.form]}; {LEAST[steps.form]} are the least: "
                f"wait for more, or label what waits in the annotation queue (agreed to train others: {len(agreed)})"
            )
        return agreed

    async def _figures(self, version_id: str, decided: Promotion) -> dict[str, Any]:
        """The recipe's figures and the gate's; the losses, where the recipe told them only at its end."""
        async with self.workshop.database.session() as session:
            version = await registry.find_version(session, version_id)
        manifest: Mapping[str, Any] = version.manifest if version else {}
        metric, primary = decided.report.get("metric"), decided.report.get("primary", {})
        before, after = dict(manifest.get("before") or {}), dict(manifest.get("after") or {})
        if metric:
            before[metric], after[metric] = primary.get("champion"), primary.get("challenger")
        values: dict[str, Any] = {"before": before, "after": after, "promotion_id": decided.id}
        losses = ((manifest.get("settings") or {}).get("fit") or {}).get("losses")
        return values | ({"curve": curve_of(losses)} if losses else {})


async def clear(home: Home, run_id: str | None) -> None:
    """Remove what a run worked with, the log in it too; None: of all of them."""
    await asyncio.to_thread(_remove, folder_of(home, run_id) if run_id else home.root / "training")


async def sweep(home: Home, database: Database) -> None:
    """Remove what runs left that have ended: who ended them may have been killed before it was cleared away."""
    root = home.root / "training"
    there = await asyncio.to_thread(_names, root)
    async with database.session() as session:
        live = {run.id for run in await training_runs_rows.live(session)}
    for name in there:
        if name not in live:
            await asyncio.to_thread(_remove, root / name)


def _names(root: Path) -> list[str]:
    return [path.name for path in root.iterdir()] if root.is_dir() else []


def _remove(folder: Path) -> None:
    """What could not be removed, because its process was still writing, the next start removes."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        log.error("%s holds what people asked, and could not be removed: delete it", folder)
