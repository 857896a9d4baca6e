"""Utility by a capable model that sees all passages together, in several orders. Knows no other method.

Relevance selection, a pseudo-answer from what is relevant, then the selection by utility (arXiv 2504.05220). The last
is asked over shuffled orders and averaged (k-sampling), as models prefer some places of a list.
"""

import random
from collections.abc import Sequence

from generation.port import GenerationError, GenerationParams
from training.annotation import Asked, Metered, text_of
from training.annotation_prompts import Prompt, pseudo_answer_prompt, relevance_prompt, selected, utility_prompt

_AT_ONCE = 16  # passages before the model, as the paper has it
_CHOSEN = GenerationParams(max_tokens=96)
_WRITTEN = GenerationParams(max_tokens=160)


class ListwiseSelection:
    """The share of orders in which a passage was chosen; 0 for one that is not even relevant."""

    method = "listwise"

    def __init__(self, orders: int = 5, seed: int = 0) -> None:
        self._orders, self._seed = orders, seed

    async def utilities(self, asked: Asked, model: Metered) -> Sequence[float | None]:
        """Raises GenerationError where no reply can be read: such a model is not capable of this."""
        texts = [text_of(passage) for passage in asked.passages]
        relevant = await self._relevant(asked.question, texts, model)
        chosen = [0] * len(texts)
        if relevant:
            shown = [texts[place] for place in relevant]
            answer = (await model.complete(pseudo_answer_prompt(asked.question, shown), _WRITTEN)).text
            for order in self._shuffled(asked.id, relevant):
                prompt = utility_prompt(asked.question, [texts[place] for place in order], answer)
                for place in await _choice(prompt, len(order), model):
                    chosen[order[place]] += 1
        return [times / self._orders for times in chosen]

    async def _relevant(self, question: str, texts: Sequence[str], model: Metered) -> list[int]:
        found: list[int] = []
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            found += [start + place for place in await _choice(relevance_prompt(question, some), len(some), model)]
        return found[:_AT_ONCE]

    def _shuffled(self, identity: str, relevant: Sequence[int]) -> list[list[int]]:
        rng = random.Random(f"{self._seed}/{identity}")
        return [rng.sample(relevant, len(relevant)) for _ in range(self._orders)]


async def _choice(prompt: Prompt, count: int, model: Metered) -> list[int]:
    reply = (await model.complete(prompt, _CHOSEN)).text
    found = selected(reply, count)
    if found is None:
        raise GenerationError(
            f"asked which passages help, the model wrote {reply[:60]!r}: listwise needs a model that follows a form; "
            "choose a larger one, or --method likelihood-gain"
        )
    return found
