"""What people complain about, as operators see it. Renders; asks nothing of the server."""

from app.schemas_quality import Excerpt, Theme, ThemesPublic
from ui.markup import esc, plural

KINDS = {
    "vote": "voted down",
    "source": "source called wrong",
    "next_message": "dissatisfied next message",
    "abstained": "declined",
}
REASONS = {
    "incorrect": "incorrect",
    "incomplete": "incomplete",
    "not_asked": "not what was asked",
    "wrong_sources": "wrong sources",
    "style": "style",
    "should_answer": "should have answered",
    "wrong": "wrong source",
    "not_relevant": "source not relevant",
}
_EMPTY = """<div class="empty"><p><b>No complaints in these days.</b> Here stand votes down with what was written beside
them, sources called wrong or not relevant, dissatisfied next messages and questions that were declined, with those that
say much the same together.</p></div>"""


def render_themes(found: ThemesPublic) -> str:
    """The page below its heading."""
    if not found.complaints:
        return _EMPTY
    hidden = (
        f" {plural(found.hidden, 'complaint')} counted here come from people who did not agree that others see their "
        "words: of those only the number is shown."
        if found.hidden
        else ""
    )
    newest = "The newest " if found.more else ""
    said = f"{newest}{plural(found.complaints, 'complaint')} since {found.since:%-d %b %Y}.{hidden}"
    if not found.themes:
        alone = '<div class="empty"><p>No two complaints say much the same, so there is no theme yet.</p></div>'
        return f'<p class="muted">{esc(said)}</p>{alone}'
    most = found.themes[0].complaints
    themes = "".join(_theme(theme, most) for theme in found.themes)
    rest = f'<p class="muted">{plural(found.alone, "complaint")} like no other.</p>' if found.alone else ""
    return f'<p class="muted">{esc(said)}</p><ol class="cards themes">{themes}</ol>{rest}'


def _theme(theme: Theme, most: int) -> str:
    name = " · ".join(theme.terms) or "Kept private by those who wrote it"
    width = 100 * theme.complaints / most
    people = "one person" if theme.people == 1 else f"{theme.people:,} people"
    kinds = "".join(f"<span>{KINDS[kind]} {count}</span>" for kind, count in theme.kinds.items())
    reasons = "".join(
        f"<span>{esc(REASONS.get(reason, reason.replace('_', ' ')))} {count}</span>"
        for reason, count in theme.reasons.items()
    )
    examples = "".join(map(_example, theme.examples))
    return f"""<li class="card"><h2>{esc(name)}</h2>
<svg class="bar wide" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100"
 height="4"/><rect class="is" width="{width:.1f}" height="4"/></svg>
<p>{plural(theme.complaints, "complaint")} of {people}</p><p class="chips">{kinds}{reasons}</p>
{f'<ul class="examples">{examples}</ul>' if examples else ""}</li>"""


def _example(one: Excerpt) -> str:
    return f"<li><q>{esc(one.text)}</q> <small class='muted'>{KINDS[one.kind]}, {one.created_at:%-d %b %Y}</small></li>"
