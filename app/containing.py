"""Whether a text of the database holds words, as conditions of SQL. Knows no table."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlmodel import or_

MOST_WORDS = 12  # that are looked for, the longest: each of them reads every row once


def words_of(sought: str) -> Sequence[str]:
    """What is looked for, each once; none for nothing but blanks."""
    return sorted(set(sought.split()), key=lambda word: (-len(word), word))[:MOST_WORDS]


def holds(text: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    """Whatever the case; a part of a word counts too."""
    # SQLite, and PostgreSQL in the C locale, fold the case of ASCII only: other letters are looked for in each case.
    forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return or_(*(text.icontains(form, autoescape=True) for form in sorted(forms)))
