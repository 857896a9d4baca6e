"""What a person said of sources when they asked this before: it holds for them and this question from then on.

Knows no store and no other person: a verdict moves nothing for anybody else, and nothing for another question.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from retrieval.ports import Selector
from retrieval.types import Hit, Selection


@dataclass(frozen=True)
class Verdicts:
    """Ids of passages, facts and earlier turns: those that helped, and those that did not belong or were wrong."""

    helped: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


class VerdictLog(Protocol):
    """The verdicts of one person; nothing of another person is ever returned."""

    async def of(self, person_id: str, question: str, passage_ids: Iterable[str]) -> Verdicts:
        """What the person said last of these passages where they asked nearly the same."""


class NoVerdicts:
    """Nothing was ever said of anything."""

    async def of(self, person_id: str, question: str, passage_ids: Iterable[str]) -> Verdicts:  # noqa: ARG002 (the port)
        return Verdicts()


def heeded(hits: Iterable[Hit], verdicts: Verdicts) -> tuple[Hit, ...]:
    """The hits that were not refused, those that helped first: of what was said before, which no document holds."""
    kept = [hit for hit in hits if hit.passage.id not in verdicts.refused]
    return tuple(sorted(kept, key=lambda hit: hit.passage.id not in verdicts.helped))


async def selected(selector: Selector, question: str, hits: Sequence[Hit], verdicts: Verdicts) -> Selection:
    """What the selector keeps of the hits that were not refused, behind those that helped: these it need not like."""
    offered = [hit for hit in hits if hit.passage.id not in verdicts.refused]
    found = await selector.select(question, offered) if offered else Selection((), {})
    helped = [hit for hit in offered if hit.passage.id in verdicts.helped]
    kept = (*helped, *(hit for hit in found.kept if hit.passage.id not in verdicts.helped))
    return replace(found, kept=kept)
