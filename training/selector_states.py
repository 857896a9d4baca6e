"""What the frozen part of the selector's student says of texts, computed once and kept on disk. Knows no labels."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

_TOGETHER = 32  # texts that are encoded at once
_PER_FILE = 256


@dataclass(frozen=True)
class State:
    """One text: states after the layers that read it apart, of shape (tokens, width), and its unit vector."""

    tokens: torch.Tensor
    vector: torch.Tensor


Encode = Callable[[Sequence[str]], list[State]]


class States:
    """States by text. Files are written whole or not at all: a killed run computes the last few anew."""

    def __init__(self, encode: Encode, folder: Path | None) -> None:
        """`folder`: where they are kept between runs of the same model; None: nowhere."""
        self._encode, self._folder = encode, folder
        self._known: dict[str, State] = {}
        self._new: list[str] = []
        self._files = 0
        for path in sorted(folder.glob("states-*.pt")) if folder else []:
            # Mapped, not read: what is not needed stays on disk.
            saved = torch.load(path, weights_only=True, mmap=True)
            self._known |= {text: State(tokens, vector) for text, tokens, vector in saved}
            self._files += 1

    def of(self, texts: Sequence[str]) -> list[State]:
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        for first in range(0, len(missing), _TOGETHER):
            some = missing[first : first + _TOGETHER]
            self._known |= zip(some, self._encode(some), strict=True)
            self._new += some
            if len(self._new) >= _PER_FILE:
                self.keep()
        return [self._known[text] for text in texts]

    def keep(self) -> None:
        """Write what is not on disk yet."""
        if not self._folder or not self._new:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"states-{self._files:05}.pt"
        rows = [(text, self._known[text].tokens, self._known[text].vector) for text in self._new]
        with path.with_suffix(".part").open("wb") as handle:
            torch.save(rows, handle)
            handle.flush()
            os.fsync(handle.fileno())
        path.with_suffix(".part").replace(path)
        self._files += 1
        self._new = []
