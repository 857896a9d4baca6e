"""Lists that are ordered by (time, id), newest first, and the opaque cursors that go on in them."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlmodel import col, or_
from sqlmodel.sql.expression import SelectOfScalar

from app.problems import Problem

Row = TypeVar("Row")
Key = tuple[datetime, str]  # (time, id) of a row


def encode_cursor(at: datetime, identifier: str) -> str:
    """The cursor that continues after the row with this time and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{identifier}".encode()).decode()


def decode_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The (time, id) a cursor stands for; None for no cursor. Raises Problem 422 for one we did not give out."""
    if cursor is None:
        return None
    try:
        at, identifier = base64.urlsafe_b64decode(cursor.encode()).decode().split("|", 1)
        if "\0" in identifier:  # PostgreSQL refuses to compare with it
            raise ValueError(identifier)
        return datetime.fromisoformat(at), identifier
    except (ValueError, binascii.Error):
        raise Problem(
            422, "the cursor is not one of ours: pass the `next_cursor` of the previous page unchanged"
        ) from None


def cursor_after(found: Sequence[Row], limit: int, key: Callable[[Row], Key]) -> str | None:
    """The cursor of the next page; None where no more than `limit` rows were found of the `limit` + 1 asked for."""
    return encode_cursor(*key(found[limit - 1])) if len(found) > limit else None


def newest_first(
    query: SelectOfScalar[Row], at: datetime, identifier: str, limit: int, before: Key | None
) -> SelectOfScalar[Row]:
    """One page of `query` by its columns `at` and `identifier`; `before` is the key of the last row already seen."""
    if before is not None:
        when, seen = before
        query = query.where(or_(col(at) < when, (col(at) == when) & (col(identifier) < seen)))
    return query.order_by(col(at).desc(), col(identifier).desc()).limit(limit)
