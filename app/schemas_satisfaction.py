"""What crosses the REST door about how content people were. Imports nothing of ours."""

from pydantic import BaseModel, Field


class Bin(BaseModel):
    """Answers whose chance fell in a stretch of a fifth, and how many of them were voted up."""

    above: float = Field(
        description="Where the stretch begins: 0, 0.2, ... 0.8. Stretches without an answer are left out."
    )
    n: int = Field(description="Voted answers in it.")
    mean_chance: float = Field(description="Their mean chance; the nearer to `share_up`, the truer the chances.")
    share_up: float = Field(description="The share of them that was voted up.")


class SatisfactionPublic(BaseModel):
    """How the chance is made that somebody was content, and how far votes bear it out. Every voted answer is judged as
    if nobody had voted on it."""

    version: str = Field(description="Of the weights and of what votes taught; the same is logged with every chance.")
    weights: dict[str, float] = Field(description="Log-odds by input: declared, not learned.")
    slope: float = Field(description="Of the log-odds, learned from votes; 1 while there are too few.")
    offset: float = Field(description="Added to them, learned from votes; 0 while there are too few.")
    n: int = Field(description="Voted answers, of one person no more than 50.")
    brier: float | None = Field(description="Mean squared error of the chance; less is better. null without votes.")
    brier_declared: float | None = Field(description="The same of the chance without what votes taught.")
    brier_base: float | None = Field(description="The same of always saying the share of votes up.")
    bins: list[Bin] = Field(description="The lowest first.")
