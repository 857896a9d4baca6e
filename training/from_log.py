"""What people did with answers, fetched once from the server that owns a home. Knows no recipe."""

import asyncio
from pathlib import Path

import httpx

from app.feedback_commands import ExportError, write_export
from app.settings import Settings
from app.training_runs_log import GIVEN, still_holds
from training.recipe import RecipeError


def fetched(settings: Settings, form: str, folder: Path, user: str | None = None) -> Path:
    """The export in `folder`, written if it is not there: a run that goes on sees the log that it began with. One that
    the server gave along with a run of its own was looked through there.

    Raises RecipeError where the server that owns the home refuses, and where somebody has taken back what is in it.
    """
    log, given = folder / f"{form}.jsonl", folder / GIVEN / f"{form}.jsonl"
    if given.exists():
        return given
    folder.mkdir(parents=True, exist_ok=True)
    now = folder / f"now-{form}.jsonl" if log.exists() else log
    try:
        asyncio.run(write_export(settings, now, form, user))
    except (ExportError, httpx.HTTPError) as error:
        raise RecipeError(f"the log cannot be had from the server that owns {settings.home}: {error}") from error
    if now != log:
        holds = still_holds(log, now)
        now.unlink()
        if not holds:
            raise RecipeError(
                f"{folder} was begun with a log of which somebody has taken something back: delete the folder, and "
                "begin anew"
            )
    return log
