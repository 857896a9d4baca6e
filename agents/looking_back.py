"""The steps of a turn that look into earlier conversations. They know the ports only.

What was asked and answered before is recounted in its own words: a model would only put others in their place.
"""

from dataclasses import replace

from langgraph.runtime import Runtime

from agents.abstention import place
from agents.citations import without_markers
from agents.events import Citation, Sources, Stage, Token
from agents.past import LookBack, look_back_in
from agents.state import TurnState
from agents.types import TurnContext
from retrieval.types import Hit, Selection

_RECOUNTED = 3  # earlier turns in one answer
_WORDS = 60  # of each


async def look_back(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Find earlier turns: those that the question asks about, or, where no document helps, one that answers it."""
    runtime.stream_writer(Stage("searching"))
    context, request = runtime.context, state["request"]
    asked = look_back_in(request.question, context.clock())
    wanted = asked or LookBack(state["search_text"], answers_only=True)
    hits = tuple(await context.memory.look_back(request.person_id, wanted))
    if not hits:
        return {"looked_back": True}
    if not wanted.topic:
        return {"looked_back": True, "hits": hits, "selection": Selection(hits[:_RECOUNTED], {})}
    selection = await context.selector.select(wanted.topic, hits)
    if asked is None and not selection.kept:
        return {"looked_back": True}  # the documents came nearer: they are named
    return {"looked_back": True, "hits": hits, "selection": selection}


async def recount(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Say what was asked and answered, or what the person said of themselves, each with where."""
    selection = state["selection"]
    kept = selection.kept[:_RECOUNTED]
    runtime.stream_writer(Sources(state["hits"], replace(selection, kept=kept)))
    answer = "\n".join(f"{'- ' if len(kept) > 1 else ''}{_said(hit)} [{n}]" for n, hit in enumerate(kept, start=1))
    runtime.stream_writer(Token(answer))
    return {
        "answer": answer,
        "citations": tuple(Citation(n, hit) for n, hit in enumerate(kept, start=1)),
        "selection": replace(selection, kept=kept),
    }


def asks_about_past(state: TurnState, context: TurnContext) -> bool:
    """Whether the question is about earlier conversations; one that is asked within documents is about those."""
    request = state["request"]
    return request.document_ids is None and look_back_in(request.question, context.clock()) is not None


def may_look_back(state: TurnState) -> bool:
    """Whether earlier answers may stand in for documents: not once more, not where only some documents may, and not
    where the person sent sources away, which an earlier answer would bring back."""
    chosen = state["request"].document_ids is not None or state["remembered"].within is not None
    return not (chosen or state.get("looked_back") or state.get("refused"))


def _said(hit: Hit) -> str:
    said = without_markers(" ".join(hit.passage.text.split())).split()
    return " ".join(said[:_WORDS]) + (" …" if len(said) > _WORDS else "") or place(hit)
