"""What operators have not seen yet: runs that ended. Renders; operator.js says that it was seen."""

import json

from app.schemas_training import AnnouncementPublic, AnnouncementsPublic
from ui.markup import esc, plural
from ui.operator_policy import name_of


def render_news(news: AnnouncementsPublic) -> str:
    """The list with its button; nothing where there is no news."""
    if not news.items:
        return ""
    listed = "".join(f"<li>{_line(one)}</li>" for one in news.items)
    more = f"<p class='muted'>and {news.unseen - len(news.items):,} before</p>" if news.unseen > len(news.items) else ""
    seen = esc(json.dumps({"until": news.items[0].ended_at.isoformat()}))
    return (
        '<section id="news" aria-labelledby="news-title"><h2 id="news-title" tabindex="-1">Since you last looked</h2>'
        f'<ul>{listed}</ul>{more}<p class="controls"><button type="button" '
        f'data-post="/api/v1/admin/announcements/seen" data-body="{seen}">I have seen this</button></p></section>'
    )


def render_badge(unseen: int) -> str:
    """How much is new, beside the name of the page that tells it."""
    return f' <span class="unseen" aria-label="{plural(unseen, "run")} ended">{unseen:,}</span>' if unseen else ""


def _line(one: AnnouncementPublic) -> str:
    version = f", {esc(one.version_id)}" if one.version_id else ""
    return f"<b>{name_of(one.kind, one.method)}</b>: {one.outcome}, {one.ended_at:%-d %b %Y %H:%M} UTC{version}"
