"""Our learner, over the same memory that the product has: every preference was validated by replay. Knows no SQL."""

import asyncio

from generation.port import LanguageModel
from personalization.cipher import vector
from personalization.edit_cost import edit_cost
from personalization.explanation import Propose
from personalization.inference import infer
from personalization.memory import guide, learn
from personalization.ports import ContextEdit, ContextEncoder, Guidance, PastEdit, Preference
from personalization.proposals import proposals
from personalization.trials import Conclusion, Trial, wanted

_LEFT = 0.1  # normalised cost from which an edit is worth a language model's time


class Attune:
    """Learner: preferences are done to the text after it was written.

    With a `model`, which must follow instructions, descriptions are tried besides, and said while they pay."""

    def __init__(
        self, encoder: ContextEncoder, model: LanguageModel | None = None, propose: Propose = proposals
    ) -> None:
        self._encoder = encoder
        self._model = model
        self._propose = propose
        self._edits: list[ContextEdit] = []
        self._known: list[Preference] = []
        self._conclusions: list[Conclusion] = []
        self._trials: list[Trial] = []

    async def guide(self, context: str) -> Guidance:
        here = await vector(self._encoder, context)
        render = guide(self._known, here).guidance.render
        return Guidance(wanted(self._conclusions, self._trials, here), render=render)

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:
        here = await vector(self._encoder, context)
        new = ContextEdit(str(len(self._edits)), here, draft, edited)
        self._known = await asyncio.to_thread(learn, self._known, self._edits, new, self._propose)
        self._edits.append(new)
        if self._model is None:
            return
        shown = used.render(draft) if used.render else draft
        cost = edit_cost(shown, edited).normalised
        self._trials.append(Trial(here, used.instruction, cost))
        if cost >= _LEFT and (said := await infer(self._model, [PastEdit(shown, edited)])):
            self._conclusions.append(Conclusion(here, said))
