"""The list of conversations; conversations.js searches, renames and deletes. Renders; asks nothing of the server."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.schemas import ConversationPublic
from ui.language import month, tr
from ui.markup import esc

MOST_PAGES = 40  # that one list grows to; what is older is searched for


def render_head() -> str:
    """Drawn once: whoever types here is not interrupted by the list below being drawn again."""
    searched = tr("Every word must be in a title, a question or an answer (Alt+K)")
    return f"""<header class="panel-head"><h2>{tr("Conversations")}</h2>
<button type="button" class="ghost" data-act="new" title="{tr("Start a conversation (Alt+N)")}">{tr("New")}</button>
</header><input id="find-conversation" type="search" maxlength="200" placeholder="{tr("Search")}"
aria-label="{tr("Search your conversations")}" title="{searched}">
<p id="conversations-said" class="muted" role="status"></p>"""


def render_conversations(
    conversations: Sequence[ConversationPublic],
    current: str | None,
    now: datetime,
    more: bool = False,
    sought: str = "",
    pages: int = 1,
) -> str:
    """Newest first as the server sent them, under the day they were last used. `more` of them are there beyond these
    `pages`; `sought` are the words that all of them hold."""
    rows, last = [], ""
    for conversation in conversations:
        if (day := _day(conversation.updated_at, now)) != last:
            rows.append(f'<h3 class="group">{day}</h3>')
            last = day
        rows.append(_row(conversation, conversation.id == current))
    if not rows:
        said = tr("Your conversations are kept here. Ask something, and the first one begins.")
        if sought:
            said = tr("No conversation holds all of these words. Try fewer, or only the beginning of one.")
        rows.append(f'<div class="empty"><p>{said}</p></div>')
    if more and pages < MOST_PAGES:
        rows.append(f'<button type="button" class="ghost show-more" data-more>{tr("Show more")}</button>')
    elif more:
        rows.append(f'<p class="muted note">{tr("There are older ones: search for them.")}</p>')
    drawn = f'data-q="{esc(sought)}" data-pages="{pages}" data-current="{esc(current or "")}"'
    return f"<div data-listed {drawn}>{''.join(rows)}</div>"


def _row(conversation: ConversationPublic, active: bool) -> str:
    title, identity, now = esc(conversation.title), esc(conversation.id), ' aria-current="true"' if active else ""
    return f"""<div class="conversation" data-row="{identity}" data-title="{title}">
<button type="button" class="item" data-act="open" data-id="{identity}" title="{title}"{now}>
<span class="name">{title}</span></button>
<details class="more" name="conversation-more"><summary title="{tr("Rename, export, delete")}"
aria-label="{tr("Rename, export or delete {title}", title=title)}">⋯</summary>
<div class="row-actions"><button type="button" class="ghost" data-rename>{tr("Rename")}</button>
<a class="ghost" href="/api/v1/conversations/{identity}/export?format=markdown" download>{tr("Export")}</a>
<button type="button" class="ghost danger" data-remove>{tr("Delete")}</button></div></details></div>"""


def _day(moment: datetime, now: datetime) -> str:
    days = (now.astimezone(UTC).date() - moment.astimezone(UTC).date()).days
    if days <= 0:
        return tr("Today")
    if days == 1:
        return tr("Yesterday")
    return tr("This week") if days < 7 else month(moment)
