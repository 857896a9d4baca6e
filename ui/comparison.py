"""Two answers to one question side by side, called A and B and nothing else, and the buttons that say which is better.

Renders; asks nothing of the server. A choice is a switch between answers: the focus goes to that switch afterwards.
"""

from collections.abc import Sequence

from app.schemas import ExposurePublic, TurnPublic
from app.schemas_comparisons import Choice
from ui.chat import LiveTurn
from ui.language import tr
from ui.markup import esc, markdown


def render_beside(first: TurnPublic, second: LiveTurn) -> str:
    """The first answer whole, the second as far as it is written."""
    said = tr("A second answer is being written. Then you can say which one is better.")
    return _frame(first, said, _side("A", first) + _half(second), "")


def render_choice(first: TurnPublic, second: TurnPublic) -> str:
    """Both answers and the question which one is better; `first.comparison` says of which comparison they are."""
    turns: dict[Choice, TurnPublic] = {"a": first, "tie": first, "b": second}
    labels: dict[Choice, str] = {"a": tr("A is better"), "tie": tr("About the same"), "b": tr("B is better")}
    buttons = "".join(
        f'<button type="button" class="ghost" data-act="sibling" data-way="next" data-turn="{esc(turns[choice].id)}" '
        f'data-comparison="{esc(first.comparison or "")}" data-choice="{choice}">{label}</button>'
        for choice, label in labels.items()
    )
    choices = (
        f'<div class="choices" role="group" aria-label="{tr("Which answer is better?")}" '
        f'data-siblings="{esc(first.id)}">'
        f"{buttons}</div>"
    )
    said = tr("Two answers to your question. Which one is better? You may leave it open and ask on.")
    return _frame(first, said, _side("A", first) + _side("B", second), choices)


def _frame(first: TurnPublic, said: str, sides: str, choices: str) -> str:
    return (
        f'<section class="comparison" aria-label="{tr("Two answers to one question")}"><div class="question">'
        f'{esc(first.question)}</div><p class="muted" role="status">{said}</p><div class="sides">{sides}</div>{choices}'
        "</section>"
    )


def _side(name: str, turn: TurnPublic) -> str:
    markers = {citation.marker for citation in turn.citations}
    return _article(name, turn.id, markdown(turn.answer, turn.id, markers), turn.exposures)


def _half(live: LiveTurn) -> str:
    markers = {source.marker for source in live.sources if source.marker is not None}
    return _article("B", live.turn_id, markdown(live.text, live.turn_id, markers), live.sources)


def _article(name: str, turn_id: str, prose: str, sources: Sequence[ExposurePublic]) -> str:
    markers = " ".join(f"{source.marker}:{source.id}" for source in sources if source.marker is not None)
    named = f'data-turn="{esc(turn_id)}" data-markers="{esc(markers)}"'
    label = tr("Answer {name}", name=name)
    return (
        f'<article class="turn side" {named} aria-label="{label}"><h2 class="side-name">{name}</h2>'
        f'<div class="answer"><div class="prose">{prose}</div></div></article>'
    )
