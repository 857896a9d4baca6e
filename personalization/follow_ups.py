"""How likely praise is as the next message, against complaint: follow-up likelihood (FLR). Knows no log.

After FED (Mehri and Eskenazi 2020) and FLR: fixed follow-ups of six dimensions, worded here, each scored as what the
person says next. The score is the mean log-probability of exactly the follow-up's tokens, each given all before it, in
nats per token; FLR's released code reads raw logits at the place of the token itself, one too late, which is mended by
asking the port. The model speaks as the person, so the roles are exchanged, as FLR does for its fitted variant.
"""

import asyncio
from collections.abc import Mapping, Sequence

from generation.port import LanguageModel, Message, Role
from personalization.signals import Line

# Dimension -> what somebody content says, and somebody who is not.
FOLLOW_UPS: Mapping[str, tuple[str, str]] = {
    "understanding": ("Yes, that is what I meant.", "That is not what I was asking."),
    "relevance": ("This is just what I was looking for.", "That has nothing to do with my question."),
    "correctness": ("That is right.", "That is wrong."),
    "engagingness": ("That is very interesting.", "That does not interest me at all."),
    "informativeness": ("I learned a lot from that.", "That tells me nothing."),
    "following": ("You did just what I asked for.", "You did not do what I asked for."),
}
_OPENING = Message("user", "Please ask me a question, and then say what you think of my answer.")
_LINES, _LETTERS = 6, 600  # of the conversation, the latest: what is older moves a follow-up little


async def follow_up_likelihood(model: LanguageModel, before: Sequence[Line]) -> float:
    """Mean over the dimensions of praise less complaint, in nats per token; above 0 where praise is likelier. `before`
    ends with the answer. Raises GenerationError."""
    said = _exchanged(before)
    scored = await asyncio.gather(*(_mean(model, said, text) for pair in FOLLOW_UPS.values() for text in pair))
    praise, complaint = scored[::2], scored[1::2]
    return sum(one - other for one, other in zip(praise, complaint, strict=True)) / len(FOLLOW_UPS)


async def _mean(model: LanguageModel, said: Sequence[Message], follow_up: str) -> float:
    return (await model.score(said, follow_up)).mean


def _exchanged(before: Sequence[Line]) -> list[Message]:
    """The conversation with the person as the assistant; what one says in several messages is one."""
    messages = [_OPENING]
    for line in before[-_LINES:]:
        role: Role = "assistant" if line.by_person else "user"
        text = line.text[:_LETTERS]
        if messages[-1].role == role:
            text = f"{messages.pop().content}\n{text}"
        messages.append(Message(role, text))
    return messages
