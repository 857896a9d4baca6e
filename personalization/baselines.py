"""Learners to compare with, after PRELUDE: nothing, raw edits as examples, one rolling and one early preference.

They know nothing of validation, confidence or forgetting."""

from collections import deque

from generation.port import LanguageModel
from personalization.cipher import nearest, vector
from personalization.inference import infer
from personalization.ports import ContextEncoder, Guidance, PastEdit, Vectors


class NoLearning:
    """Every text is generic."""

    async def guide(self, context: str) -> Guidance:  # noqa: ARG002 (the port's signature)
        return Guidance()

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:
        """Nothing is kept."""


class EditExamples:
    """ICL-edit: the raw edits of the nearest contexts are shown to the model; no description is inferred."""

    def __init__(self, encoder: ContextEncoder, nearest_count: int = 5) -> None:
        self._encoder = encoder
        self._count = nearest_count
        self._contexts: list[Vectors] = []
        self._edits: list[PastEdit] = []

    async def guide(self, context: str) -> Guidance:
        if not self._edits:
            return Guidance()
        here = await vector(self._encoder, context)
        return Guidance(examples=tuple(nearest(self._count, self._edits, self._contexts, here)))

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:  # noqa: ARG002 (the port's)
        self._contexts.append(await vector(self._encoder, context))
        self._edits.append(PastEdit(draft, edited))


class Continual:
    """Continual LPI: after every round one preference from the last edits, whatever their contexts."""

    def __init__(self, model: LanguageModel, window: int = 5) -> None:
        self._model = model
        self._recent: deque[PastEdit] = deque(maxlen=window)
        self._preference: str | None = None

    async def guide(self, context: str) -> Guidance:  # noqa: ARG002 (context is what this baseline ignores)
        return Guidance(self._preference)

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:  # noqa: ARG002 (the port's)
        self._recent.append(PastEdit(draft, edited))
        self._preference = await infer(self._model, list(self._recent)) or None


class ExploreExploit:
    """Explore-then-exploit LPI: one preference from the first rounds, kept for good."""

    def __init__(self, model: LanguageModel, explore: int = 5) -> None:
        self._model = model
        self._explore = explore
        self._seen: list[PastEdit] = []
        self._preference: str | None = None

    async def guide(self, context: str) -> Guidance:  # noqa: ARG002 (context is what this baseline ignores)
        return Guidance(self._preference)

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:  # noqa: ARG002 (the port's)
        if len(self._seen) == self._explore:
            return
        self._seen.append(PastEdit(draft, edited))
        if len(self._seen) == self._explore:
            self._preference = await infer(self._model, self._seen) or None
