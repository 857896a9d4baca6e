"""Where measuring happens: a temporary home with the settings in force, and the product's parts opened in it.

With --home the settings are those of that home, and the temporary one lies inside it; nothing else there is touched.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agents.types import Searches
from app import adapters
from app.home import Home
from app.settings import Settings
from generation.port import GenerationParams, LanguageModel, Message
from retrieval.ports import Encoder, PassageIndex

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


# What --home says, for all that one command opens.
_home: ContextVar[Path | None] = ContextVar("home", default=None)
_apart: ContextVar[Path | None] = ContextVar("apart", default=None)


@contextmanager
def working_in(home: Path | None, apart: Path | None = None) -> Iterator[None]:
    """Measure with the settings of `home`, if there is one, while the block lasts. `apart`: the folder for temporary
    homes, in place of `home` itself, where whoever ordered it clears away what a kill leaves."""
    tokens = _home.set(home), _apart.set(apart)
    try:
        yield
    finally:
        _home.reset(tokens[0])
        _apart.reset(tokens[1])


def working_home() -> Path | None:
    """The home that --home named."""
    return _home.get()


@contextmanager
def temporary_settings(**chosen: Any) -> Iterator[Settings]:
    """The settings in force with `chosen` on top, in a home that is removed when the block ends."""
    home = working_home()
    inherited = Settings(home=home).model_dump() if home else {}
    place = _apart.get() or home
    with TemporaryDirectory(prefix="attune-eval-", dir=place, ignore_cleanup_errors=True) as folder:
        yield Settings(**{**inherited, **_OWN_STORES, "home": Path(folder), **chosen})


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
        # A local model is loaded, and its kernels are prepared, when it is first needed: that is no part of a turn.
        await model.complete((Message("user", "Hello"),), GenerationParams(max_tokens=1))
        yield model
    finally:
        await model.close()


def retriever_of(encoder: Encoder, index: PassageIndex) -> Searches:
    """The product's own retriever."""
    from retrieval.retriever import Retriever

    return Retriever(encoder, index)
