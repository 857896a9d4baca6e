"""What people did with answers, fetched once from the server that owns a home. Knows no recipe."""

import asyncio
from pathlib import Path

import httpx

from app.feedback_commands import ExportError, write_export
from app.settings import Settings
from training.recipe import RecipeError


def fetched(settings: Settings, form: str, folder: Path, user: str | None = None) -> Path:
    """The export in `folder`, written if it is not there: a run that goes on sees the log that it began with.

    Raises RecipeError where the server that owns the home refuses."""
    log = folder / f"{form}.jsonl"
    if not log.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            asyncio.run(write_export(settings, log, form, user))
        except (ExportError, httpx.HTTPError) as error:
            raise RecipeError(f"the log cannot be had from the server that owns {settings.home}: {error}") from error
    return log
