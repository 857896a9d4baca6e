"""Standing rules: stated preferences that say which documents answers may come from. Knows no HTTP.

A rule is a preference in its person's words, so it is shown, narrowed, switched off, deleted and exported as one.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from app import documents
from app.models_preferences import Preference
from personalization.standing_rules import StandingRule, read_rule

Row = TypeVar("Row", bound=Preference)


def rule_of(row: Preference) -> StandingRule | None:
    """The rule that a preference states; what was learned from edits is about style."""
    return read_rule(row.description) if row.source == "stated" else None


def split_rules(rows: Iterable[Row]) -> tuple[list[tuple[Row, StandingRule]], list[Row]]:
    """The rules among preferences, and the others."""
    rules, others = list[tuple[Row, StandingRule]](), list[Row]()
    for row in rows:
        if (rule := rule_of(row)) is not None:
            rules.append((row, rule))
        else:
            others.append(row)
    return rules, others


async def within(session: AsyncSession, person_id: str, rules: Sequence[StandingRule]) -> frozenset[str]:
    """Ids of this person's documents that every one of the rules allows."""
    shelf = await documents.shelf(session, person_id)
    return frozenset(one for one, *seen in shelf if all(rule.allows(*seen) for rule in rules))
