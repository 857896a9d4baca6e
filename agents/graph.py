"""The turn as a graph, whole on this screen, and its run as a stream of events. Knows nothing of what the steps do."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cache
from time import perf_counter
from typing import Any, Protocol, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agents import looking_back, nodes, routes
from agents.events import TurnEvent
from agents.state import TurnState, outcome_of
from agents.types import TurnContext, TurnRequest


class Node(Protocol):
    """One step."""

    async def __call__(self, state: TurnState, runtime: Runtime[TurnContext]) -> TurnState: ...


TurnGraph = CompiledStateGraph[TurnState, TurnContext, TurnState, TurnState]


@cache
def build_graph() -> TurnGraph:
    """recall -> stand alone -> retrieve -> select -> compose -> generate -> check; small talk, looking back
    and abstaining leave."""
    graph = StateGraph(TurnState, context_schema=TurnContext)
    graph.add_node("reply", _timed("reply", nodes.reply))
    graph.add_node("recall", _timed("recall", nodes.recall))
    graph.add_node("stand_alone", _timed("stand_alone", nodes.stand_alone))
    graph.add_node("retrieve", _timed("retrieve", nodes.retrieve))
    graph.add_node("select", _timed("select", nodes.select))
    graph.add_node("look_back", _timed("look_back", looking_back.look_back))
    graph.add_node("recount", _timed("recount", looking_back.recount))
    graph.add_node("compose", _timed("compose", nodes.compose))
    graph.add_node("generate", _timed("generate", nodes.generate))
    graph.add_node("check", _timed("check", nodes.check_citations))
    graph.add_node("abstain", _timed("abstain", nodes.abstain))

    graph.add_conditional_edges(START, routes.at_first, ["reply", "recall"])
    graph.add_edge("reply", END)
    graph.add_edge("recall", "stand_alone")
    graph.add_conditional_edges("stand_alone", routes.after_standing_alone, ["retrieve", "look_back"])
    graph.add_conditional_edges("retrieve", routes.after_retrieval, ["select", "look_back", "abstain"])
    graph.add_conditional_edges("select", routes.after_selection, ["compose", "recount", "look_back", "abstain"])
    graph.add_conditional_edges("look_back", routes.after_looking_back, ["recount", "compose", "abstain"])
    graph.add_edge("recount", END)
    graph.add_edge("compose", "generate")
    graph.add_conditional_edges("generate", routes.after_generation, ["check", "abstain"])
    graph.add_edge("check", END)
    graph.add_edge("abstain", END)
    return graph.compile()


async def stream_turn(context: TurnContext, request: TurnRequest) -> AsyncGenerator[TurnEvent, None]:
    """Run one turn: stages, sources and tokens as they come, at the end the outcome.

    Closing the iterator, or cancelling the task that reads it, stops the model. Errors of the ports (GenerationError
    and its kinds) come out as they are; the tokens yielded until then are the partial draft.
    """
    run = build_graph().astream({"request": request}, context=context, stream_mode=["custom", "values"])
    state: TurnState = {}
    async with aclosing(cast(AsyncGenerator[Any, None], run)) as steps:
        async for kind, value in steps:
            if kind == "custom":
                yield value
            else:
                state = value
    yield outcome_of(state)


def _timed(name: str, node: Node) -> Node:
    async def run(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
        started = perf_counter()
        with runtime.context.step(name):
            changed = await node(state, runtime)
        timings = {**changed.get("timings", {}), name: 1e3 * (perf_counter() - started)}
        return {**changed, "timings": timings}

    return run
