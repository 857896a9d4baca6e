"""The one page: lays out the panels and connects what a person does to the handlers. Decides nothing itself."""

from typing import Any

import gradio as gr

from ui.client import ApiClient
from ui.furniture import FURNITURE
from ui.handlers import Handlers
from ui.theme import SCRIPT

_EVENTS = '{ act: "act", chosen: "chosen", again: "again", sibling: "sibling" }'
# Drawn once; where scripts came later than that, there is nothing to wait for.
_BEGIN_UPLOADS = """const begin = () => window.attune_uploads.uploads(element, trigger, "uploaded");
watch("value", begin);
if (element.querySelector("[data-uploads]")) begin();"""
_BRAND = '<div class="masthead"><span class="brand">Attune</span></div>'


def build(api: ApiClient) -> gr.Blocks:
    """The page for everybody; who is looking is known only inside each event."""
    with gr.Blocks(title="Attune", analytics_enabled=False, fill_width=True) as blocks:
        parts = _lay_out()
        _connect(blocks, parts, Handlers(api))
    blocks.queue(default_concurrency_limit=None, api_open=False)
    return blocks


def _panel(elem_id: str, value: str = "") -> gr.HTML:
    return gr.HTML(
        value,
        elem_id=elem_id,
        head=SCRIPT,
        js_on_load=f"window.attune.panel(element, trigger, watch, {_EVENTS});",
        apply_default_css=False,
    )


def _lay_out() -> dict[str, Any]:
    parts: dict[str, Any] = {"conversation": gr.State(None), "scope": gr.State(())}
    parts["tabs"] = _panel("tabs")
    with gr.Row(elem_id="attune"):
        with gr.Column(elem_id="library"):
            _panel("masthead", _BRAND)
            parts["conversation_head"] = _panel("conversation-head")
            parts["conversations"] = _panel("conversations")
            parts["uploads"] = gr.HTML(
                "",
                elem_id="uploads",
                head=SCRIPT,
                js_on_load=_BEGIN_UPLOADS,
                apply_default_css=False,
            )
            parts["documents"] = _panel("documents")
            parts["account"] = _panel("account")
        with gr.Column(elem_id="chat"):
            with gr.Column(elem_id="thread"):
                parts["history"] = _panel("history")
                parts["live"] = _panel("live")
            parts["scope_line"] = _panel("scope")
            parts |= _composer()
            parts["keys"] = _panel("keys")
        with gr.Column(elem_id="sources"):
            parts["sources"] = _panel("source-list")
    parts["timer"] = gr.Timer(3, active=False)
    return parts


def _composer() -> dict[str, Any]:
    with gr.Row(elem_id="composer"):
        question = gr.Textbox(
            elem_id="question",
            label="Your question",
            placeholder="Ask your documents",
            show_label=False,
            container=False,
            lines=1,
            max_lines=8,
            max_length=8000,
            autofocus=True,
        )
        send = gr.Button("Ask", elem_id="send", variant="primary")
        stop = gr.Button("Stop", elem_id="stop", visible=False)
    return {"question": question, "send": send, "stop": stop}


def _connect(blocks: gr.Blocks, parts: dict[str, Any], handlers: Handlers) -> None:
    conversation, scope, timer = parts["conversation"], parts["scope"], parts["timer"]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
    # With every event of a stream gradio copies and compares all that a component holds, of each that shows progress.
    # By default those are the outputs: the whole of a long thread, with every token. This panel holds next to nothing.
    quiet["show_progress_on"] = parts["keys"]
    # Of quick repetitions the last one counts; by default gradio drops every one that comes while the first runs.
    latest = {**quiet, "trigger_mode": "always_last"}
    thread = [conversation, parts["conversations"], parts["history"], parts["live"], parts["sources"]]
    library = [parts["documents"], parts["scope_line"], scope, timer]

    blocks.load(handlers.enter, None, [*thread, *library, *(parts[name] for name in FURNITURE)], **quiet)
    asking_draws = [*thread, parts["send"], parts["stop"]]  # not the question: drafts.js takes out what was asked
    asking = gr.on(
        [parts["question"].submit, parts["send"].click],
        handlers.ask,
        [parts["question"], conversation, scope],
        asking_draws,
        trigger_mode="once",
        **quiet,
    )
    once_more = parts["history"].again(
        handlers.ask_again, [conversation, scope], asking_draws, trigger_mode="once", **quiet
    )
    parts["history"].sibling(handlers.show_sibling, conversation, thread, **latest)
    turns = [asking, once_more]
    # What stops a turn is the cancelling, which gradio does after the handler: so first that alone, then the redrawing.
    settled = [*thread, parts["send"], parts["stop"]]
    parts["stop"].click(None, cancels=turns, **quiet).then(handlers.stopped, conversation, settled, **quiet)
    for panel in (parts["conversation_head"], parts["conversations"]):
        panel.act(handlers.choose_conversation, None, conversation, cancels=turns, **latest).then(
            handlers.open_conversation, conversation, settled, **quiet
        )
    for panel in (parts["history"], parts["live"]):
        panel.act(handlers.show_sources, conversation, parts["sources"], **latest)
    parts["documents"].chosen(handlers.choose_documents, None, library, **latest)
    parts["documents"].act(handlers.delete_document, scope, library, trigger_mode="multiple", **quiet)
    parts["scope_line"].act(handlers.choose_documents, None, library, **latest)
    parts["uploads"].uploaded(handlers.refresh_documents, scope, library, **latest)
    timer.tick(handlers.refresh_documents, scope, library, **latest)
