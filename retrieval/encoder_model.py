"""A sentence-transformers folder run with plain transformers: tokenise, forward, pool, normalise. Knows no queues."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.ports import Vectors

if TYPE_CHECKING:
    import torch

# oneDNN prepares a kernel for every shape it meets; few lengths keep those preparations rare.
_LENGTH_STEP = 8
_PAGE = 1 << 20

Tokens = list[int]
Pool = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]


class EncoderError(ValueError):
    """A model folder that this program cannot run as an encoder; the message says what is missing."""


@dataclass(frozen=True)
class EncoderConfig:
    """What sentence-transformers' small files say about a model."""

    window: int
    pooling: str  # mean, cls, max or lasttoken
    query_prompt: str
    passage_prompt: str

    @classmethod
    def read(cls, folder: Path) -> "EncoderConfig":
        """Read the folder's modules. Raises EncoderError where a module is one that we do not run."""
        modules = _json(folder / "modules.json", [])
        known = {"Transformer", "Pooling", "Normalize"}
        foreign = [m["type"] for m in modules if m["type"].rpartition(".")[2] not in known]
        if foreign:
            raise EncoderError(f"{folder} needs the module {foreign[0]!r}; encoders here are {sorted(known)} only")
        pooling = next((m["path"] for m in modules if m["type"].endswith("Pooling")), "1_Pooling")
        prompts = _json(folder / "config_sentence_transformers.json", {}).get("prompts", {})
        limit = _json(folder / "config.json", {}).get("max_position_embeddings", 512)
        window = _json(folder / "sentence_bert_config.json", {}).get("max_seq_length") or limit
        return cls(
            window=min(window, limit),
            pooling=_pooling_mode(_json(folder / pooling / "config.json", {}), folder),
            query_prompt=prompts.get("query", ""),
            passage_prompt=prompts.get("document", prompts.get("passage", "")),
        )


class EncoderModel:
    """Weights, tokenizer and pooling of one folder; every call computes in the calling thread."""

    def __init__(self, folder: Path) -> None:
        import torch  # takes a second, which `attune --help` must not
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # it would run across whatever command prints
        if not (folder / "config.json").is_file():
            raise EncoderError(f"{folder} holds no config.json: give a sentence-transformers folder")
        self.config = EncoderConfig.read(folder)
        self.fingerprint = _fingerprint(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._pad = int(tokenizer.pad_token_id or 0)
        self._counting = tokenizer.backend_tokenizer
        self._counting.no_truncation()
        self._counting.no_padding()
        self._cutting = type(self._counting).from_str(self._counting.to_str())
        self._cutting.enable_truncation(self.config.window)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        model = AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=_best_dtype(torch, self._device)
        )
        self._model = model.to(self._device).eval()
        self.dtype = str(model.dtype).removeprefix("torch.")
        self._pool = _POOLS[self.config.pooling]
        self.dimension = int(model.config.hidden_size)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text before any cut, special tokens included."""
        return [len(encoding) for encoding in self._counting.encode_batch_fast(list(texts))]

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Token ids of each text, cut to the window."""
        return [encoding.ids for encoding in self._cutting.encode_batch_fast(list(texts))]

    def forward(self, batch: Sequence[Tokens]) -> Vectors:
        """Unit vectors of already tokenised texts of about the same length."""
        import torch

        longest = max(len(ids) for ids in batch)
        width = min(-(-longest // _LENGTH_STEP) * _LENGTH_STEP, self.config.window)
        ids = np.full((len(batch), width), self._pad, dtype=np.int64)
        mask = np.zeros((len(batch), width), dtype=np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        with torch.inference_mode():
            on_device = torch.from_numpy(mask).to(self._device)
            states = self._model(torch.from_numpy(ids).to(self._device), attention_mask=on_device).last_hidden_state
            pooled = self._pool(states.float(), on_device)
            vectors: Vectors = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
        return vectors


def _best_dtype(torch: Any, device: str) -> Any:
    # Only AMX makes bf16 faster (about 3x); AVX512-BF16 alone measured 0.6x of fp32. The vectors of the two differ by a
    # cosine of 0.002 at most, so an index may move between machines and the dtype is no part of the version.
    fast = device == "cuda" or torch.cpu.get_capabilities().get("amx_bf16", False)
    return torch.bfloat16 if fast else torch.float32


def _mean(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def _max(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    return states.masked_fill(mask.unsqueeze(-1) == 0, float("-inf")).amax(1)


def _first(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":  # noqa: ARG001  one signature for all
    return states[:, 0]


def _last(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    last = mask.sum(1) - 1
    return states.take_along_dim(last[:, None, None], dim=1)[:, 0]


_POOLS: dict[str, Pool] = {"mean": _mean, "max": _max, "cls": _first, "lasttoken": _last}


def _pooling_mode(config: dict[str, Any], folder: Path) -> str:
    if mode := config.get("pooling_mode"):  # written by sentence-transformers 5 and later
        chosen = [mode]
    else:
        names = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
        names |= {"pooling_mode_max_tokens": "max", "pooling_mode_lasttoken": "lasttoken"}
        on = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
        chosen = [names.get(key, key) for key in on] or ["mean"]
    if len(chosen) != 1 or chosen[0] not in _POOLS:
        raise EncoderError(f"{folder} pools by {chosen}; encoders here pool by one of {sorted(_POOLS)}")
    return str(chosen[0])


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text()) if path.is_file() else default


def _fingerprint(folder: Path) -> str:
    """Hash of everything that decides a vector: weights, tokenizer, pooling, window and prompts."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.json"), *folder.rglob("*.txt")]):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as handle:
            while page := handle.read(_PAGE):
                digest.update(page)
    return digest.hexdigest()[:12]
