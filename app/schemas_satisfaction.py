"""What crosses the REST door about how content people were. Imports nothing of ours."""

from pydantic import BaseModel


class Bin(BaseModel):
    """Answers whose chance fell in a stretch, and how many of them were voted up."""

    above: float
    n: int
    mean_chance: float
    share_up: float


class SatisfactionPublic(BaseModel):
    """How the chance is made, and how far votes bear it out. Every voted answer is judged as if nobody had voted."""

    version: str
    weights: dict[str, float]  # log-odds by input: declared, not learned
    slope: float  # of the log-odds, learned from votes; 1 and 0 while there are too few
    offset: float
    n: int  # voted answers
    brier: float | None  # mean squared error of the chance; of the declared one below
    brier_declared: float | None
    brier_base: float | None  # of saying the share of votes up, always
    bins: list[Bin]
