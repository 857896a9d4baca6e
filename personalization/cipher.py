"""CIPHER: a description is inferred from each edit and used again in the nearest contexts. Knows no measured dimension.

Gao et al., "Aligning LLM Agents by Learning Latent Preference from User Edits" (PRELUDE), 2024.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from generation.port import LanguageModel
from personalization.inference import aggregate, infer
from personalization.ports import ContextEncoder, Guidance, PastEdit, Vectors


@dataclass(frozen=True)
class Learned:
    """What was concluded in one context, whose vector has shape (dimension,)."""

    context: Vectors
    preference: str


class Cipher:
    """Learner over the k nearest contexts. Nothing is merged or forgotten; there is no threshold of similarity."""

    def __init__(self, model: LanguageModel, encoder: ContextEncoder, nearest: int) -> None:
        """`nearest` is k: with 1 the preference of the nearest context, with more one aggregated by the model."""
        self._model = model
        self._encoder = encoder
        self._nearest = nearest
        self._learned: list[Learned] = []

    async def guide(self, context: str) -> Guidance:
        if not self._learned:
            return Guidance()
        here = await vector(self._encoder, context)
        near = nearest(self._nearest, self._learned, [learned.context for learned in self._learned], here)
        return Guidance(await aggregate(self._model, [learned.preference for learned in near]))

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:
        """An accepted draft confirms what it was written with; only an edit asks the model."""
        edit = PastEdit(draft, edited)
        preference = (used.instruction or "") if edit.accepted else await infer(self._model, [edit])
        # An empty preference would crowd out a neighbour that has something to say.
        if preference:
            self._learned.append(Learned(await vector(self._encoder, context), preference))


Item = TypeVar("Item")


def nearest(count: int, items: Sequence[Item], contexts: Sequence[Vectors], here: Vectors) -> list[Item]:
    """The `count` items whose contexts have the largest dot product with `here`, best first; ties: the oldest."""
    closeness = [float(context @ here) for context in contexts]
    return [items[at] for at in heapq.nlargest(count, range(len(items)), key=closeness.__getitem__)]


async def vector(encoder: ContextEncoder, context: str) -> Vectors:
    """The unit vector of one context, shape (dimension,)."""
    encoded: Vectors = (await encoder.encode_passages([context]))[0]
    return encoded
