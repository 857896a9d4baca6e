"""Runs the retriever's recipe with what an installation has: its encoder, its loader, its log. Knows no flag."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from app import adapters
from app.feedback_commands import ExportError, write_export
from app.settings import Settings
from training import retriever
from training.recipe import RecipeError
from training.retriever_lessons import Sources


def run(settings: Settings, sources: Sources, out: Path, options: retriever.Options, command: str) -> dict[str, Any]:
    """Fit an adapter to these sources. Raises what the recipe raises, and EncoderError."""
    encoder, loader = adapters.make_encoder(settings), adapters.make_loader(settings)
    with asyncio.Runner() as runner:
        try:
            return retriever.train(sources, out, options, retriever.Parts(encoder, loader, runner.run), command)
        finally:
            runner.run(encoder.close())
            runner.run(loader.close())


def with_log(
    settings: Settings, sources: Sources, out: Path, options: retriever.Options, command: str
) -> dict[str, Any]:
    """The same with the turns of this home, fetched once: a run that goes on sees the log that it began with.

    Raises RecipeError where the server that owns the home refuses."""
    log = out / "run" / "turns.jsonl"
    if not log.exists():
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            asyncio.run(write_export(settings, log, "turns", None))
        except (ExportError, httpx.HTTPError) as error:
            raise RecipeError(f"the log cannot be had from the server that owns {settings.home}: {error}") from error
    return run(settings, replace(sources, log=log), out, options, command)
