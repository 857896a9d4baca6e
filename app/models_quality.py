"""The SQL table of quality figures that were counted before. Describes tables; opens no connection."""

from typing import Any

from sqlmodel import Field, SQLModel

from app.models import json_field


class QualityTile(SQLModel, table=True):
    """What was counted of the turns that were asked in one stretch of time, in UTC: an hour, a day or a month.

    Never out of date: triggers (the revision that made this table) delete the tiles of a turn's time with every change
    to the turn, its events, its edits and its exposures, in the transaction of that change; cascades fire them too, so
    an erased conversation and a forgotten person leave no figure that counted them. Holds counts by version of a model
    and by document id, and no id or text of a person.
    """

    span: str = Field(primary_key=True)  # 2026-05, 2026-05-04 or 2026-05-04 09
    what: str = Field(primary_key=True)  # all | versions | documents
    figures: dict[str, Any] = json_field()
