"""`attune bench ingest`: the whole ingest through the API against the bare encoder on the very same passages.

The bare encoder is sentence-transformers' encode(): same weights, same dtype, passages sorted by length, best of three.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.schemas import DocumentPublic
from app.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.product import Product, running_product
from evaluation.reports import Report
from evaluation.synthetic import Writer
from evaluation.workplace import encoder_of, temporary_settings
from retrieval.encoder import ModelEncoder
from retrieval.types import Passage

DOCUMENTS = 30  # self-made ones, where no folder is given
ROUNDS = 3


async def measure(folder: Path | None = None, documents: int = DOCUMENTS) -> Report:
    """Passages a second of both, and their ratio, on files of `folder` or self-made ones. Raises EvaluationError."""
    with temporary_settings() as settings:
        bare = await _bare_encoder(settings)
        files = _files(folder) if folder else _write_documents(settings.home / "to-ingest", documents)
        warm_up = _write_documents(settings.home / "warm-up", 1, seed=1)
        async with running_product(settings) as product:
            await product.ingest(warm_up)  # weights and kernels are loaded, as in a server that has been running
            started = time.perf_counter()
            found = [one for one in await product.ingest(files) if one.status == "indexed"]
            whole = time.perf_counter() - started
            texts = await _indexed_texts(product, found)
        if not texts:
            raise EvaluationError(f"{folder}: no file here holds text that could be indexed")
        encoding = await asyncio.to_thread(_seconds_to_encode, bare, texts)
    return {
        "passages_per_s": len(texts) / whole,
        "encoder_passages_per_s": len(texts) / encoding,
        "ratio_to_encoder": encoding / whole,
        "passages": len(texts),
        "files": len(found),
        "ingest_seconds": whole,
        "encoder_seconds": encoding,
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _write_documents(folder: Path, count: int, seed: int = 0) -> list[Path]:
    folder.mkdir(parents=True)
    for name, text in Writer(seed).documents(count):
        (folder / name).write_text(text)
    return sorted(folder.iterdir())


async def _indexed_texts(product: Product, documents: Sequence[DocumentPublic]) -> list[str]:
    """What the encoder read of each passage, its title and heading included."""
    texts = []
    for document in documents:
        for one in await product.passages(document.id):
            passage = Passage(one.id, document.id, one.position, one.text, document.title, one.page, one.heading)
            texts.append(passage.indexed_text)
    return texts


def _seconds_to_encode(bare: Any, texts: Sequence[str]) -> float:
    """Seconds of the best round; the first is preceded by a warm-up."""
    by_length = sorted(texts, key=len, reverse=True)
    bare.encode(by_length[:64], show_progress_bar=False)
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        bare.encode(by_length, show_progress_bar=False)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


async def _bare_encoder(settings: Settings) -> Any:
    """The same weights in sentence-transformers. Raises EvaluationError where either is missing."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise EvaluationError(
            "the bare encoder needs sentence-transformers: pip install sentence-transformers"
        ) from None
    async with encoder_of(settings) as encoder:
        if not isinstance(encoder, ModelEncoder):
            raise EvaluationError(f"ATTUNE_ENCODER={settings.encoder} has no weights to compare with: use minilm")
    kwargs = {"dtype": encoder.dtype}
    return await asyncio.to_thread(SentenceTransformer, str(encoder.folder), model_kwargs=kwargs, local_files_only=True)
