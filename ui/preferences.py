"""What Attune has learned about a person, in plain words. Renders; asks nothing of the server."""

from collections.abc import Sequence

from app.schemas_preferences import PreferencePublic, ProvenanceItem
from ui.edits import render_difference
from ui.language import day, percent, tr, trn
from ui.markup import esc


def render_state_form() -> str:
    """Where a person says in their own words how they like answers."""
    return f"""<form id="state" class="state" data-method="POST" data-path="/api/v1/preferences">
<label for="state-description">{tr("Say how you like your answers")}</label>
<div class="row"><input id="state-description" name="description" maxlength="500" required autocomplete="off"
 placeholder="{tr("Short bullet points, please")}">
<button type="submit" class="primary">{tr("Remember")}</button></div>
<label for="state-scope" class="minor">{tr("Only for")}
<span class="muted">{tr("(left empty: everywhere)")}</span></label>
<input id="state-scope" name="scope" maxlength="200" autocomplete="off" placeholder="{tr("e-mails")}">
<p class="problem" role="alert" hidden></p></form>"""


def render_preferences(preferences: Sequence[PreferencePublic], more: str | None = None) -> str:
    """A card each, in the order given; `more` is the address of those that follow."""
    if not preferences:
        return _nothing()
    rest = f'<p><a id="more" href="{esc(more)}">{tr("Show more")}</a></p>' if more else ""
    return f'<ul class="cards">{"".join(_card(preference) for preference in preferences)}</ul>{rest}'


def render_provenance(items: Sequence[ProvenanceItem]) -> str:
    """The edits behind a preference, with the difference each made."""
    if not items:
        said = tr("No edit is kept behind it: you said it, or deleted the conversation it came from.")
        return f'<p class="muted">{said}</p>'
    return f'<ol class="provenance">{"".join(_origin(item) for item in items)}</ol>'


def certainty(preference: PreferencePublic) -> str:
    """In words and number."""
    if preference.source == "stated":
        return tr("Certain: you said so")
    steps = ((0.9, tr("Very sure")), (0.7, tr("Quite sure")), (0.4, tr("Fairly sure")), (0.0, tr("A first guess")))
    words = next(words for least, words in steps if preference.confidence >= least)
    return f"{words} ({percent(preference.confidence)})"


def _nothing() -> str:
    edit = tr(
        "Under an answer in the chat, press <b>Edit</b> and make the text as you would have it. What your change says "
        "about how you like answers is learned and listed here."
    )
    return f"""<div class="empty"><p>{tr("<b>Nothing yet.</b> There are two ways to begin:")}</p>
<ul><li>{edit}</li><li>{tr("Or say it above, in your own words.")}</li></ul></div>"""


def _card(preference: PreferencePublic) -> str:
    identity = esc(preference.id)
    off = "" if preference.active else " off"
    said = tr("Attune cannot do this yet with the current model. It is kept until it can.")
    unable = "" if preference.honoured else f'<p class="warn">{said}</p>'
    return f"""<li class="card{off}" id="p-{identity}"><h3 id="h-{identity}">{esc(preference.description)}</h3>
{_chips(preference)}{unable}
<dl><div><dt>{tr("Certainty")}</dt><dd>{_meter(preference)}{esc(certainty(preference))}</dd></div>
<div><dt>{tr("Holds")}</dt><dd>{_where(preference)}</dd></div>
<div><dt>{tr("From")}</dt><dd>{_evidence(preference)}</dd></div></dl>
{_controls(preference)}{_change_form(preference)}{_origins(preference)}</li>"""


def _chips(preference: PreferencePublic) -> str:
    chips = [tr("Said by you") if preference.source == "stated" else tr("Learned from your edits")]
    chips += [tr("Pinned")] if preference.pinned else []
    chips += [] if preference.active else [tr("Switched off")]
    return f'<p class="chips">{"".join(f"<span>{chip}</span>" for chip in chips)}</p>'


