"""Which conversations hold some words, as a condition of SQL: in the title, in what was asked, or in what was answered.

Knows no HTTP and runs nothing itself.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlmodel import col, func, or_, select

from app.models import Conversation, Turn

MOST_WORDS = 12  # that are looked for, the longest: each of them reads every conversation once


def matching(person_id: str, sought: str) -> Sequence[ColumnElement[bool]]:
    """One condition for each word of `sought`, a part of a word counting too; none for nothing but blanks. An answer
    that its person rewrote is searched as they wrote it."""
    words = sorted(set(sought.split()), key=lambda word: (-len(word), word))[:MOST_WORDS]
    return [_said(person_id, word) for word in words]


def _said(person_id: str, word: str) -> ColumnElement[bool]:
    shown = func.coalesce(Turn.edited_answer, Turn.answer)
    in_turn = or_(_holds(col(Turn.question), word), _holds(shown, word))
    # A list that is made once: by conversation, SQLite would read all turns of the person for each of them.
    among = select(Turn.conversation_id).where(Turn.person_id == person_id, in_turn)
    return or_(_holds(col(Conversation.title), word), col(Conversation.id).in_(among))


def _holds(text: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    # SQLite, and PostgreSQL in the C locale, fold the case of ASCII only: other letters are looked for in each case.
    forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return or_(*(text.icontains(form, autoescape=True) for form in sorted(forms)))
