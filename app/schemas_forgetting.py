"""What crosses the REST door when an admin has a person forgotten."""

from pydantic import Field

from app.schemas import RequestBody


class ForgetRequest(RequestBody):
    """Whom to forget."""

    email: str = Field(max_length=254)
