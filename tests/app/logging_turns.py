"""Turns as rows of the log, with what people did to them, for the tests of figures about quality."""

import itertools
import uuid
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.db import Database
from app.models import Conversation, Exposure, Feedback, Person, Turn
from app.models_preferences import Edit

_numbers = itertools.count()


class Log:
    """Writes the log of one home; ids are `t1`, `e1`, ... in the order of writing."""

    def __init__(self, database: Database, *people: Person) -> None:
        self.database, self.people = database, people

    async def turn(self, at: datetime, *, person: int = 0, shown: str = "", **fields: Any) -> str:
        """A turn of a person; `shown` names a document a word, `*` before one that was selected, `**` cited."""
        who, turn = self.people[person], f"t{next(_numbers)}"
        values = {"question": "Where?", "answer": "There.", "draft": "There.", "state": "complete"} | fields
        async with self.database.session() as session:
            talk = Conversation(person_id=who.id, title="Talk")
            session.add(talk)
            await session.flush()
            session.add(Turn(id=turn, conversation_id=talk.id, person_id=who.id, created_at=at, **values))
            await session.flush()
            for rank, word in enumerate(shown.split(), start=1):
                session.add(_exposure(turn, who.id, rank, word))
        return turn

    async def say(self, turn: str, kind: str, at: datetime, rank: int | None = None, /, **value: Any) -> None:
        """An event on a turn, or on what was shown at a rank."""
        async with self.database.session() as session:
            session.add(
                Feedback(
                    id=f"f{next(_numbers)}",
                    person_id=await _owner(session, turn),
                    turn_id=turn,
                    exposure_id=exposure_id(turn, rank) if rank else None,
                    kind=kind,
                    value=value,
                    created_at=at,
                )
            )

    async def edit(self, turn: str, cost: float) -> None:
        async with self.database.session() as session:
            who = await _owner(session, turn)
            session.add(Edit(person_id=who, turn_id=turn, draft="There.", text="Here.", cost=1, cost_normalised=cost))


def exposure_id(turn: str, rank: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{turn} {rank}"))


def _exposure(turn: str, person: str, rank: int, word: str) -> Exposure:
    document = word.lstrip("*")
    return Exposure(
        id=exposure_id(turn, rank),
        turn_id=turn,
        person_id=person,
        kind="document" if document not in ("fact", "conversation") else document,
        document_id=document,
        passage_id=f"p-{document}",
        document_name=f"{document}.pdf",
        title=document,
        text="A passage.",
        rank=rank,
        score=1 / rank,
        selected=word.startswith("*"),
        cited=word.startswith("**"),
    )


async def _owner(session: AsyncSession, turn: str) -> str:
    found = await session.get(Turn, turn)
    assert found is not None
    return found.person_id
