"""Which of several answers to a question is seen, with the way to the others, and the way to ask the question in other
words; siblings.js does the rest. Renders; asks nothing of the server."""

import json
from collections.abc import Sequence

from app.schemas import TurnPublic
from ui.language import tr
from ui.markup import esc


def render_switch(turn: TurnPublic, siblings: Sequence[TurnPublic]) -> str:
    """`2/3` between the way back and the way on; nothing where there is one answer only."""
    if len(siblings) == 1:
        return ""
    place = [sibling.id for sibling in siblings].index(turn.id)
    before = siblings[place - 1] if place else None
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    label = tr("Answer {place} of {all}", place=place + 1, all=len(siblings))
    return (
        f'<span class="siblings" role="group" aria-label="{label}" data-siblings="{esc(siblings[0].id)}">'
        f"{_way('previous', tr('Previous answer'), '‹', before)}<span>{place + 1}/{len(siblings)}</span>"
        f"{_way('next', tr('Next answer'), '›', after)}</span>"
    )


def render_question(turn: TurnPublic, editable: bool) -> str:
    """The question; one that may be asked in other words has a button for that."""
    shown = f'<div class="question">{esc(turn.question)}</div>'
    if not editable:
        return shown
    # As JSON in ASCII: the editor must hold the very text, with the invisible signs that `esc` makes visible.
    text, title = esc(json.dumps(turn.question)), tr("Ask it in other words; this answer stays beside the new one")
    return (
        f'{shown}<div class="asked-actions"><button type="button" class="ghost" data-edit-question="{text}" '
        f'title="{title}">{tr("Edit question")}</button></div>'
    )


def _way(name: str, label: str, sign: str, to: TurnPublic | None) -> str:
    target = f'data-act="sibling" data-turn="{esc(to.id)}"' if to else "disabled"
    return (
        f'<button type="button" class="ghost" data-way="{name}" aria-label="{label}" title="{label}" {target}>'
        f"{sign}</button>"
    )
