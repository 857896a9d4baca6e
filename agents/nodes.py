"""The steps of a turn: functions that read the state and return the keys they change. They know the ports only."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from time import perf_counter
from typing import cast

from langgraph.runtime import Runtime

from agents.abstention import STATED, UNSUPPORTED, declines, explain
from agents.attribution import attribute
from agents.citations import MarkerFilter, check_markers, cited
from agents.events import AbstainReason, Citation, Finish, Sources, Stage, Token
from agents.facts import at_most, facts_of, with_facts
from agents.looking_back import asks_about_past
from agents.prompts import answer_prompt, is_trained, plain_prompt, rewrite_prompt, trained_prompt, understands_rules
from agents.questions import is_faithful_rewrite, joined_with_subject, leans_on_history
from agents.rendering import having_acted, rendered
from agents.repetition import loop_start, without_loop
from agents.small_talk import reply_to_small_talk
from agents.state import TurnState
from agents.support import Checked, checked
from agents.types import PastTurn, TurnContext
from agents.verdicts import selected
from generation.port import ContextOverflowError, Delta, GenerationParams, Message, Usage
from retrieval.ports import Verifier
from retrieval.types import Hit, Query, Selection

_REMEMBERED_TURNS = 3
_REWRITE = GenerationParams(max_tokens=64, stop=("\n",))
_TRAINED_ON = 5  # passages that the shipped adapter saw at most
_LOOK_FOR_LOOPS_EVERY = 16  # tokens

AnswerPrompt = Callable[[str, Sequence[Hit], Sequence[PastTurn], str | None], tuple[Message, ...]]


async def recall(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Find how this person likes such questions answered, and what is known of them that matters here.

    A follow-up is about what the question before it was."""
    runtime.stream_writer(Stage("recalling"))
    request = state["request"]
    asked = request.question
    if request.history and leans_on_history(asked):
        asked = joined_with_subject(asked, request.history)
    recalled, remembered = await asyncio.gather(
        runtime.context.recall.recall(request.person_id, asked),
        runtime.context.memory.remember(request.person_id, asked),
    )
    # What a person chooses for one question comes before what they said once; looking back reads no document at all.
    if request.document_ids is not None or asks_about_past(state, runtime.context):
        remembered = replace(remembered, rules=(), within=None)
    return {"recalled": recalled, "remembered": remembered}


