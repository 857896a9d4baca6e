"""Where measuring happens: a temporary home with the settings in force, and the product's parts opened in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agents.types import Searches
from app import adapters
from app.home import Home
from app.settings import Settings
from evaluation.errors import EvaluationError
from generation.port import LanguageModel, Message
from retrieval.ports import Encoder, PassageIndex, Selector

# Whatever the environment says, measuring stays on this machine and inside the temporary home.
_OWN_STORES: dict[str, Any] = {
    "deployment": "laptop",
    "host": "127.0.0.1",
    "database_url": None,
    "secret_key": None,
    "index": "edge",
    "qdrant_url": None,
    "qdrant_api_key": None,
}


@contextmanager
def temporary_settings(**chosen: Any) -> Iterator[Settings]:
    """The settings of this environment with `chosen` on top, in a home that is removed when the block ends."""
    with TemporaryDirectory(prefix="attune-eval-", ignore_cleanup_errors=True) as folder:
        yield Settings(**{**_OWN_STORES, "home": Path(folder), **chosen})


@asynccontextmanager
async def encoder_of(settings: Settings) -> AsyncIterator[Encoder]:
    """The encoder that these settings name."""
    encoder = await asyncio.to_thread(adapters.make_encoder, settings)
    try:
        yield encoder
    finally:
        await encoder.close()


@asynccontextmanager
async def index_of(settings: Settings, encoder: Encoder) -> AsyncIterator[PassageIndex]:
    """An index in the home of these settings."""
    home = Home(settings.home)
    home.create()
    index = await adapters.make_index(settings, home, encoder)
    try:
        yield index
    finally:
        await index.close()


@asynccontextmanager
async def model_of(settings: Settings) -> AsyncIterator[LanguageModel]:
    """The language model that these settings name, loaded."""
    await asyncio.to_thread(adapters.fetch_models, settings)
    model = await asyncio.to_thread(adapters.make_model, settings)
    try:
        await model.count_tokens(
            (Message("user", "Hello"),)
        )  # a local model is loaded when it is first needed: that is no part of a turn
        yield model
    finally:
        await model.close()


def retriever_of(encoder: Encoder, index: PassageIndex) -> Searches:
    """The product's own retriever."""
    from retrieval.retriever import Retriever

    return Retriever(encoder, index)


def selector_of(name: str, settings: Settings, encoder: Encoder) -> Selector:
    """The selector that --selector names. Raises EvaluationError."""
    match name:
        case "none":
            from retrieval.selector import KeepAll

            return KeepAll()
        case "encoder":
            return adapters.make_selector(settings, encoder)
        case "student" | "llm":
            raise EvaluationError(f"--selector {name} is not available in this version: use none or encoder")
        case _:
            raise EvaluationError(f"--selector {name!r} is unknown: use none or encoder")
