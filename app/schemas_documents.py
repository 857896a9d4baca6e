"""What crosses the REST door about documents on their way in and their pages. Like app/schemas.py it imports nothing
else of ours."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from app.schemas import RequestBody


class MarkPublic(BaseModel):
    """A box on a page, as shares of its width and height, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


class DocumentPagePublic(BaseModel):
    """One page of a PDF: how many there are, how large it is, and where the asked-for text stands on it."""

    page: int
    pages: int
    width: float  # points
    height: float
    quotes: list[str]  # what was to be marked
    marks: list[MarkPublic]  # empty where the text was not found on the page: a scan, or a table read row by row


class ArrivalPublic(BaseModel):
    """A document that is on its way in, the job that reads it, and how far that is."""

    document_id: str
    name: str
    passages: int  # above 0: it is being read anew, and was there before
    job_id: str
    stage: str = "queued"
    done: int = 0  # of `total` passages in this stage; 0 of 0 where nobody knows yet
    total: int = 0


class UrlIngest(RequestBody):
    """A public web address of a page or file."""

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2_000)]


class UrlIngestPublic(BaseModel):
    """Whether this installation fetches from web addresses, and what a file may have there."""

    allowed: bool
    max_bytes: int


class RereadPublic(BaseModel):
    """How many documents are read again, and how many wait for another call because of the limit on uploads."""

    queued: int
    left: int
