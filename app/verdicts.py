"""A person's verdicts on sources, read for the question at hand. Changes nothing, and reads nobody else's."""

from collections.abc import Iterable

from sqlmodel import col, select

from agents.past import look_back_in
from agents.verdicts import Verdicts
from app.db import Database
from app.feedback import HELPS, VERDICTS
from app.models import Exposure, Feedback, Turn, utc_now
from app.same_question import is_reasked


class StoredVerdicts:
    """agents.verdicts.VerdictLog over the log of feedback."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, person_id: str, question: str, passage_ids: Iterable[str]) -> Verdicts:
        """The last word on each passage, where nearly the same was asked; one that was withdrawn is none. `question` is
        of a look back its topic, "" where it has none."""
        query = (
            select(Exposure.passage_id, Feedback.kind, Turn.standalone_question, Turn.question)
            .join(Feedback, col(Feedback.exposure_id) == Exposure.id)
            .join(Turn, col(Turn.id) == Exposure.turn_id)
            .where(
                Exposure.person_id == person_id,
                Feedback.person_id == person_id,
                col(Exposure.passage_id).in_(list(passage_ids)),
                col(Feedback.kind).in_(list(VERDICTS)),
            )
            .order_by(col(Feedback.created_at), col(Feedback.id))
        )
        async with self._database.session() as session:
            rows = (await session.exec(query)).all()
        said = {passage: kind for passage, kind, alone, asked in rows if _asks(alone or asked, question)}
        return Verdicts(
            frozenset(passage for passage, kind in said.items() if HELPS.get(kind) is True),
            frozenset(passage for passage, kind in said.items() if HELPS.get(kind) is False),
        )


def _asks(before: str, question: str) -> bool:
    """Whether it was this that was asked; what looks back is compared by its topic."""
    looked_back = look_back_in(before, utc_now())
    topic = before if looked_back is None else looked_back.topic
    return topic == question or is_reasked(topic, question)
