"""The language model's part in learning: it names a preference from edits, or the common one of several.

Prompts paraphrase PRELUDE (Gao et al. 2024); inference sees neither the context nor what guided the draft.
"""

from collections.abc import Sequence

from generation.port import GenerationParams, LanguageModel, Message
from personalization.ports import PastEdit

# A short phrase was asked for; a small model goes on and on.
_PHRASE = GenerationParams(max_tokens=24, stop=("\n",))
_INFER = (
    "Based on the edits and revision by this user, what do you find about this user's generic preference in writing "
    "style and formatting? Answer in a short phrase and only recommend preferences that are widely used."
)
_AGGREGATE = "Based on these, come up with one short phrase with the most represented writing preferences of this user."


async def infer(model: LanguageModel, edits: Sequence[PastEdit]) -> str:
    """A short description of what the edits have in common; may be empty. Raises GenerationError."""
    shown = "\n\n".join(f"Original text:\n{edit.draft}\n\nRevised by the user:\n{edit.edited}" for edit in edits)
    return await _phrase(model, f"{shown}\n\n{_INFER}")


async def aggregate(model: LanguageModel, preferences: Sequence[str]) -> str | None:
    """One description of several; the empty ones are skipped, and a single distinct one needs no model.

    Raises GenerationError."""
    distinct = list(dict.fromkeys(filter(None, preferences)))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    listed = "\n".join(f"- {preference}" for preference in distinct)
    asked = f"These preferences of a user were successfully used to write similar texts:\n{listed}\n\n{_AGGREGATE}"
    return await _phrase(model, asked) or distinct[0]


async def _phrase(model: LanguageModel, asked: str) -> str:
    completion = await model.complete((Message("user", asked),), _PHRASE)
    return " ".join(completion.text.split()).strip(' "')
