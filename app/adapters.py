"""Picks the implementation of each port by its setting. Imports are inside: torch and the engines take seconds."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.home import Home
from app.late_model import LateModel
from app.settings import Settings
from generation.port import LanguageModel, ModelUnavailableError
from retrieval.ports import Encoder, Loader, PassageIndex, Selector, Verifier

if TYPE_CHECKING:
    from personalization.signals_reader import SignalReader
    from retrieval.query_update import QueryUpdate
    from retrieval.retriever import Retriever

Progress = Callable[[str, int, int], None]  # what, bytes done, bytes in all


def fetch_models(settings: Settings, progress: Progress | None = None) -> None:
    """Bring the generator's weights into the cache; blocking. For the start of a command, never for a request."""
    if settings.llm == "local":
        from generation import weights

        weights.fetch(settings.llm_model, settings.cache, progress)


def make_encoder(settings: Settings) -> Encoder:
    """Blocking: reads weights."""
    from retrieval.encoder import open_encoder

    return open_encoder(settings.encoder, settings.cache)


async def make_index(settings: Settings, home: Home, encoder: Encoder) -> PassageIndex:
    """The index of this encoder; its name carries the encoder's version. Raises ForeignIndexError."""
    if settings.index == "edge":
        from retrieval.index_edge import EdgeIndex

        return await EdgeIndex.open(home.index, encoder.version, encoder.dimension)
    from retrieval.index_server import ServerIndex

    key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
    return await ServerIndex.open(settings.qdrant_url or "", key, encoder.version, encoder.dimension)


def make_model(settings: Settings) -> LanguageModel:
    match settings.llm:
        case "scripted":
            from generation.scripted import ScriptedModel

            return ScriptedModel()
        case "openai":
            return _served_model(settings)
        case "local":
            return _local_model(settings)


def _served_model(settings: Settings) -> LanguageModel:
    from generation.openai import OpenAIModel
    from generation.openai_adapter import AdaptedOpenAIModel

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    server: dict[str, Any] = {"base_url": settings.llm_base_url or "", "key": key, "timeout": settings.llm_timeout}
    if settings.llm_adapters is None or settings.adapter in ("shipped", "stock"):  # what ships is the embedded model's
        return OpenAIModel(model=settings.llm_model, **server)
    folder = Path(settings.adapter).expanduser()
    return AdaptedOpenAIModel(settings.llm_model, folder, settings.llm_adapters / folder.name, **server)


def make_selector(settings: Settings, encoder: Encoder) -> Selector:
    """Blocking: a trained one reads weights. Raises SelectorError with the remedy."""
    from retrieval.selector import EncoderSelector, KeepAll

    if settings.selector == "none":
        return KeepAll()
    if settings.selector == "encoder":
        return EncoderSelector(encoder, settings.abstain_below)
    from retrieval.selector_utility import SHIPPED, UtilitySelector

    folder = SHIPPED if settings.selector == "student" else Path(settings.selector).expanduser()
    return UtilitySelector(encoder, folder, settings.abstain_below)


def make_retriever(settings: Settings, encoder: Encoder, index: PassageIndex) -> "Retriever":
    """Blocking: a trained one reads weights. Raises RetrieverError with the remedy."""
    from retrieval.retriever import Retriever

    return Retriever(encoder, index, make_query_update(settings, encoder))


def make_query_update(settings: Settings, encoder: Encoder) -> "QueryUpdate | None":
    """What was learned for questions; None: they are searched for as encoded. Blocking; raises RetrieverError."""
    from retrieval.query_update import STOCK, open_query_adapter

    chosen = settings.retriever
    return None if chosen == STOCK else open_query_adapter(Path(chosen).expanduser(), encoder)


def make_verifier(settings: Settings) -> Verifier | None:
    """Blocking: reads weights. None: the words decide what a sentence is cited to. Raises VerifierError."""
    chosen = settings.verifier or ("none" if settings.encoder.startswith("hash") else "shipped")
    if chosen == "none":
        return None
    from retrieval.verifier import SHIPPED, ModelVerifier

    return ModelVerifier(SHIPPED if chosen == "shipped" else Path(chosen).expanduser())


def make_signals(settings: Settings, encoder: Encoder) -> "SignalReader | None":
    """What reads messages for what they say of the answer before. Blocking: reads weights. Raises SignalsError."""
    if settings.signals == "none":
        return None
    from personalization.signals_head import SHIPPED, SignalHead
    from personalization.signals_reader import SignalReader, open_head

    if settings.signals is None:
        head = SignalHead.read(SHIPPED)
        return SignalReader(encoder, head) if head.encoder == encoder.version else None
    folder = SHIPPED if settings.signals == "shipped" else Path(settings.signals).expanduser()
    return SignalReader(encoder, open_head(folder, encoder.version))


def make_loader(settings: Settings) -> Loader:
    from retrieval.loader import LoadLimits, SubprocessLoader
    from retrieval.loader_ocr import ocr_installed

    limits = LoadLimits(settings.load_seconds, settings.load_memory_bytes, settings.max_upload_bytes)
    return SubprocessLoader(limits, ocr=ocr_installed(), workers=2)


def _local_model(settings: Settings) -> LateModel:
    from generation import adapter, weights

    async def open_model() -> LanguageModel:
        from generation.local import LocalModel

        # Looked for again: it may have been fetched since.
        found = await asyncio.to_thread(weights.find, settings.llm_model, settings.cache)
        if found is None:
            raise ModelUnavailableError(
                f"the weights of {settings.llm_model} are not in {settings.cache}: `attune up` fetches them"
            )
        return await LocalModel.open(found, adapted=await asyncio.to_thread(adapter.choose, settings.adapter, found))

    folder = weights.find(settings.llm_model, settings.cache)
    if folder is None:
        return LateModel(f"{settings.llm_model}@absent", 0, open_model)
    named = adapter.version(folder, adapter.choose(settings.adapter, folder))
    return LateModel(named, _local_window(folder), open_model)


def _local_window(folder: Path) -> int:
    config = json.loads((folder / "config.json").read_text())
    windows = [config.get("max_position_embeddings"), config.get("sliding_window")]
    return min((window for window in windows if window), default=0)
