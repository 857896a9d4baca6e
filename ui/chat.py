"""A turn as the middle column shows it, running or finished. Renders; asks nothing of the server."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from app.schemas import AnswerEvent, ErrorEvent, ExposurePublic, SourcesEvent, StatusEvent, TokenEvent, TurnPublic
from app.schemas_conversations import by_question, shown_of
from app.schemas_feedback import TurnFeedback
from ui.client import ApiError, ChatEvent
from ui.language import tr, trn
from ui.marks import render_mark, render_marks
from ui.markup import esc, markdown
from ui.siblings import render_question, render_switch
from ui.suggestions import render_place
from ui.votes import render_reasons, render_thumbs

_EDITABLE = frozenset({"complete", "stopped"})
# The six stages of the server, as the three that mean something to the person waiting.
_STEP_OF = {"recalling": 0, "rewriting": 0, "searching": 0, "selecting": 1, "writing": 2, "checking": 2}


@dataclass(frozen=True)
class LiveTurn:
    """A turn while its events arrive; every event gives a new one."""

    question: str
    stage: str = "searching"
    turn_id: str = ""
    conversation_id: str | None = None
    text: str = ""
    sources: tuple[ExposurePublic, ...] = ()
    turn: TurnPublic | None = None
    error: str | None = None

    def after(self, event: ChatEvent) -> "LiveTurn":
        match event:
            case StatusEvent():
                return replace(self, stage=event.stage, turn_id=event.turn_id, conversation_id=event.conversation_id)
            case SourcesEvent():
                return replace(self, sources=tuple(event.sources))
            case TokenEvent():
                return replace(self, text=self.text + event.text)
            case AnswerEvent():
                return replace(self, turn=event.turn, conversation_id=event.turn.conversation_id)
            case ErrorEvent():
                return replace(self, error=event.detail or event.title)

    def failed(self, error: ApiError) -> "LiveTurn":
        """Cut off, or refused before it began."""
        return replace(self, error=error.detail or error.title)


def render_live(live: LiveTurn) -> str:
    """The running turn: its stage, and the text so far with the markers that have a source."""
    markers = {e.marker for e in live.sources if e.marker is not None}
    body = _failed(live.error) if live.error else _stages(live)
    text = f'<div class="prose writing">{markdown(live.text, live.turn_id, markers)}</div>' if live.text else ""
    question = f'<div class="question">{esc(live.question)}</div>'
    article = _article(live.turn_id, question, text + body if live.error else body + text, live.sources)
    # Names the conversation to the address bar, so that a reload in the middle comes back to it.
    return f'<div data-conversation="{esc(live.conversation_id)}">{article}</div>' if live.conversation_id else article


def render_turns(
    turns: Sequence[TurnPublic],
    given: Mapping[str, TurnFeedback] | None = None,
    only: str | None = None,
    answering: bool = False,
) -> str:
    """Finished turns, oldest first, of several answers to a question the one that is shown, with what their person
    thinks of them by turn id; `only` one of them if named. `answering`: another one follows that is being written."""
    questions = by_question(turns)
    drawn = []
    for siblings in questions:
        turn = shown_of(siblings) if only is None else next((turn for turn in siblings if turn.id == only), None)
        if turn is not None:
            is_last = siblings is questions[-1] and not answering
            drawn.append(_turn(turn, siblings, (given or {}).get(turn.id), is_last))
    return "".join(drawn)


def render_welcome() -> str:
    """An empty thread; what is missing before a question can be asked stands over the question box."""
    return (
        f'<div class="welcome"><h1>{tr("What would you like to know?")}</h1>'
        f"<p>{tr('Answers come from your own documents, and show the passages they rest on.')}</p></div>"
    )


def _turn(turn: TurnPublic, siblings: Sequence[TurnPublic], given: TurnFeedback | None, is_last: bool) -> str:
    markers = {citation.marker for citation in turn.citations}
    text = f'<div class="prose">{markdown(turn.answer, turn.id, markers)}</div>' if turn.answer else ""
    if turn.abstained:
        said = tr("No answer was made up. The nearest passages are under Sources.")
        text = (
            f'<div class="callout abstained"><strong>{tr("Not in your documents")}</strong>{text}'
            f'<p class="muted">{said}</p></div>'
        )
    may_ask = is_last and turn.state != "running"
    actions = _actions(turn, given, render_switch(turn, siblings), _again() if may_ask else "")
    below = actions + render_reasons(turn, given) + render_marks(turn, given) + _after_edit(turn)
    below += render_place(turn) if may_ask else ""
    return _article(turn.id, render_question(turn, may_ask), text + _ending(turn) + below, turn.exposures)


def _ending(turn: TurnPublic) -> str:
    match turn.state:
        case "failed":
            return _failed(turn.error or tr("the answer could not be finished: ask again"))
        case "stopped":
            return f'<p class="muted state">{tr("Stopped. What was written until then is kept.")}</p>'
        case "running":
            said = tr("Still being answered. Open this conversation again in a moment.")
            return f'<p class="muted state">{said}</p>'
        case "complete":
            return ""


def _actions(turn: TurnPublic, given: TurnFeedback | None, switch: str, again: str) -> str:
    cited = len({citation.passage_id for citation in turn.citations})
    label = trn("{count} source cited", "{count} sources cited", cited)
    label = label if cited else trn("{count} passage found", "{count} passages found", len(turn.exposures))
    named = esc(_cited(turn))
    copy = f'<button type="button" class="ghost" data-copy="{named}">{tr("Copy")}</button>' if turn.answer else ""
    sources = f'<button type="button" class="ghost" data-act="sources" data-turn="{esc(turn.id)}">{label}</button>'
    own = f"{render_thumbs(turn, given)}{render_mark(turn)}{copy}{_edit(turn)}{again}{_your_way(turn)}"
    return f'<div class="actions">{switch}{sources if turn.exposures else ""}{own}</div>'


def _cited(turn: TurnPublic) -> str:
    """What each marker stands for, a line each."""
    lines = {}
    for citation in sorted(turn.citations, key=lambda one: one.marker):
        place = tr("{name}, page {page}", name=citation.document, page=citation.page)
        lines[citation.marker] = f"[{citation.marker}] {place if citation.page else citation.document}"
    return "\n".join(lines.values())


def _again() -> str:
    title = tr("Another answer to this question")
    return f'<button type="button" class="ghost" data-act="again" title="{title}">{tr("Ask again")}</button>'


def _edit(turn: TurnPublic) -> str:
    if turn.state not in _EDITABLE or not turn.answer:
        return ""
    # As JSON in ASCII: the editor must hold the very text, with the invisible signs that `esc` makes visible.
    text = esc(json.dumps(turn.answer))
    named = f'data-edit-answer="{text}" data-turn="{esc(turn.id)}"'
    return f'<button type="button" class="ghost" {named}>{tr("Edit")}</button>'


def _your_way(turn: TurnPublic) -> str:
    if not turn.preferences:
        return ""
    query = esc(urlencode([("id", preference) for preference in turn.preferences]))
    return (
        f'<details class="your-way" data-load="/shown/preferences?{query}"><summary>{tr("Written your way")}</summary>'
        '<div class="card" data-loaded></div></details>'
    )


def _after_edit(turn: TurnPublic) -> str:
    """Where the browser puts what became of an edit; it asks for it once the turn is in view."""
    if not turn.edited:
        return ""
    return (
        f'<div class="after-edit" data-after-edit="{esc(turn.id)}">'
        f'<p class="edited-mark muted">{tr("Edited by you")}</p>'
        '<div data-part="changes"></div><div data-part="learning" role="status"></div></div>'
    )


def _failed(detail: str) -> str:
    return f'<div class="callout failed" role="alert"><strong>{tr("No answer")}</strong><p>{esc(detail)}</p></div>'


def _stages(live: LiveTurn) -> str:
    now = _STEP_OF[live.stage]
    count = len(live.sources)
    reading = trn("Reading {count} passage", "Reading {count} passages", count) if count else tr("Reading")
    names = (tr("Searching"), reading, tr("Writing"))
    steps = "".join(
        f'<li class="{"done" if step < now else "now" if step == now else ""}">{name}</li>'
        for step, name in enumerate(names)
    )
    return f'<ol class="stages" role="status">{steps}</ol>'


def _article(turn_id: str, question: str, body: str, sources: Iterable[ExposurePublic]) -> str:
    markers = " ".join(f"{source.marker}:{source.id}" for source in sources if source.marker is not None)
    return (
        f'<article class="turn" data-turn="{esc(turn_id)}" data-markers="{esc(markers)}">'
        f'{question}<div class="answer">{body}</div></article>'
    )
