"""What crosses the REST door about comparisons. Imports nothing of ours but app/schemas*.py."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.schemas import RequestBody, TurnPublic
from app.schemas_feedback import Key

Choice = Literal["a", "b", "tie"]


class SecondAnswerRequest(RequestBody):
    """The other answer, as events or whole."""

    stream: bool = True


class ChoiceCreate(RequestBody):
    """Which answer is better; the last word counts. The same `key` again is the same word."""

    key: Key
    choice: Choice


class ComparisonPublic(BaseModel):
    """Two answers to one question; `b` is None until it has been asked for."""

    id: str
    a: TurnPublic
    b: TurnPublic | None
    choice: Choice | None
    created_at: datetime


class ComparedPair(BaseModel):
    """What people chose between two versions. A comparison counts once, by the last word on it."""

    kind: str = Field(description="Of the models that differ: generator, retriever, selector or verifier.")
    champion: str = Field(description="What answered everybody then, as the registry calls it.")
    challenger: str = Field(description="What it was compared with.")
    offered: int = Field(description="Questions that chance chose.")
    n: int = Field(description="Of them, those with a choice: wins + losses + ties.")
    people: int = Field(description="Who chose.")
    wins: int = Field(description="The challenger was preferred.")
    losses: int = Field(description="The champion was preferred.")
    ties: int = Field(description="Neither was better.")
    first_chosen: int = Field(
        description="Wins and losses in which the answer that was written first was preferred: about half of them "
        "where its place did not matter."
    )
    share: float | None = Field(description="(wins + ties / 2) / n")
    interval: tuple[float, float] | None = Field(description="95 % of the share of wins among wins and losses, Wilson")
    p_value: float | None = Field(description="two-sided sign test of wins against losses; comparisons are independent")


class ComparisonsPublic(BaseModel):
    """Every pair of versions that was compared, the one of the newest comparison first."""

    items: list[ComparedPair]
