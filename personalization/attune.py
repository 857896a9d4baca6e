"""Learners for the environment over the same memory that the product has. Know no SQL."""

import asyncio

from personalization.cipher import vector
from personalization.explanation import Propose
from personalization.memory import guide, learn
from personalization.ports import ContextEdit, ContextEncoder, Guidance, Preference
from personalization.proposals import proposals


class Attune:
    """Learner: preferences validated by replay, done to the text after it was written."""

    def __init__(self, encoder: ContextEncoder, propose: Propose = proposals) -> None:
        self._encoder = encoder
        self._propose = propose
        self._edits: list[ContextEdit] = []
        self._known: list[Preference] = []

    async def guide(self, context: str) -> Guidance:
        here = await vector(self._encoder, context)
        return Guidance(render=guide(self._known, here).guidance.render)

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:  # noqa: ARG002 (the port's)
        new = ContextEdit(str(len(self._edits)), await vector(self._encoder, context), draft, edited)
        self._known = await asyncio.to_thread(learn, self._known, self._edits, new, self._propose)
        self._edits.append(new)
