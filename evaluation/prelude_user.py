"""The simulated person: the smallest span edits that satisfy a hidden style, or none. Learns and renders nothing.

It shares no code with learners or renderers, and prelude_user.lock holds the hashes of the files it consists of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.errors import DataError
from evaluation.prelude_operators import Operator
from evaluation.prelude_text import patch

_PASSES = 8  # demands disturb each other once or twice, as a new closing line a limit of words; more is a contradiction


@dataclass(frozen=True)
class Style:
    """What a person wants of one source: in words, which the oracle is told, and as operators in their order."""

    task: str
    source: str
    description: str
    operators: tuple[Operator, ...]


class SimulatedUser:
    """Edits drafts by operators alone; deterministic."""

    version = "operators@1"

    async def edit(self, draft: str, style: Style) -> str:
        """The draft as this person leaves it: itself where the style is satisfied. Raises DataError."""
        return revise(draft, style)


def revise(draft: str, style: Style) -> str:
    """Apply the operators in order until none finds a violation. Raises DataError where two undo each other."""
    text = draft
    for _ in range(_PASSES):
        if not unsatisfied(text, style.operators):
            return text
        for operator in style.operators:
            text = patch(text, operator.apply(text))
    against = ", ".join(operator.name for operator in unsatisfied(text, style.operators))
    raise DataError(
        f"style of {style.source!r} ({style.task}) contradicts itself: {against} cannot be satisfied together with the "
        f"rest for {draft[:80]!r}; change their order or parameters"
    )


def unsatisfied(text: str, operators: Sequence[Operator]) -> list[Operator]:
    """The operators that find something to change."""
    return [operator for operator in operators if operator.apply(text)]
