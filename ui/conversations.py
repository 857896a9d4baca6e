"""The list of conversations; conversations.js searches, renames and deletes. Renders; asks nothing of the server."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.schemas import ConversationPublic
from ui.markup import esc

MOST_PAGES = 40  # that one list grows to; what is older is searched for

# Drawn once: whoever types here is not interrupted by the list below being drawn again.
HEAD = """<header class="panel-head"><h2>Conversations</h2>
<button type="button" class="ghost" data-act="new" title="Start a conversation (Alt+N)">New</button></header>
<input id="find-conversation" type="search" maxlength="200" placeholder="Search"
aria-label="Search your conversations" title="Every word must be in a title, a question or an answer (Alt+K)">
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
        said = "No conversation holds all of these words." if sought else "Your conversations are kept here."
        rows.append(f'<div class="empty"><p>{said}</p></div>')
    if more and pages < MOST_PAGES:
        rows.append('<button type="button" class="ghost more-conversations" data-more>Show more</button>')
    elif more:
        rows.append('<p class="muted note">There are older ones: search for them.</p>')
    drawn = f'data-q="{esc(sought)}" data-pages="{pages}" data-current="{esc(current or "")}"'
    return f"<div data-listed {drawn}>{''.join(rows)}</div>"


def _row(conversation: ConversationPublic, active: bool) -> str:
    title, identity, now = esc(conversation.title), esc(conversation.id), ' aria-current="true"' if active else ""
    return f"""<div class="conversation" data-row="{identity}" data-title="{title}">
<button type="button" class="item" data-act="open" data-id="{identity}" title="{title}"{now}>
<span class="name">{title}</span></button>
<details class="more" name="conversation-more"><summary title="Rename, export, delete"
aria-label="Rename, export or delete {title}">⋯</summary>
<div class="row-actions"><button type="button" class="ghost" data-rename>Rename</button>
<a class="ghost" href="/api/v1/conversations/{identity}/export?format=markdown" download>Export</a>
<button type="button" class="ghost danger" data-remove>Delete</button></div></details></div>"""


def _day(moment: datetime, now: datetime) -> str:
    days = (now.astimezone(UTC).date() - moment.astimezone(UTC).date()).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    return "This week" if days < 7 else moment.strftime("%B %Y")
