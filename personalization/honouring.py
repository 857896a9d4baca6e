"""Whether a text is as a preference wants it: forms that do not fit a text are left out. Knows no row."""

import re
from collections.abc import Sequence

from personalization.ports import Transformation
from personalization.transformations import rendering

# Any answer: what a frame cannot be put around here, it cannot be put around any.
_ANY = "The hall opens at nine [1]. It closes at ten, and nobody stays overnight."


def can_be_done(wish: Transformation) -> bool:
    """Whether what it puts around texts can be put around one: a citation of its own, for one, is refused."""
    return not _frame(wish) or _is_there(wish, wish.apply(_ANY))


def honoured(wishes: Sequence[Transformation], written: str, shaped: str) -> list[bool]:
    """Of each wish, whether `shaped`, which all of them together made of `written`, is as it wants it."""
    return [_is_honoured(at, wishes, written, shaped) for at in range(len(wishes))]


def _is_honoured(at: int, wishes: Sequence[Transformation], written: str, shaped: str) -> bool:
    wish = wishes[at]
    raw: Transformation = getattr(wish, "wish", wish)  # a careful one leaves alone what it must not change
    if _frame(wish):
        return _is_there(wish, shaped)
    if raw.apply(shaped) == shaped or raw.apply(written) == written:
        return True
    # others may have gone on from what it did
    return rendering([*wishes[:at], *wishes[at + 1 :]])(written).strip() != shaped.strip()


def _frame(wish: Transformation) -> str:
    """What it puts around a text, or at one place of it; empty where it does something else."""
    return str(wish.parameters.get("literal") or wish.parameters.get("text") or "").strip()


def _is_there(wish: Transformation, text: str) -> bool:
    said = " ".join(text.split())
    return all(" ".join(part.split()) in said for part in re.split(r"\{\d\}", _frame(wish)))
