"""Which conversations hold some words, as a condition of SQL: in the title, in what was asked, or in what was answered.

Knows no HTTP and runs nothing itself.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select

from app.containing import holds, words_of
from app.models import Conversation, Turn


def matching(person_id: str, sought: str) -> Sequence[ColumnElement[bool]]:
    """One condition for each word of `sought`, a part of a word counting too; none for nothing but blanks. An answer
    that its person rewrote is searched as they wrote it."""
    return [_said(person_id, word) for word in words_of(sought)]


def _said(person_id: str, word: str) -> ColumnElement[bool]:
    shown = func.coalesce(Turn.edited_answer, Turn.answer)
    in_turn = or_(holds(col(Turn.question), word), holds(shown, word))
    # A list that is made once: by conversation, SQLite would read all turns of the person for each of them.
    among = select(Turn.conversation_id).where(Turn.person_id == person_id, in_turn)
    return or_(holds(col(Conversation.title), word), col(Conversation.id).in_(among))
