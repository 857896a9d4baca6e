"""What the steps of a turn hand to each other, and what is left of it at the end."""

from dataclasses import replace
from operator import add, or_
from typing import Annotated, TypedDict

from agents.events import AbstainReason, Citation, Finish, Outcome
from agents.memory import Remembered
from agents.prompts import PROMPT_VERSION
from agents.types import PastTurn, TurnRequest
from generation.port import Message, Usage
from personalization.ports import Recalled
from retrieval.types import Hit, Selection


class TurnState(TypedDict, total=False):
    """Usage and timings add up over the steps; every other key holds what was written last."""

    request: TurnRequest
    recalled: Recalled  # once the answer is written: less what had no effect on it
    remembered: Remembered
    looked_back: bool
    history: tuple[PastTurn, ...]  # what of the conversation this question leans on; empty if it stands alone
    question: str  # as put to the generator
    search_text: str  # as put to retriever and selector
    hits: tuple[Hit, ...]
    selection: Selection
    refused: frozenset[str]  # passages that the person sent away when they asked this before
    prompt: tuple[Message, ...]
    dropped_passages: int
    dropped_turns: int
    draft: str
    finish: Finish
    abstain_reason: AbstainReason
    answer: str
    written: str  # the answer before preferences were rendered, where that changed it
    citations: tuple[Citation, ...]
    usage: Annotated[Usage, add]
    timings: Annotated[dict[str, float], or_]  # step -> milliseconds


def outcome_of(state: TurnState) -> Outcome:
    """A finished turn as the caller logs it."""
    reason = state.get("abstain_reason")
    recalled = state.get("recalled") or Recalled()
    rules = [rule.id for rule in state["remembered"].rules] if "remembered" in state else []
    return Outcome(
        answer=state["answer"],
        draft=state.get("draft", ""),
        abstained=reason is not None,
        citations=state["citations"],
        standalone_question=state["search_text"],
        hits=state.get("hits", ()),
        selection=state.get("selection") or Selection((), {}),
        recalled=replace(recalled, preference_ids=tuple(dict.fromkeys([*recalled.preference_ids, *rules]))),
        prompt=state.get("prompt", ()),
        usage=state.get("usage") or Usage(),
        timings=state["timings"],
        abstain_reason=reason,
        finish=state.get("finish", "stop"),
        dropped_passages=state.get("dropped_passages", 0),
        dropped_turns=state.get("dropped_turns", 0),
        prompt_version=PROMPT_VERSION,
        written=state.get("written"),
    )
