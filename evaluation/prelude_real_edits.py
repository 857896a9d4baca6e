"""Edits of real people as trials: what a writer made of a draft, and whose descriptions compete to foretell it.

Reads form E (edits.jsonl: id, user, context, draft, edited, and decision where edits were judged, not made). A learner
has seen, of each writer, only what came before their edit of the draft in question. Knows no model and no figure.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from evaluation.datasets import read_rows
from evaluation.errors import DataError
from personalization.ports import Guidance, Learner

CONTROLS = 2  # other writers whose descriptions compete where nobody else edited the draft


class RealEdit(BaseModel):
    """A draft and what one person made of it; a rejected suggestion leaves the draft as it was."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    user: str
    context: str = ""
    draft: str
    edited: str
    decision: Literal["accept", "reject"] | None = None
    document: str | None = None

    @property
    def shown(self) -> str:
        """What the person had before them and did not leave so."""
        return self.edited if self.decision == "reject" else self.draft

    @property
    def wanted(self) -> str:
        """The text as this person wants it."""
        return self.draft if self.decision == "reject" else self.edited

    @property
    def stratum(self) -> tuple[str, str, str]:
        """What was edited: the same for all who had the same draft, and the same suggestion where there was one."""
        return (self.document or "", self.draft, self.edited if self.decision else "")


@dataclass(frozen=True)
class Trial:
    """One writer's text and the guidance that each candidate's earlier edits gave; `guidances[edit.user]` is theirs."""

    edit: RealEdit
    guidances: Mapping[str, Guidance]


def read_edits(folder: Path) -> tuple[RealEdit, ...]:
    """Read edits.jsonl in its order, which is the order of time within a writer. Raises DataError."""
    path = folder / "edits.jsonl"
    found = read_rows(path, RealEdit)
    if len({edit.user for edit in found}) < 2:
        raise DataError(f"{path}: edits of at least two people are needed to tell them apart")
    return found


def targets(edits: Sequence[RealEdit]) -> list[RealEdit]:
    """Edits that can be foretold: a text is left, something was changed, and their writer has edited before."""
    begun: set[str] = set()
    found = []
    for edit in edits:
        if edit.user in begun and edit.wanted.strip() and edit.wanted != edit.shown:
            found.append(edit)
        begun.add(edit.user)
    return found


async def trials(
    edits: Sequence[RealEdit], wanted: Sequence[RealEdit], make_learner: Callable[[], Learner]
) -> list[Trial]:
    """Let one learner a writer take in their edits one by one, and ask it before each edit that is wanted."""
    candidates = _candidates(edits, wanted)
    per_writer = {user: [edit for edit in edits if edit.user == user] for user in {edit.user for edit in edits}}
    learners = {user: make_learner() for user in per_writer}
    found: dict[tuple[str, str], Guidance] = {}  # (id of the wanted edit, candidate) -> guidance
    for turn in range(max(map(len, per_writer.values()))):
        asked = [(edit, user) for edit in wanted for user, at in candidates[edit.id].items() if at == turn]
        given = await asyncio.gather(*(learners[user].guide(edit.context or edit.shown) for edit, user in asked))
        found |= {(edit.id, user): guidance for (edit, user), guidance in zip(asked, given, strict=True)}
        await asyncio.gather(
            *(_learn(learners[user], own[turn]) for user, own in per_writer.items() if turn < len(own))
        )
    return [Trial(edit, {user: found[edit.id, user] for user in candidates[edit.id]}) for edit in wanted]


async def _learn(learner: Learner, edit: RealEdit) -> None:
    used = await learner.guide(edit.context or edit.shown)
    await learner.learn(edit.context or edit.shown, edit.shown, edit.wanted, used)


def _candidates(edits: Sequence[RealEdit], wanted: Sequence[RealEdit]) -> dict[str, dict[str, int]]:
    """For each wanted edit the competing writers and how many of their edits each may have seen.

    Those who had the same draft, each as before their own edit of it; where nobody did, drawn others with as many
    edits behind them as the writer, or all they have."""
    places: dict[str, int] = {}
    counts: dict[str, int] = {}
    together: dict[tuple[str, str, str], list[RealEdit]] = {}
    for edit in edits:
        places[edit.id] = counts.get(edit.user, 0)
        counts[edit.user] = places[edit.id] + 1
        together.setdefault(edit.stratum, []).append(edit)
    found = {}
    for edit in wanted:
        # Who has nothing behind them yet has no description to compete with.
        same = {other.user: places[other.id] for other in together[edit.stratum] if places[other.id]}
        if len(same) < 2:
            others = sorted(user for user in counts if user != edit.user and counts[user] > 1)
            drawn = random.Random(edit.id).sample(others, min(CONTROLS, len(others)))
            same = {user: min(places[edit.id], counts[user] - 1) for user in (edit.user, *drawn)}
        found[edit.id] = same
    return found
