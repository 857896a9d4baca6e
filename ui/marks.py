"""Pieces of an answer that its person marked as good or wrong; marks.js draws them and takes new ones. Renders; asks
nothing of the server."""

import json

from app.schemas import TurnPublic
from app.schemas_feedback import TurnFeedback
from ui.language import tr
from ui.markup import esc

_MARKED = frozenset({"complete", "stopped"})


def render_mark(turn: TurnPublic) -> str:
    """The button that lists the answer piece by piece, for whoever cannot or does not wish to select text."""
    if not _may_mark(turn):
        return ""
    title = tr("Say of pieces of the answer whether they are good or wrong; or select some of its text")
    return (
        f'<button type="button" class="ghost" data-mark-pieces aria-expanded="false" title="{title}">'
        f"{tr('Mark pieces')}</button>"
    )


def render_marks(turn: TurnPublic, given: TurnFeedback | None) -> str:
    """Where the marks of an answer are listed; places count code points of the answer as the model wrote it."""
    if not _may_mark(turn):
        return ""
    spans = [{"start": one.start, "end": one.end, "mark": one.mark} for one in given.spans] if given else []
    return f'<div class="marks" data-marks="{esc(json.dumps(spans))}"></div>'


def _may_mark(turn: TurnPublic) -> bool:
    """Whoever rewrites an answer says more with that: there is no mark on it then."""
    return turn.state in _MARKED and bool(turn.answer) and not turn.abstained and not turn.edited
