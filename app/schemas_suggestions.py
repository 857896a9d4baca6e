"""What crosses the REST door about follow-up questions. Like app/schemas.py it imports nothing else of ours."""

from pydantic import BaseModel


class SuggestionPublic(BaseModel):
    """A question that your documents answer, and the place that speaks for it."""

    question: str
    document_id: str
    title: str
    heading: str | None


class SuggestionsPublic(BaseModel):
    items: list[SuggestionPublic]  # three at most; none where nothing near the answer can be asked, or you want none
