"""Opaque cursors for lists that are ordered by (time, id)."""

import base64
import binascii
from datetime import datetime

from app.problems import Problem


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
