"""A person played by a language model, asked whether a draft suits a style and if not, to revise it.

Prompts after PRELUDE (Gao et al. 2024): the first sees the context, the second the draft and the style alone.
"""

import re

from evaluation.prelude_user import Style
from generation.port import GenerationParams, LanguageModel, Message

_JUDGE = GenerationParams(max_tokens=4)
_REVISE = GenerationParams(max_tokens=240)


class ModelUser:
    """Edits as the model does; as good as the model is."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def version(self) -> str:
        return f"model:{self._model.version}"

    async def edit(self, draft: str, style: Style) -> str:
        """The draft where the model says yes, else its revision. Raises GenerationError."""
        asked = (
            f"Text: {draft}\n\nWould somebody who loves this style be content with the text: {style.description}? "
            "Answer yes or no."
        )
        judged = await self._model.complete((Message("user", asked),), _JUDGE)
        if re.search(r"\byes\b", judged.text, re.IGNORECASE):
            return draft
        wanted = (
            f"Text: {draft}\n\nYou prefer this style: {style.description}. Revise the text until it has your style. "
            "Write only the revised text."
        )
        revised = await self._model.complete((Message("user", wanted),), _REVISE)
        return revised.text.strip() or draft
