"""What crosses the REST door about pages of documents. Like app/schemas.py it imports nothing else of ours."""

from pydantic import BaseModel


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
