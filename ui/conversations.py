"""The list of conversations. Renders; asks nothing of the server."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.schemas import ConversationPublic
from ui.markup import esc


def render_conversations(conversations: Sequence[ConversationPublic], current: str | None, now: datetime) -> str:
    """Newest first as the server sent them, under the day they were last used."""
    head = (
        '<header class="panel-head"><h2>Conversations</h2>'
        '<button type="button" class="ghost" data-act="new" title="Start a conversation">New</button></header>'
    )
    if not conversations:
        return head + '<div class="empty"><p>Your conversations are kept here.</p></div>'
    rows, last = [], ""
    for conversation in conversations:
        if (day := _day(conversation.updated_at, now)) != last:
            rows.append(f'<h3 class="group">{day}</h3>')
            last = day
        rows.append(_row(conversation, conversation.id == current))
    return head + "".join(rows)


def _row(conversation: ConversationPublic, active: bool) -> str:
    title, now = esc(conversation.title), ' aria-current="true"' if active else ""
    return (
        f'<button type="button" class="item" data-act="open" data-id="{esc(conversation.id)}" title="{title}"{now}>'
        f'<span class="name">{title}</span></button>'
    )


def _day(moment: datetime, now: datetime) -> str:
    days = (now.astimezone(UTC).date() - moment.astimezone(UTC).date()).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    return "This week" if days < 7 else moment.strftime("%B %Y")
