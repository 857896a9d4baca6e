"""What a person says outright about how they want texts, read by patterns; what these do not know stays unread."""

import re

from personalization.dimension import Wish
from personalization.dimensions import restore
from personalization.ports import Transformation

_NO = r"(?:no|without|avoid|never use|do ?n[o']t use|don’t use|keine?|ohne)"
_STATEMENTS: tuple[tuple[str, dict[str, object]], ...] = (
    (rf"\b{_NO} contractions\b", {"dimension": "contractions", "use": False}),
)


def read(statement: str) -> tuple[Transformation, ...]:
    """The transformations that a statement asks for; empty where it is not understood."""
    found = [
        restore({"kind": "dimension", **wish})
        for pattern, wish in _STATEMENTS
        if re.search(pattern, statement, re.IGNORECASE)
    ]
    by_key: dict[str, Wish] = {wish.key: wish for wish in found}
    return tuple(by_key.values())
