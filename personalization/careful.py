"""A preference as it is done to an answer: whatever fails, or would change what is claimed, is not done.

Knows neither the person nor the answer's sources.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from personalization.facts import split
from personalization.ports import Transformation
from personalization.swaps import Swap

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Careful:
    """A transformation that was learned on other texts: it leaves alone each text that it would say otherwise.

    The judge is the one that tells style from fact in an edit, so nothing is done that could not have been learned."""

    wish: Transformation

    @property
    def key(self) -> str:
        return self.wish.key

    @property
    def description(self) -> str:
        return self.wish.description

    @property
    def parameters(self) -> Mapping[str, Any]:
        return self.wish.parameters

    @property
    def phase(self) -> float | None:
        return getattr(self.wish, "phase", None)

    def apply(self, text: str) -> str:
        return self._unless_it_fails(self._done, text)

    def undo(self, text: str) -> str:
        """The text without what this put around one."""
        undo = getattr(self.wish, "undo", None)
        return text if undo is None else self._unless_it_fails(undo, text)

    def _done(self, text: str) -> str:
        done = self.wish.apply(text)
        if done == text:
            return text
        # What the person is known to put around any text claims nothing of this one.
        framing = [str(self.parameters[name]) for name in ("literal", "text") if name in self.parameters]
        return text if split(text, done, (), framing, self._agreed).facts else done

    def _agreed(self, swap: Swap) -> bool:
        """The words that it puts for others were found to say the same where it was learned."""
        wanted = [str(self.parameters.get(name, "")).strip().lower() for name in ("old", "new")]
        return [swap.old, swap.new] == wanted

    def _unless_it_fails(self, change: Callable[[str], str], text: str) -> str:
        try:
            return change(text)
        except Exception:  # no form is worth an answer, and it may come from another release
            log.exception("the preference %r was not applied", self.key)
            return text
