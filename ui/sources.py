"""The sources panel: every passage that a turn was shown, and where to open it. Renders; asks nothing of the server."""

from collections.abc import Mapping, Sequence

from app.schemas import ExposurePublic
from app.schemas_feedback import Verdict
from ui.language import number, tr, trn
from ui.markup import esc, marked
from ui.places import place_url
from ui.votes import render_verdict


def render_no_sources() -> str:
    """The panel before anything was asked."""
    said = tr(
        "The passages behind an answer appear here: where they stand, how well they matched, and which of them the "
        "answer cites. A click on a number in an answer leads to its passage."
    )
    return f"""<header class="panel-head"><h2>{tr("Sources")}</h2></header>
<div class="empty"><p>{said}</p></div>"""


def render_sources(
    exposures: Sequence[ExposurePublic],
    turn_id: str,
    verdicts: Mapping[str, Verdict] | None = None,
) -> str:
    """All exposures of one turn, the numbered ones first. `verdicts` by exposure; None while the answer is written,
    when there is nothing yet to judge them by."""
    given = sorted((e for e in exposures if e.marker is not None), key=lambda e: e.marker or 0)
    rest = sorted((e for e in exposures if e.marker is None), key=lambda e: e.rank)
    used = [e for e in given if e.cited or verdicts is None]  # while it is written, nobody knows what it will cite
    if not exposures:
        said = tr(
            "No passage came near this question. Ask it in the words your documents use, or add a document that covers "
            "it."
        )
        return _head(tr("no passage matched"), turn_id) + f'<div class="empty"><p>{said}</p></div>'
    cited = sum(e.cited for e in exposures)
    summary = trn(
        "{count} passage found, {cited} cited", "{count} passages found, {cited} cited", len(exposures), cited=cited
    )
    shown = _group("", used, verdicts) + _group(tr("Read, but not used"), [e for e in given if e not in used], verdicts)
    shown += _group(tr("Found, but not read"), rest, verdicts)
    return _head(summary, turn_id) + f'<div data-turn="{esc(turn_id)}">{shown}</div>'


def _head(summary: str, turn_id: str) -> str:
    return (
        f'<header class="panel-head" data-shown-turn="{esc(turn_id)}"><h2 tabindex="-1">{tr("Sources")}</h2>'
        f'<span class="muted">{esc(summary)}</span>'
        f'<button type="button" class="ghost" data-back hidden>{tr("Back to the answer")}</button></header>'
    )


def _group(title: str, exposures: Sequence[ExposurePublic], verdicts: Mapping[str, Verdict] | None) -> str:
    if not exposures:
        return ""
    heading = f'<h3 class="group">{esc(title)}</h3>' if title else ""
    return heading + "".join(_card(exposure, verdicts) for exposure in exposures)


def _card(exposure: ExposurePublic, verdicts: Mapping[str, Verdict] | None) -> str:
    marker = exposure.marker
    title, number, identity = esc(exposure.title or exposure.document), "", ""
    if marker is not None:  # where a citation leads to
        number = f'<span class="number">{marker}</span>'
        label = tr("Source {marker}: {title}", marker=marker, title=title)
        identity = f'id="source-{marker}" tabindex="-1" aria-label="{label}"'
    state = "cited" if exposure.cited else "selected" if exposure.selected else "unused"
    verdict = "" if verdicts is None else render_verdict(exposure, verdicts.get(exposure.id))
    return f"""<article class="source {state}" {identity} data-exposure="{esc(exposure.id)}">
<div class="source-head">{number}<div class="source-name"><strong title="{esc(exposure.document)}">{title}</strong>{
        _place(exposure)
    }</div></div>
<p class="passage">{_passage(exposure)}</p>{_unfold(exposure)}
<footer><span class="chip {state}">{_state(state)}</span>{_scores(exposure)}
<a href="{esc(place_url(exposure))}" target="_blank" rel="noopener">{_open_label(exposure)}</a></footer>{
        verdict
    }</article>"""


def _passage(exposure: ExposurePublic) -> str:
    """The text with its used sentences marked; what stands before the first of them is folded while the card is."""
    start = min((start for start, _ in exposure.used), default=0)
    if start < _FOLDED:
        return marked(exposure.text, exposure.used)
    rest = [(first - start, last - start) for first, last in exposure.used]
    return f'<span class="early">{esc(exposure.text[:start])}</span>{marked(exposure.text[start:], rest)}'


def _unfold(exposure: ExposurePublic) -> str:
    """What shows all of a passage that a closed card cuts off; for the keyboard too, where the mouse may click anywhere
    on the text."""
    if len(exposure.text) < _CUT_OFF and exposure.text.count("\n") < _LINES:
        return ""
    return f'<button type="button" class="unfold" data-unfold aria-expanded="false">{tr("Whole passage")}</button>'


_LINES = 5  # of a passage that a closed card shows, as the style sheet has it
_CUT_OFF = 190  # characters: what fits into them in a narrow panel
_FOLDED = 120  # characters before a used sentence that a closed card still shows: two lines


def _state(state: str) -> str:
    return {"cited": tr("Cited"), "selected": tr("Read"), "unused": tr("Not read")}[state]


def _place(exposure: ExposurePublic) -> str:
    parts = [tr("page {page}", page=exposure.page)] if exposure.page else []
    if exposure.heading:
        parts.append(exposure.heading.replace(" > ", " › "))
    return f'<span class="muted">{esc(" · ".join(parts))}</span>' if parts else ""


def _scores(exposure: ExposurePublic) -> str:
    known = {
        tr("meaning"): exposure.dense,
        tr("words"): exposure.lexical,
        tr("usefulness"): exposure.utility,
    }
    detail = ", ".join(f"{name} {number(value)}" for name, value in known.items() if value is not None)
    score = tr("score {score}", score=number(exposure.score))
    return f'<span class="muted score" title="{esc(detail)}">{score}</span>'


def _open_label(exposure: ExposurePublic) -> str:
    if exposure.kind != "document":
        return tr("Open About me") if exposure.kind == "fact" else tr("Open the conversation")
    return tr("Open at page {page}", page=exposure.page) if exposure.page else tr("Open in the text")
