"""What Attune has learned about a person, in plain words. Renders; asks nothing of the server."""

from collections.abc import Sequence

from app.schemas_preferences import PreferencePublic, ProvenanceItem
from ui.edits import render_difference
from ui.markup import esc, plural

_CERTAINTY = ((0.9, "Very sure"), (0.7, "Quite sure"), (0.4, "Fairly sure"), (0.0, "A first guess"))
_EMPTY = """<div class="empty"><p><b>Nothing yet.</b> There are two ways to begin:</p>
<ul><li>Under an answer in the chat, press <b>Edit</b> and make the text as you would have it.
What your change says about how you like answers is learned and listed here.</li>
<li>Or say it above, in your own words.</li></ul></div>"""

STATE_FORM = """<form id="state" class="state" data-method="POST" data-path="/api/v1/preferences">
<label for="state-description">Say how you like your answers</label>
<div class="row"><input id="state-description" name="description" maxlength="500" required autocomplete="off"
 placeholder="Short bullet points, please">
<button type="submit" class="primary">Remember</button></div>
<label for="state-scope" class="minor">Only for <span class="muted">(left empty: everywhere)</span></label>
<input id="state-scope" name="scope" maxlength="200" autocomplete="off" placeholder="e-mails">
<p class="problem" role="alert" hidden></p></form>"""


def render_preferences(preferences: Sequence[PreferencePublic], more: str | None = None) -> str:
    """A card each, in the order given; `more` is the address of those that follow."""
    if not preferences:
        return _EMPTY
    rest = f'<p><a id="more" href="{esc(more)}">Show more</a></p>' if more else ""
    return f'<ul class="cards">{"".join(_card(preference) for preference in preferences)}</ul>{rest}'


def render_provenance(items: Sequence[ProvenanceItem]) -> str:
    """The edits behind a preference, with the difference each made."""
    if not items:
        return '<p class="muted">No edit is kept behind it: you said it, or deleted the conversation it came from.</p>'
    return f'<ol class="provenance">{"".join(_origin(item) for item in items)}</ol>'


def certainty(preference: PreferencePublic) -> str:
    """In words and number."""
    if preference.source == "stated":
        return "Certain: you said so"
    words = next(words for least, words in _CERTAINTY if preference.confidence >= least)
    return f"{words} ({preference.confidence:.0%})"


def _card(preference: PreferencePublic) -> str:
    identity = esc(preference.id)
    off = "" if preference.active else " off"
    unable = (
        ""
        if preference.honoured
        else '<p class="warn">Attune cannot do this yet with the current model. It is kept until it can.</p>'
    )
    return f"""<li class="card{off}" id="p-{identity}"><h3 id="h-{identity}">{esc(preference.description)}</h3>
{_chips(preference)}{unable}
<dl><div><dt>Certainty</dt><dd>{_meter(preference)}{esc(certainty(preference))}</dd></div>
<div><dt>Holds</dt><dd>{_where(preference)}</dd></div><div><dt>From</dt><dd>{_evidence(preference)}</dd></div></dl>
{_controls(preference)}{_change_form(preference)}{_origins(preference)}</li>"""


def _chips(preference: PreferencePublic) -> str:
    chips = ["Said by you" if preference.source == "stated" else "Learned from your edits"]
    chips += ["Pinned"] if preference.pinned else []
    chips += [] if preference.active else ["Switched off"]
    return f'<p class="chips">{"".join(f"<span>{chip}</span>" for chip in chips)}</p>'


def _meter(preference: PreferencePublic) -> str:
    return f'<meter min="0" max="1" value="{preference.confidence:.3f}" aria-hidden="true"></meter>'


def _where(preference: PreferencePublic) -> str:
    if preference.scope:
        return f"Only for: {esc(preference.scope)}"
    if preference.context:
        return f"Where you ask things like “{esc(preference.context)}”"
    return "Everywhere"


def _evidence(preference: PreferencePublic) -> str:
    counts = "not used yet"
    if preference.used:
        counts = f"used {plural(preference.used, 'time')}, left as it was {plural(preference.kept, 'time')}"
    if preference.source == "stated" and not preference.supported_by + preference.contradicted_by:
        return f"your own words; {counts}"
    verb = "speaks" if preference.contradicted_by == 1 else "speak"
    learned = f"learned from {plural(preference.supported_by, 'edit')}"
    return f"{learned}, {preference.contradicted_by:,} {verb} against it; {counts}"


def _controls(preference: PreferencePublic) -> str:
    identity = esc(preference.id)

    def switch(name: str, label: str, on: bool) -> str:
        return (
            f'<button type="button" role="switch" class="switch" id="{name}-{identity}" data-patch="{name}" '
            f'data-id="{identity}" aria-checked="{"true" if on else "false"}" aria-describedby="h-{identity}">'
            f"{label}</button>"
        )

    return (
        f'<div class="controls">{switch("active", "In use", preference.active)}'
        f"{switch('pinned', 'Pinned', preference.pinned)}"
        f'<button type="button" class="danger" id="delete-{identity}" data-delete="/api/v1/preferences/{identity}" '
        f'data-confirm="Delete “{esc(preference.description)}”? It stops having any effect at once." '
        f'aria-describedby="h-{identity}">Delete</button></div>'
    )


def _change_form(preference: PreferencePublic) -> str:
    identity, unless = esc(preference.id), "wherever it was learned" if preference.context else "everywhere"
    return f"""<details id="change-{identity}"><summary aria-describedby="h-{identity}">Change the words or where it
holds</summary><form id="form-{identity}" data-method="PATCH" data-path="/api/v1/preferences/{identity}">
<label for="words-{identity}">In your words</label><input id="words-{identity}" name="description" maxlength="500"
 required autocomplete="off" value="{esc(preference.description)}">
<label for="scope-{identity}">Only for <span class="muted">(left empty: {unless})</span></label>
<input id="scope-{identity}" name="scope" maxlength="200" autocomplete="off" placeholder="e-mails"
 value="{esc(preference.scope or "")}">
<button type="submit" class="primary">Save</button><p class="problem" role="alert" hidden></p></form></details>"""


def _origins(preference: PreferencePublic) -> str:
    identity = esc(preference.id)
    return (
        f'<details id="from-{identity}" data-load="/shown/provenance/{identity}">'
        f'<summary aria-describedby="h-{identity}">Where from</summary><div data-loaded></div></details>'
    )


def _origin(item: ProvenanceItem) -> str:
    speaks = "Speaks for it" if item.supports else "Speaks against it"
    day = f'<time datetime="{item.created_at.isoformat()}">{item.created_at:%-d %B %Y}</time>'
    return (
        f'<li><p><b>{speaks}</b> · {day} · <a href="/?c={esc(item.conversation_id)}">{esc(item.question)}</a></p>'
        f"{render_difference(item.difference)}</li>"
    )
