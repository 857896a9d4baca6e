"""The SQL table of quality figures that were counted before, and the indexes that figures and themes rest on. Describes
tables; opens no connection."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models import Feedback, Turn, json_field, table

COMPLAINT = sa.text("kind IN ('down', 'next_message', 'not_relevant', 'wrong')")  # of Feedback, as its index has it
_TURNS, _EVENTS = table(Turn).c, table(Feedback).c


class QualityTile(SQLModel, table=True):
    """What was counted of the turns that were asked in one stretch of time, in UTC: an hour, a day or a month.

    Never out of date: triggers (revisions 0011 and 0016) delete the tiles of a turn's time with every change
    to the turn, its events, its edits and its exposures, in the transaction of that change; cascades fire them too, so
    an erased conversation and a forgotten person leave no figure that counted them. Holds counts by version of a model
    and by document id, and no id or text of a person.
    """

    span: str = Field(primary_key=True)  # 2026-05, 2026-05-04 or 2026-05-04 09
    what: str = Field(primary_key=True)  # all | versions | documents
    figures: dict[str, Any] = json_field()


sa.Index("ix_turn_created", _TURNS.created_at)
sa.Index("ix_turn_person_created", _TURNS.person_id, _TURNS.created_at)
# Of what is sought alone: on whole indexes of abstentions and kinds SQLite would rest queries of other things, too.
sa.Index(
    "ix_turn_abstained",
    _TURNS.created_at,
    sqlite_where=sa.text("abstained IS 1"),
    postgresql_where=sa.text("abstained IS true"),
)
sa.Index("ix_feedback_complaint", _EVENTS.kind, _EVENTS.created_at, sqlite_where=COMPLAINT, postgresql_where=COMPLAINT)
