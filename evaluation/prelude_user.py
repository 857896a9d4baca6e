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
        """The draft as this person leaves it: itself where the style is satisfied.

        Where one draft brings two demands to undo each other, they give up and leave it as it then is."""
        return _edited(draft, style.operators)


def revise(draft: str, style: Style) -> str:
    """The edited draft. Raises DataError where the style's demands undo each other."""
    text = _edited(draft, style.operators)
    if against := ", ".join(operator.name for operator in unsatisfied(text, style.operators)):
        raise DataError(
            f"style of {style.source!r} ({style.task}) contradicts itself: {against} cannot be satisfied together with "
            f"the rest for {draft[:80]!r}; change their order or parameters"
        )
    return text


def _edited(text: str, operators: Sequence[Operator]) -> str:
    """Apply the operators in order until none finds a violation, or they have had their passes."""
    for _ in range(_PASSES):
        if not unsatisfied(text, operators):
            break
        for operator in operators:
            text = patch(text, operator.apply(text))
    return text


def unsatisfied(text: str, operators: Sequence[Operator]) -> list[Operator]:
    """The operators that find something to change."""
    return [operator for operator in operators if operator.apply(text)]
