"""Opens what all of Attune stands on: encoder, index, loader, the models in use. Knows neither jobs nor routes."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from app import adapters, registry
from app.db import Database
from app.home import Home
from app.parts import Champion, Parts
from app.promotions import Promotions
from app.serving import Serving
from app.settings import Settings
from retrieval.page_viewer import PageViewer
from retrieval.ports import Encoder, Loader, PassageIndex


@dataclass(frozen=True)
class Opened:
    """Open until the stack is closed that it was opened on."""

    encoder: Encoder
    index: PassageIndex
    loader: Loader
    pages: PageViewer
    parts: Parts
    serving: Serving


async def open_models(stack: AsyncExitStack, settings: Settings, home: Home, database: Database) -> Opened:
    """In order, and closed in reverse. Raises ForeignIndexError and what a setting breaks."""
    encoder = await asyncio.to_thread(adapters.make_encoder, settings)
    stack.push_async_callback(encoder.close)
    index = await adapters.make_index(settings, home, encoder)
    stack.push_async_callback(index.close)
    loader = adapters.make_loader(settings)
    stack.push_async_callback(loader.close)
    pages = PageViewer()
    stack.push_async_callback(pages.close)
    parts = Parts(settings, home, encoder, index)
    async with database.session() as session:
        champions, withheld = await registry.answering(session)
    serving = await parts.open_all({kind: Champion(row.id, row.files) for kind, row in champions.items()})
    serving.fallbacks.update(withheld)
    stack.push_async_callback(serving.close)
    await registry.register(database, serving.now.versions, settings)
    return Opened(encoder, index, loader, pages, parts, serving)


def begin_promotions(stack: AsyncExitStack, promotions: Promotions) -> Promotions:
    """Answer with what others promote, until the stack is closed."""
    following = asyncio.create_task(promotions.follow())

    async def stop() -> None:
        following.cancel()
        await asyncio.wait([following])

    stack.push_async_callback(stop)
    return promotions
