"""What a person changed in an answer, and what came of it. Renders; asks nothing of the server."""

from collections.abc import Sequence

from app.schemas_preferences import EditPublic, PreferencePublic, SpanPublic
from ui.language import percent, tr, trn
from ui.markup import esc

_TAGS = {"removed": "del", "added": "ins"}


def render_difference(spans: Sequence[SpanPublic]) -> str:
    """The text with what was removed struck through and what was added underlined; line breaks are kept."""
    return f'<div class="diff">{"".join(_span(span) for span in spans)}</div>'


def render_edit(edit: EditPublic) -> str:
    """What changed, folded away, and what was learned from it; the browser keeps both parts apart by their names."""
    return (
        f'<div data-part="changes"><details class="changes"><summary>{tr("Show what changed")}</summary>'
        f'<p class="muted">{_cost(edit)}</p>{render_difference(edit.difference)}</details></div>'
        f'<div data-part="learning" data-learning="{edit.learning}" data-edit="{esc(edit.id)}">{_outcome(edit)}</div>'
    )


def render_applied(preferences: Sequence[PreferencePublic], missing: int) -> str:
    """The preferences that an answer was written under; `missing` of them are gone since."""
    items = "".join(f"<li>{esc(preference.description)}</li>" for preference in preferences)
    gone = trn("{count} preference deleted since", "{count} preferences deleted since", missing)
    rest = f"<li>{gone}</li>" if missing else ""
    return f'<ul>{items}{rest}</ul><p><a href="/about-me">{tr("See and change them under About me")}</a></p>'


def _span(span: SpanPublic) -> str:
    text = esc(span.text)
    if span.change == "same":
        return text
    tag, title = _TAGS[span.change], f' class="fact" title="{tr("It changes what is claimed")}"'
    return f"<{tag}{title if span.fact else ''}>{text}</{tag}>"


def _cost(edit: EditPublic) -> str:
    share = percent(edit.cost_normalised)
    return trn(
        "{count} word changed, {share} of the text",
        "{count} words changed, {share} of the text",
        edit.cost,
        share=share,
    )


def _outcome(edit: EditPublic) -> str:
    because = f": {esc(edit.reason)}" if edit.reason else ""
    match edit.learning:
        case "pending":
            said = f'<p class="learning now">{tr("Learning from your edit…")}</p>'
        case "learned":
            said = _learned(edit)
        case "nothing":
            said = f'<p class="learning">{tr("Nothing to learn from this{because}", because=because)}</p>'
        case "failed":
            failed = tr("Could not learn yet{because}. It is tried again.", because=because)
            said = f'<p class="learning warn">{failed}</p>'
        case "forgotten":
            said = f'<p class="learning">{tr("Undone: what this edit taught is forgotten. Your text stays.")}</p>'
    fact = f'<p class="learning warn">{tr("You corrected a fact: the source is marked as wrong")}</p>'
    return said + (fact if edit.sources_wrong else "")


def _learned(edit: EditPublic) -> str:
    undo = f'<button type="button" class="ghost" data-undo="{esc(edit.id)}">{tr("Undo")}</button>'
    about = f'<a href="/about-me">{tr("About me")}</a>'
    learned = f"<b>{tr('Learned:')}</b>"
    asked = "".join(_question(preference) for preference in edit.learned)
    match edit.learned:
        case []:  # deleted on their own since
            return f'<p class="learning">{tr("What was learned here has been deleted.")} {about}</p>'
        case [preference]:
            return f'<p class="learning good">{learned} {esc(preference.description)} {undo} {about}</p>{asked}'
    items = "".join(f"<li>{esc(preference.description)}</li>" for preference in edit.learned)
    return f'<div class="learning good"><p>{learned} {undo} {about}</p><ul>{items}</ul></div>{asked}'


def _question(preference: PreferencePublic) -> str:
    """One short question with its choices; it may be left unanswered."""
    question = preference.question
    if question is None:
        return ""
    choices = " ".join(
        f'<button type="button" class="ghost" data-choice="{choice.id}" data-preference="{esc(preference.id)}">'
        f"{esc(choice.label)}</button>"
        for choice in question.choices
    )
    said = esc(question.text)
    return f'<div class="learning" role="group" aria-label="{said}"><p>{said} {choices}</p></div>'
