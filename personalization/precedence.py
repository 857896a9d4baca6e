"""Which of two wishes gives way to the other; knows neither contexts nor confidence."""

from functools import lru_cache

from personalization.ports import Transformation
from personalization.proposals import identity

# Something for every form to be seen on: what is tried needs no model and no text of the person's.
_TRIED_ON = (
    "The hall doesn't open before 9 and it cannot close at 10 [1]. Perhaps 40 guests come, and Anna Weber greets them. "
    "However, they do not stay overnight. **Members** can't say why [2]."
)


def gives_way(one: Transformation, first: Transformation) -> bool:
    """Whether `one` must not be done beside `first`: both are about the same thing, or `first` takes back all that
    `one` does."""
    return one.key == first.key or _is_taken_back(_Seen(one), _Seen(first))


class _Seen:
    """A transformation that is equal to every other one with its parameters."""

    def __init__(self, transformation: Transformation) -> None:
        self.apply, self.identity = transformation.apply, identity(transformation)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Seen) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


@lru_cache(4096)
def _is_taken_back(one: _Seen, first: _Seen) -> bool:
    text = first.apply(_TRIED_ON)
    done = one.apply(text)
    left = first.apply(done)
    if done.split() == text.split():
        return done != text and left == text
    return left.split() == text.split()  # blanks may have moved where a list was taken apart
