"""What crosses the REST door when a conversation is begun or renamed. ui may import it, so it imports nothing else of
ours."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.schemas import RequestBody

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConversationCreate(RequestBody):
    title: str | None = Field(default=None, max_length=200)


class ConversationUpdate(RequestBody):
    title: Title
