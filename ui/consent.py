"""What a person agrees to, as two switches on About me; about.js does the rest. Renders; asks nothing."""

from app.schemas import PersonPublic
from ui.language import tr
from ui.markup import esc


def render_consent(person: PersonPublic) -> str:
    """The switches, each with what it does in plain words."""
    trains_others = tr(
        "Your questions, edits and votes, with the passages that were shown to you, may train models that others here "
        "use too, and the people who run this installation may read some of them to see what to mend. Somebody else's "
        "document is taken only if its owner agreed as well. Off, they train nothing that others use, and nobody reads "
        "them. Switched off again, whatever is trained from then on is trained without them; what was trained before "
        "stays as it is."
    )
    compares = tr(
        "Where this installation tries out a model, now and then a question of yours gets two answers, and you say "
        "which one is better. Off, you always get one."
    )
    return _switch(
        "trains_others", tr("Let others gain from what I do"), trains_others, person.trains_others
    ) + _switch("compares", tr("Show me two answers now and then"), compares, person.compares)


def _switch(name: str, label: str, explained: str, on: bool) -> str:
    return (
        f'<div class="controls"><button type="button" role="switch" class="switch" id="{name}" data-patch="{name}" '
        f'data-path="/api/v1/me" aria-checked="{"true" if on else "false"}" aria-describedby="{name}-explained">'
        f'{esc(label)}</button></div><p class="muted" id="{name}-explained">{explained}</p>'
    )