async def reply(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Answer small talk."""
    said = state["request"].question
    answer = reply_to_small_talk(said) or ""
    runtime.stream_writer(Token(answer))
    return {"answer": answer, "citations": (), "search_text": said}


async def stand_alone(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Make the question understandable without the conversation; a first or self-sufficient one costs nothing.

    A rewrite that cannot be trusted is not used: then the question is searched for together with the one that gave it
    its subject, and the generator gets it as asked, behind the conversation it belongs to.
    """
    request = state["request"]
    question, history = request.question, request.history[-_REMEMBERED_TURNS:]
    if not history or not leans_on_history(question):
        return {"history": (), "question": question, "search_text": question}
    joined = joined_with_subject(question, request.history)
    if not understands_rules(runtime.context):
        return {"history": history, "question": question, "search_text": joined}
    runtime.stream_writer(Stage("rewriting"))
    rewrite, usage = await _rewrite(question, history, runtime.context)
    if is_faithful_rewrite(rewrite, question, history):
        return {"history": history, "question": rewrite, "search_text": rewrite, "usage": usage}
    return {"history": history, "question": question, "search_text": joined, "usage": usage}


async def retrieve(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Find passages that the person may read."""
    runtime.stream_writer(Stage("searching"))
    request, context = state["request"], runtime.context
    within = request.document_ids if request.document_ids is not None else state["remembered"].within
    query = Query(state["search_text"], request.readers, context.retrieve_limit, within)
    return {"hits": tuple(await context.retriever.search(query))}


async def select(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Keep the passages that help to answer, and beside them what the person said of themselves: first where that
    answers better than any passage, without a passage only where it answers at all."""
    runtime.stream_writer(Stage("selecting"))
    context, asked, hits = runtime.context, state["search_text"], state["hits"]
    verdicts = await context.verdicts.of(state["request"].person_id, asked, [hit.passage.id for hit in hits])
    selection = await selected(context.selector, asked, hits, verdicts)
    if facts := state["remembered"].facts:
        selection = with_facts(selection, await context.selector.select(asked, facts), facts, len(hits))
    found = (*hits, *facts_of(selection))
    return {"hits": found, "selection": selection, "refused": verdicts.refused}


async def compose(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Write the prompt so that it fits: oldest history is dropped first, then the passages ranked lowest.

    A model that rules confuse is confused by every further passage too: it reads the best one alone. One that was
    trained on passages reads as many as it was trained on. Raises ContextOverflowError if not even the question with
    its best passage fits.
    """
    context = runtime.context
    # A small model leaves its subject when it is told about style, the trained one too: there, rendering acts alone.
    instruction = state["recalled"].instruction if understands_rules(context) else None
    selection, history = state["selection"], list(state["history"])
    kept, write = _form(context, list(selection.kept))
    while True:
        prompt = write(state["question"], kept, history, instruction)
        tokens = await context.model.count_tokens(prompt)
        if tokens + context.answer_max_tokens <= context.model.context_window:
            break
        if history:
            history.pop(0)
        elif len(kept) > 1:
            kept.pop()
        else:
            raise ContextOverflowError(tokens, context.answer_max_tokens, context.model.context_window)
    shown = replace(selection, kept=tuple(kept))
    runtime.stream_writer(Sources(state["hits"], shown))
    return {
        "prompt": prompt,
        "selection": shown,
        "dropped_passages": len(selection.kept) - len(kept),
        "dropped_turns": len(state["history"]) - len(history),
    }


async def generate(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Stream the answer, showing no marker that resolves to nothing, and stop a model that repeats itself."""
    emit, model = runtime.stream_writer, runtime.context.model
    emit(Stage("writing"))
    kept = state["selection"].kept
    shown = MarkerFilter(len(kept))
    draft, usage = "", Usage()
    finish: Finish = "stop"
    started, first_token = perf_counter(), 0.0
    asked = state["request"]
    params = GenerationParams(runtime.context.answer_max_tokens, temperature=asked.temperature, refusal=STATED)
    deltas = model.stream(state["prompt"], params)
    # The port promises that closing the iterator stops the computation.
    async with aclosing(cast(AsyncGenerator[Delta, None], deltas)):
        count = 0
        async for delta in deltas:
            draft, usage, finish = draft + delta.text, delta.usage or usage, delta.finish_reason or finish
            if visible := shown.feed(delta.text):
                first_token = first_token or 1e3 * (perf_counter() - started)
                emit(Token(visible))
            count += 1
            if count % _LOOK_FOR_LOOPS_EVERY == 0 and loop_start(draft) is not None:
                break
    if rest := shown.finish():
        emit(Token(rest))
    finish = finish if loop_start(draft) is None else "repetition"
    written: TurnState = {"draft": draft, "finish": finish, "usage": usage, "timings": {"first_token": first_token}}
    said = check_markers(draft, len(kept))
    if not said.strip():
        written["abstain_reason"] = "empty_answer"
    elif declines(said) and not cited(said):
        written["abstain_reason"] = "model_declined"
    return written


async def check_citations(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Resolve the markers that the verifier stands by; without a verifier all, or those that the words suggest.

    Then the answer gets the form that the person likes, and its markers go where their sentences go. An answer that
    ends up citing nothing is kept, and says so.
    """
    runtime.stream_writer(Stage("checking"))
    kept, draft = state["selection"].kept, state["draft"]
    answer = check_markers(without_loop(draft), len(kept)).strip()
    done = await _checked(answer, state["question"], kept, runtime.context.verifier)
    recalled = state["recalled"]
    shaped = rendered(done.answer, recalled)
    answer = done.answer if shaped is None else shaped
    written: TurnState = {"written": done.answer} if answer != done.answer else {}
    told = bool(recalled.instruction) and understands_rules(runtime.context)
    written["recalled"] = having_acted(recalled, done.answer, shaped, told)
    citations = tuple(
        Citation(marker, kept[marker - 1], "attributed" if marker in done.added else "model")
        for marker in cited(answer)
    )
    if not citations:
        answer = f"{answer}\n\n{UNSUPPORTED}"
        runtime.stream_writer(Token(f"\n\n{UNSUPPORTED}"))
    return {**written, "answer": answer, "citations": citations}


async def abstain(state: TurnState, runtime: Runtime[TurnContext]) -> TurnState:
    """Say that the documents do not answer, and where the closest passages stand."""
    hits, refused = state.get("hits", ()), state.get("refused", frozenset())
    reason = state.get("abstain_reason") or _why(state, runtime.context)
    if "prompt" not in state:
        runtime.stream_writer(Sources(hits, state.get("selection") or Selection((), {})))
    closest = [hit for hit in hits if hit.passage.id not in refused]
    answer = explain(reason, closest, [rule.text for rule in state["remembered"].rules])
    runtime.stream_writer(Token(f"\n\n{answer}" if state.get("draft", "").strip() else answer))
    return {"answer": answer, "citations": (), "abstain_reason": reason}


def _why(state: TurnState, context: TurnContext) -> AbstainReason:
    if asks_about_past(state, context):
        return "nothing_remembered"
    if state["remembered"].within == frozenset():
        return "rules_leave_nothing"
    return "nothing_useful" if state.get("hits") else "no_documents"


def _form(context: TurnContext, kept: list[Hit]) -> tuple[list[Hit], AnswerPrompt]:
    """What the model reads of what was kept, and the prompt it understands."""
    if is_trained(context.model.version):
        return at_most(kept, _TRAINED_ON), trained_prompt
    return (kept, answer_prompt) if understands_rules(context) else (kept[:1], plain_prompt)


async def _checked(answer: str, question: str, kept: Sequence[Hit], verifier: Verifier | None) -> Checked:
    passages = [hit.passage.indexed_text for hit in kept]
    if verifier is not None:
        return await checked(answer, question, passages, verifier)
    if cited(answer):
        return Checked(answer)
    attributed = attribute(answer, question, passages)
    return Checked(attributed, frozenset(cited(attributed)))


async def _rewrite(question: str, history: tuple[PastTurn, ...], context: TurnContext) -> tuple[str, Usage]:
    try:
        completion = await context.model.complete(rewrite_prompt(question, history), _REWRITE)
    except ContextOverflowError:  # the conversation is too long for this model: join the questions instead
        return "", Usage()
    return completion.text.strip().strip('"'), completion.usage
