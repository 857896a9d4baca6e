"""Claims with the evidence that they cite and what people said of it (form C), cut as the product cuts documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from evaluation.datasets import Row, Text, unique_rows

WINDOW = 120  # words of a piece: with the claim it fits the window of a small encoder
STEP = 90  # words from one piece to the next: what a cut tears apart stands whole in the neighbour

Support = Literal["supported", "partial", "unsupported"]


class Claim(Row):
    """A sentence of an answer with the texts that it cites."""

    id: str
    claim: str
    question: Text = ""
    evidence: tuple[str, ...]
    label: Support
    source: str | None = None

    @property
    def supported(self) -> bool:
        """Whether all of it is; what is supported in part must not pass for supported."""
        return self.label == "supported"

    def pieces(self) -> list[str]:
        """The evidence in overlapping pieces of WINDOW words; one empty piece where there is none."""
        words = " ".join(self.evidence).split()
        return [" ".join(words[start : start + WINDOW]) for start in _starts(len(words))]


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Read a file of claims. Raises DataError."""
    return unique_rows(path, Claim)


def _starts(words: int) -> Iterator[int]:
    start = 0
    yield start
    while start + WINDOW < words:
        start += STEP
        yield start
