"""A head whose weights are written by hand, so that a test can see why it says what it says."""

from pathlib import Path

import numpy as np

from personalization.signals_features import NAMES
from personalization.signals_head import name_head, write_head

VERSION = "signals-by-hand"
KINDS = ("gratitude", "negative_feedback", "ignored", "follow_up")


def write_by_hand(folder: Path, encoder: str = "hash-1", dimension: int = 384, sure: float = 8.0) -> Path:
    """Thanks are gratitude, recalling the wish is being ignored, a refusal is a complaint, the rest follows up; `sure`
    is how much."""
    weight = np.zeros((len(KINDS), len(NAMES) + dimension), np.float32)
    weight[KINDS.index("gratitude"), NAMES.index("says_thanks")] = sure
    weight[KINDS.index("negative_feedback"), NAMES.index("says_refuses")] = sure
    weight[KINDS.index("ignored"), NAMES.index("says_recalls_the_wish")] = sure
    bias = np.array([0, 0, 0, sure / 2], np.float32)
    write_head(folder, weight, bias)
    name_head(folder, VERSION, encoder, KINDS)
    return folder
