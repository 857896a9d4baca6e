"""The small head that reads signals: a linear layer over the features of a message. Knows no encoder, fits nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from personalization.signals import Side, Signal, side_of
from personalization.signals_features import NAMES

SHIPPED = Path(__file__).parent / "shipped" / "signals"
WEIGHTS, CONFIG = "signals.safetensors", "signals.json"

Matrix = npt.NDArray[np.float32]


class SignalsError(ValueError):
    """A folder that holds no usable head; the message says what is missing."""


@dataclass(frozen=True)
class SignalHead:
    """softmax(W x + b) over kinds; the chance of a side is the sum over its kinds."""

    version: str
    encoder: str  # the version of the encoder whose vectors it was fitted to
    kinds: tuple[str, ...]
    weight: Matrix  # (kinds, features)
    bias: Matrix  # (kinds,)

    @classmethod
    def read(cls, folder: Path) -> "SignalHead":
        """What `write_head` and `name_head` wrote to `folder`. Blocking. Raises SignalsError."""
        missing = [name for name in (WEIGHTS, CONFIG) if not (folder / name).is_file()]
        if missing:
            raise SignalsError(f"{folder} holds no {missing[0]}: give the --out folder of `attune train signals`")
        about = json.loads((folder / CONFIG).read_text())
        if about["features"] != list(NAMES):
            raise SignalsError(f"the head in {folder} was fitted to other features than this release has: train again")
        try:
            weights = load_file(folder / WEIGHTS)
        except SafetensorError as error:
            raise SignalsError(f"{folder / WEIGHTS} cannot be read ({error}): train the head again") from error
        small = weights["weight"].astype(np.float32), weights["bias"].astype(np.float32)
        return cls(about["version"], about["encoder"], tuple(about["kinds"]), *small)

    def signals(self, features: Matrix) -> list[Signal]:
        """One for each row of `features`, shape (n, features)."""
        logits = features @ self.weight.T + self.bias
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        return [self._signal(row) for row in chances]

    def _signal(self, chances: Matrix) -> Signal:
        """The likeliest kind of the likeliest side: a side of many kinds must not lose to one of few."""
        sides: dict[Side, float] = {"satisfied": 0.0, "dissatisfied": 0.0, "neutral": 0.0}
        for chance, kind in zip(chances.tolist(), self.kinds, strict=True):
            sides[side_of(kind)] += chance
        likeliest = max(sides, key=lambda side: sides[side])
        of_side = [pair for pair in zip(chances.tolist(), self.kinds, strict=True) if side_of(pair[1]) == likeliest]
        return Signal(max(of_side)[1], sides["satisfied"], sides["dissatisfied"])


def write_head(folder: Path, weight: Matrix, bias: Matrix) -> None:
    """Write the weights alone, at half precision: what names them is written when their manifest is."""
    folder.mkdir(parents=True, exist_ok=True)
    small = {"weight": np.ascontiguousarray(weight, np.float16), "bias": np.ascontiguousarray(bias, np.float16)}
    save_file(small, folder / WEIGHTS)


def name_head(folder: Path, version: str, encoder: str, kinds: Sequence[str]) -> None:
    """Say which version lies in `folder`, and to what it was fitted: from here on it can be read."""
    about = {"version": version, "encoder": encoder, "kinds": list(kinds), "features": list(NAMES)}
    (folder / CONFIG).write_text(json.dumps(about, indent=1) + "\n")
