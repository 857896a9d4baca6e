"""A question and a passage read together by the shipped MiniLM with a low-rank adapter. Knows no selection.

The first layers read question and passage apart, as the encoder was taught to; the others read them joined (PreTTR,
MacAvaney et al. 2020), so that the first layers' states of a passage do not depend on the question.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file

CONFIG, WEIGHTS = "cross_encoder.json", "cross_encoder.safetensors"
# Dropout within attention would turn off the fast kernels; the layers' own dropout remains for training.
_NO_DROPOUT = {"attention_probs_dropout_prob": 0.0}
_STEP = 8  # lengths are padded to multiples, so that few shapes occur
_TOKENS = 2048  # of one batch: small ones are padded less, and a CPU gains nothing by larger ones


@dataclass(frozen=True)
class CrossConfig:
    """The shape of an adapter: where the texts are joined, the adapter's rank, how much of a text is read."""

    split: int = 4  # layers that read the texts apart
    rank: int = 32
    alpha: float = 64.0
    question_tokens: int = 64
    passage_tokens: int = 224

    @classmethod
    def read(cls, folder: Path) -> "CrossConfig":
        return cls(**json.loads((folder / CONFIG).read_text())["shape"])


class CrossEncoder(torch.nn.Module):
    """One logit per pair: what a cheaper judge said of it (the residual) plus what reading both adds."""

    def __init__(self, base: Path, config: CrossConfig) -> None:
        """The untrained model: its logit is the residual. `base` is a BERT folder."""
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        super().__init__()
        logging.disable_progress_bar()
        body = _quietly(
            lambda: AutoModel.from_pretrained(base, local_files_only=True, add_pooling_layer=False, **_NO_DROPOUT)
        )
        self.config = config
        self.embeddings, layers = body.embeddings, body.encoder.layer
        self.apart, self.joined = layers[: config.split], layers[config.split :]
        width = int(body.config.hidden_size)
        self.sides = torch.nn.Embedding(2, width)  # tells the joined layers which token is whose
        self.head = torch.nn.Linear(2 * width, 1)
        self.residual = torch.nn.Linear(1, 1)
        torch.nn.init.zeros_(self.sides.weight)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)
        torch.nn.init.ones_(self.residual.weight)
        torch.nn.init.zeros_(self.residual.bias)
        self._tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True).backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @classmethod
    def load(cls, base: Path, folder: Path) -> "CrossEncoder":
        """The trained model, its adapter merged into the weights: W + alpha / rank * B A."""
        model = cls(base, CrossConfig.read(folder))
        scale = model.config.alpha / model.config.rank
        saved = {name: part.float() for name, part in load_file(folder / WEIGHTS).items()}
        own = dict(model.named_parameters())
        with torch.no_grad():
            for name, part in saved.items():
                if name.endswith(".a"):
                    target = own[f"{name.removesuffix('.a')}.weight"]
                    target += scale * saved[f"{name.removesuffix('.a')}.b"] @ part
                elif not name.endswith(".b"):
                    own[name].copy_(part)
        return model.eval()

    def tokens(self, texts: Sequence[str], limit: int) -> list[list[int]]:
        """Ids of each text with its special tokens, cut to `limit`; the last token always ends the text."""
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        return [ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]] for ids in encoded]

    def read_apart(self, tokens: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """States of each text after the first layers, of shape (tokens, width); computed in batches of like length."""
        found: dict[int, torch.Tensor] = {}
        for places in batches([len(ids) for ids in tokens]):
            width = _padded(len(tokens[places[0]]))
            ids = torch.zeros(len(places), width, dtype=torch.long)
            for row, place in enumerate(places):
                ids[row, : len(tokens[place])] = torch.tensor(tokens[place])
            ids = ids.to(self._device)
            mask = torch.arange(width) < torch.tensor([[len(tokens[place])] for place in places])
            states = through(self.apart, self.embeddings(input_ids=ids), mask.to(self._device))
            found |= {place: states[row, : len(tokens[place])] for row, place in enumerate(places)}
        return [found[place] for place in range(len(tokens))]

    def read_joined(
        self, questions: Sequence[torch.Tensor], passages: Sequence[torch.Tensor], residuals: torch.Tensor
    ) -> torch.Tensor:
        """Logits of shape (pairs,) from the states of both texts; `residuals` has the same shape."""
        lengths = [len(question) + len(passage) for question, passage in zip(questions, passages, strict=True)]
        order: list[int] = []
        read: list[torch.Tensor] = []
        for places in batches(lengths):
            order += places
            read.append(self._read([questions[place] for place in places], [passages[place] for place in places]))
        back = torch.tensor(sorted(range(len(order)), key=order.__getitem__), device=self._device)
        return torch.cat(read)[back] + self.residual(residuals.to(self._device).unsqueeze(1)).squeeze(1)

    def _read(self, questions: Sequence[torch.Tensor], passages: Sequence[torch.Tensor]) -> torch.Tensor:
        sizes = torch.tensor([[len(q), len(q) + len(p)] for q, p in zip(questions, passages, strict=True)])
        width = _padded(int(sizes[:, 1].max()))
        states = questions[0].new_zeros(len(questions), width, questions[0].shape[1])
        for row, pair in enumerate(zip(questions, passages, strict=True)):
            states[row, : sizes[row, 1]] = torch.cat(pair)
        places = torch.arange(width)
        mask = (places < sizes[:, 1:]).to(self._device)
        theirs = (places >= sizes[:, :1]).to(self._device)
        states = through(self.joined, states + self.sides(theirs.long()), mask)
        weights = (mask & theirs).unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
        return self.head(torch.cat([states[:, 0], mean], dim=1)).squeeze(1)

    @torch.inference_mode()
    def logits(self, question: str, passages: Sequence[str], residuals: Sequence[float]) -> npt.NDArray[np.float64]:
        """Logits of all passages of one question, shape (passages,), computed in the calling thread."""
        (asked,) = self.read_apart(self.tokens([question], self.config.question_tokens))
        states = self.read_apart(self.tokens(passages, self.config.passage_tokens))
        given = torch.tensor(residuals, dtype=torch.float32)
        found: npt.NDArray[np.float64] = self.read_joined([asked] * len(passages), states, given).double().cpu().numpy()
        return found

    @property
    def _device(self) -> torch.device:
        return self.head.weight.device


def through(layers: Any, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """States after `layers`; `mask` of shape (texts, tokens) is true where there is a token."""
    seen = mask[:, None, None, :]  # scaled dot-product attention takes a mask over the keys
    for layer in layers:
        states = layer(states, seen)
    return states


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of the texts in batches of like length, longest first, with about _TOKENS tokens when padded."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    while order:
        count = max(1, _TOKENS // _padded(lengths[order[0]]))
        yield order[:count]
        order = order[count:]


def _padded(length: int) -> int:
    return -(-length // _STEP) * _STEP


def _quietly(load: Any) -> Any:
    """The base's pooler is left out on purpose; the library's report on it would run across what a command prints."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        return load()
    finally:
        logging.set_verbosity(before)
