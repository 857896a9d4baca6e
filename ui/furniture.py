"""What stands on the page whatever is asked, drawn once for whoever opens it, in their language. Asks nothing."""

from typing import Any

import gradio as gr

from app.schemas import PersonPublic
from ui.conversations import render_head
from ui.documents import render_uploads
from ui.language import tr
from ui.markup import esc
from ui.operator import OPERATOR_LINK, ROLES

# The parts of the screen that `furnish` fills, in its order.
FURNITURE = ("tabs", "conversation_head", "uploads", "keys", "question", "send", "stop", "account")


def furnish(person: PersonPublic) -> tuple[Any, ...]:
    """What goes into each of FURNITURE."""
    asked = {"placeholder": tr("Ask your documents"), "label": tr("Your question")}
    buttons = (gr.update(value=tr("Ask")), gr.update(value=tr("Stop")))
    return (
        render_tabs(),
        render_head(),
        render_uploads(),
        render_keys(),
        gr.update(**asked),
        *buttons,
        render_account(person),
    )


def render_tabs() -> str:
    """The three panels, where the window has room for one."""
    return f"""<nav class="tabs" aria-label="{tr("Panels")}"><span class="brand">Attune</span>
<button type="button" data-tab="library">{tr("Library")}</button><button type="button"
 data-tab="chat">{tr("Chat")}</button><button type="button" data-tab="sources">{tr("Sources")}</button></nav>"""


def render_keys() -> str:
    """One line under the question box; all of them are listed in the settings."""
    shown = (
        (_key("Enter"), tr("asks")),
        (f"{_key('Shift')}+{_key('Enter')}", tr("new line")),
        (_key("Esc"), tr("stops")),
        (f"{_key('Alt')}+{_key('N')}", tr("new")),
        (f"{_key('Alt')}+{_key('Q')}", tr("question")),
        (f"{_key('Alt')}+{_key('K')}", tr("search")),
    )
    return f'<p class="keys">{" · ".join(f"{keys} {does}" for keys, does in shown)}</p>'


def render_account(person: PersonPublic) -> str:
    """The pages of one's own, light or dark, and the way out."""
    email, tour = esc(person.email), "" if person.toured else " data-tour"
    return (
        f'<div class="account"{tour}><a class="item" href="/about-me">{tr("About me")} '
        f'<span class="muted">{tr("what Attune has learned")}</span></a>'
        f'<a class="item" href="/settings">{tr("Settings")} '
        f'<span class="muted">{tr("language, keys, access")}</span></a>'
        f'{OPERATOR_LINK if person.role in ROLES else ""}<span class="muted email" title="{email}">{email}</span>'
        f'<button type="button" class="ghost" data-theme title="{tr("Light or dark")}" '
        f'aria-label="{tr("Light or dark")}">◐</button>'
        f'<button type="button" class="ghost" data-logout>{tr("Log out")}</button>'
        '<p id="account-said" class="problem" role="alert" hidden></p></div>'
    )


def _key(name: str) -> str:
    return f"<kbd>{name}</kbd>"
