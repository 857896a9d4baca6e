"""Opens the models that answer: what a setting names, else the champion of this home, else what ships. Knows no SQL."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.types import Searches
from app import adapters, versions
from app.home import Home
from app.late_model import LateModel
from app.registry import row_id
from app.serving import Models, Part, Serving
from app.settings import Settings
from generation.port import LanguageModel
from retrieval.ports import Encoder, PassageIndex, Selector, Verifier

log = logging.getLogger(__name__)

# Kind -> the setting that names its weights.
_NAMED_BY = {"generator": "adapter", "selector": "selector", "verifier": "verifier", "retriever": "retriever"}


@dataclass(frozen=True)
class Champion:
    """A promoted version: its name, and what its files were when it was promoted."""

    id: str
    files: Mapping[str, str]


def setting_for(settings: Settings, kind: str) -> str | None:
    """The setting that a person gave and that comes before any promotion of this kind; None where there is none."""
    if _NAMED_BY[kind] in settings.model_fields_set:
        return f"ATTUNE_{_NAMED_BY[kind].upper()}"
    if kind == "generator" and settings.llm != "local" and not (settings.llm == "openai" and settings.llm_adapters):
        return "ATTUNE_LLM"  # which nothing that is trained here belongs to
    return None


def settings_of(kind: str, folder: Path | None) -> dict[str, Any]:
    """The settings that make this folder the one in use; None: what ships."""
    if folder is None:
        return {_NAMED_BY[kind]: Settings.model_fields[_NAMED_BY[kind]].default}
    if kind == "generator" and (folder / "config.json").exists():  # a whole model, no adapter
        return {"adapter": "stock", "llm": "local", "llm_model": str(folder)}
    return {_NAMED_BY[kind]: str(folder)}


@dataclass(frozen=True)
class Parts:
    """What opening a model takes. All parts share one encoder and one index."""

    settings: Settings
    home: Home
    encoder: Encoder
    index: PassageIndex

    async def open_all(self, champions: Mapping[str, Champion]) -> Serving:
        """Every kind's part. A champion that cannot be opened is told and replaced by what ships."""
        found: dict[str, Part[Any]] = {}
        fallbacks = {}
        for kind in versions.KINDS:
            champion = None if setting_for(self.settings, kind) else champions.get(kind)
            try:
                found[kind] = await self.open(kind, champion)
            except Exception as error:  # every part has its own errors, and all of them mean the same here
                if champion is None:
                    raise
                log.error("%s cannot be used, and what ships is used instead: %s", champion.id, error)
                fallbacks[kind] = f"{champion.id} cannot be used, and what ships answers instead: {error}"
                found[kind] = await self.open(kind, None)
        return Serving(Models(encoder=row_id("encoder", self.encoder.version), **found), fallbacks)

    async def open(self, kind: str, champion: Champion | None) -> Part[Any]:
        """The part of this champion; None: of what a setting names, or ships. Raises VersionError and others."""
        if champion is None:
            return await self._open(kind, self.settings)
        folder = await asyncio.to_thread(versions.check, self.home, champion.id, champion.files)
        part = await self._open(kind, self.settings.model_copy(update=settings_of(kind, folder)))
        part.promoted = part.version = champion.id
        return part

    async def _open(self, kind: str, settings: Settings) -> Part[Any]:
        thing: LanguageModel | Searches | Selector | Verifier | None
        match kind:
            case "generator":
                model = await asyncio.to_thread(adapters.make_model, settings)
                return Part(kind, row_id(kind, model.version), model, close=model.close)
            case "retriever":
                thing = await asyncio.to_thread(adapters.make_retriever, settings, self.encoder, self.index)
            case "selector":
                thing = await asyncio.to_thread(adapters.make_selector, settings, self.encoder)
            case _:
                thing = await asyncio.to_thread(adapters.make_verifier, settings)
        return Part(kind, row_id(kind, thing.version) if thing else f"{kind}-none", thing)


async def ready(part: Part[Any]) -> None:
    """Return when the part can answer at once. Raises what reading its weights does."""
    if isinstance(part.thing, LateModel):
        await part.thing.ready()


def shipped_name(settings: Settings, kind: str) -> str:
    """What a setting names, or what ships, as far as it can be told without opening it."""
    from generation import adapter
    from retrieval import verifier

    chosen = getattr(settings, _NAMED_BY[kind]) or "shipped"
    if kind == "generator" and settings.llm != "local":
        return f"{settings.llm}:{settings.llm_model}" if settings.llm == "openai" else settings.llm
    shipped = {"generator": adapter.SHIPPED, "verifier": verifier.SHIPPED}.get(kind)
    if chosen == "shipped" and shipped is not None and (shipped / versions.MANIFEST).is_file():
        return str(json.loads((shipped / versions.MANIFEST).read_text())["version"])
    return row_id(kind, chosen)
