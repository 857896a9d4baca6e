"""Where a turn goes after each step: functions of the state alone, and of the time for what is about the past."""

from typing import Literal

from langgraph.runtime import Runtime

from agents.facts import facts_of
from agents.looking_back import asks_about_past, may_look_back
from agents.prompts import understands_rules
from agents.small_talk import reply_to_small_talk
from agents.state import TurnState
from agents.types import TurnContext


def at_first(state: TurnState) -> Literal["reply", "recall"]:
    """Small talk needs neither documents nor a model; everything else needs both."""
    return "recall" if reply_to_small_talk(state["request"].question) is None else "reply"


def after_standing_alone(state: TurnState, runtime: Runtime[TurnContext]) -> Literal["retrieve", "look_back"]:
    return "look_back" if asks_about_past(state, runtime.context) else "retrieve"


def after_retrieval(state: TurnState) -> Literal["select", "look_back", "abstain"]:
    if state["hits"] or state["remembered"].facts:
        return "select"
    return "look_back" if may_look_back(state) else "abstain"


def after_selection(
    state: TurnState, runtime: Runtime[TurnContext]
) -> Literal["compose", "recount", "look_back", "abstain"]:
    """What somebody said of themselves, alone, is quoted where the model confuses who speaks to whom."""
    if kept := state["selection"].kept:
        alone = len(facts_of(state["selection"])) == len(kept)
        return "recount" if alone and not understands_rules(runtime.context) else "compose"
    return "look_back" if may_look_back(state) else "abstain"


def after_looking_back(state: TurnState, runtime: Runtime[TurnContext]) -> Literal["recount", "compose", "abstain"]:
    if "selection" not in state or not state["selection"].kept:
        return "abstain"
    return "recount" if asks_about_past(state, runtime.context) else "compose"


def after_generation(state: TurnState) -> Literal["check", "abstain"]:
    return "abstain" if "abstain_reason" in state else "check"