def _meter(preference: PreferencePublic) -> str:
    return f'<meter min="0" max="1" value="{preference.confidence:.3f}" aria-hidden="true"></meter>'


def _where(preference: PreferencePublic) -> str:
    if preference.scope:
        return tr("Only for: {scope}", scope=esc(preference.scope))
    if preference.context:
        return tr("Where you ask things like “{question}”", question=esc(preference.context))
    return tr("Everywhere")


def _evidence(preference: PreferencePublic) -> str:
    counts = tr("not used yet")
    if preference.used:
        used = trn("used {count} time", "used {count} times", preference.used)
        kept = trn("left as it was {count} time", "left as it was {count} times", preference.kept)
        counts = f"{used}, {kept}"
    if preference.source == "stated" and not preference.supported_by + preference.contradicted_by:
        return tr("your own words; {counts}", counts=counts)
    learned = trn("learned from {count} edit", "learned from {count} edits", preference.supported_by)
    against = trn("{count} speaks against it", "{count} speak against it", preference.contradicted_by)
    return f"{learned}, {against}; {counts}"


def _controls(preference: PreferencePublic) -> str:
    identity = esc(preference.id)

    def switch(name: str, label: str, on: bool) -> str:
        return (
            f'<button type="button" role="switch" class="switch" id="{name}-{identity}" data-patch="{name}" '
            f'data-id="{identity}" aria-checked="{"true" if on else "false"}" aria-describedby="h-{identity}">'
            f"{label}</button>"
        )

    return (
        f'<div class="controls">{switch("active", tr("In use"), preference.active)}'
        f"{switch('pinned', tr('Pinned'), preference.pinned)}"
        f'<button type="button" class="danger" id="delete-{identity}" data-delete="/api/v1/preferences/{identity}" '
        f'data-confirm="{confirm_deleting(preference.description)}" '
        f'aria-describedby="h-{identity}">{tr("Delete")}</button></div>'
    )


def confirm_deleting(words: str) -> str:
    """What is asked before something that the person said, or that was learned, is deleted."""
    return tr("Delete “{words}”? It stops having any effect at once.", words=esc(words))


def _change_form(preference: PreferencePublic) -> str:
    identity = esc(preference.id)
    unless = tr("(left empty: wherever it was learned)") if preference.context else tr("(left empty: everywhere)")
    return f"""<details id="change-{identity}"><summary
 aria-describedby="h-{identity}">{tr("Change the words or where it holds")}</summary>
<form id="form-{identity}" data-method="PATCH" data-path="/api/v1/preferences/{identity}">
<label for="words-{identity}">{tr("In your words")}</label><input id="words-{identity}" name="description"
 maxlength="500" required autocomplete="off" value="{esc(preference.description)}">
<label for="scope-{identity}">{tr("Only for")} <span class="muted">{unless}</span></label>
<input id="scope-{identity}" name="scope" maxlength="200" autocomplete="off" placeholder="{tr("e-mails")}"
 value="{esc(preference.scope or "")}">
<button type="submit" class="primary">{tr("Save")}</button>
<p class="problem" role="alert" hidden></p></form></details>"""


def _origins(preference: PreferencePublic) -> str:
    identity = esc(preference.id)
    return (
        f'<details id="from-{identity}" data-load="/shown/provenance/{identity}">'
        f'<summary aria-describedby="h-{identity}">{tr("Where from")}</summary><div data-loaded></div></details>'
    )


def _origin(item: ProvenanceItem) -> str:
    speaks = tr("Speaks for it") if item.supports else tr("Speaks against it")
    when = f'<time datetime="{item.created_at.isoformat()}">{day(item.created_at)}</time>'
    return (
        f'<li><p><b>{speaks}</b> · {when} · <a href="/?c={esc(item.conversation_id)}">{esc(item.question)}</a></p>'
        f"{render_difference(item.difference)}</li>"
    )
