"""Utility as what a passage adds to a model's own knowledge: an answer it could not give, or a likelier one.

Knows neither where questions come from nor where labels go.
"""

import math
from collections.abc import Sequence

from evaluation.answers import Answered, accuracy
from generation.port import GenerationParams
from training.annotation import Asked, Metered, text_of
from training.annotation_prompts import evidence_prompt, pseudo_answer_prompt

_TOKENS = 64  # of an answer: more than its first words nobody compares
_WRITTEN = GenerationParams(max_tokens=_TOKENS)


class AnswerGain:
    """1 where the model answers rightly with the passage and not without it (LLM-specific utility, section 3 of the
    paper: has_answer with the passage above has_answer without). A model that knows the answer needs no passage: all 0.

    Only questions whose answers somebody wrote down are judged.
    """

    method = "answer-gain"

    async def utilities(self, asked: Asked, model: Metered) -> Sequence[float | None]:
        if not asked.answers:
            return [None] * len(asked.passages)
        if await self._right(asked, [], model):
            return [0.0] * len(asked.passages)
        return [float(await self._right(asked, [text_of(passage)], model)) for passage in asked.passages]

    async def _right(self, asked: Asked, texts: list[str], model: Metered) -> bool:
        said = await model.complete(evidence_prompt(asked.question, texts), _WRITTEN)
        # The measure's own reading of an answer, but for quotations: copying the answer out is knowing it, too.
        return bool(accuracy(Answered(asked.id, True, asked.answers, said.text, False)))


class LikelihoodGain:
    """How much likelier the answer becomes with the passage: nats per token above the same without evidence, as
    1 - exp(-gain), and 0 where it becomes less likely.

    Without accepted answers the model's own, from all passages, stands in (section 5 of the paper on LLM-specific
    utility); a wrong one of a small model then decides what helps.
    """

    method = "likelihood-gain"

    async def utilities(self, asked: Asked, model: Metered) -> Sequence[float | None]:
        answer = await reference(asked, model)
        if not answer:
            return [None] * len(asked.passages)
        alone = (await model.score(evidence_prompt(asked.question, []), answer)).mean
        found = []
        for passage in asked.passages:
            helped = (await model.score(evidence_prompt(asked.question, [text_of(passage)]), answer)).mean
            found.append(1 - math.exp(-max(0.0, helped - alone)))
        return found


async def reference(asked: Asked, model: Metered) -> str:
    """An accepted answer, else what the model makes of all passages."""
    if asked.answers:
        return asked.answers[0]
    texts = [text_of(passage) for passage in asked.passages]
    return (await model.complete(pseudo_answer_prompt(asked.question, texts), _WRITTEN)).text.strip()
