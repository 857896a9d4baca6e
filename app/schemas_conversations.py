"""What crosses the REST door when a conversation is begun or renamed, and how its turns belong together. ui may import
it, so it imports nothing else of ours."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from app.schemas import RequestBody, TurnPublic

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConversationCreate(RequestBody):
    title: str | None = Field(default=None, max_length=200)


class ConversationUpdate(RequestBody):
    title: Title


def by_question(turns: Iterable[TurnPublic]) -> list[list[TurnPublic]]:
    """The turns of a conversation, those that answer the same question together; questions and answers as they came."""
    found: dict[str, list[TurnPublic]] = {}
    for turn in turns:
        found.setdefault(turn.regenerates or turn.id, []).append(turn)
    return list(found.values())


def shown_of(siblings: Sequence[TurnPublic]) -> TurnPublic:
    """The one of all answers to a question that is seen; the last one where two were asked for at once."""
    return next((turn for turn in reversed(siblings) if turn.shown), siblings[-1])
