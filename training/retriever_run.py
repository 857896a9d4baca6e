"""Runs the retriever's recipe with what an installation has: its encoder, its loader, its log. Knows no flag."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import adapters
from app.settings import Settings
from training import retriever
from training.from_log import fetched
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
    """The same with the turns of this home. Raises RecipeError where the server that owns the home refuses."""
    return run(settings, replace(sources, log=fetched(settings, "turns", out / "run")), out, options, command)
