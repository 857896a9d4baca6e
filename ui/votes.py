"""What a person thinks of an answer and of each source, as buttons; votes.js does the rest. Renders; asks nothing."""

from app.schemas import ExposurePublic, TurnPublic
from app.schemas_feedback import Reason, TurnFeedback, Verdict
from ui.language import tr
from ui.markup import esc

_VOTED = frozenset({"complete", "stopped"})
_OF_DECLINED: tuple[Reason, ...] = ("should_answer", "not_asked", "wrong_sources")
_OF_ANSWERED: tuple[Reason, ...] = ("incorrect", "incomplete", "not_asked", "wrong_sources", "style")
# Thumbs up of Lucide (ISC licence); the other one is it upside down.
_THUMB = """<svg viewBox="0 0 24 24" width="15" height="15" fill="none" stroke="currentColor" stroke-width="2"
stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M7 10v12"/>
<path d="M15 5.88 14 10h5.83a2 2 0 0 1 1.92 2.56l-2.33 8A2 2 0 0 1 17.5 22H4a2 2 0 0 1-2-2v-8a2 2 0 0 1
2-2h2.76a2 2 0 0 0 1.79-1.11L12 2a3.13 3.13 0 0 1 3
3.88Z"/></svg>"""


def render_thumbs(turn: TurnPublic, given: TurnFeedback | None) -> str:
    """Two buttons; nothing where there is no answer to vote on."""
    if turn.state not in _VOTED or not turn.answer:
        return ""
    vote = given.vote if given else None
    buttons = "".join(
        f'<button type="button" class="ghost thumb {name}" data-vote="{name}" aria-pressed="{_truth(vote == name)}" '
        f'aria-label="{label}" title="{label}">{_THUMB}</button>'
        for name, label in (("up", tr("Good answer")), ("down", tr("Bad answer")))
    )
    return f'<span class="thumbs" role="group" aria-label="{tr("Your vote")}">{buttons}</span>'


def render_reasons(turn: TurnPublic, given: TurnFeedback | None) -> str:
    """What may be said after a thumb down, in one click each and none of it needed; folded until then."""
    if turn.state not in _VOTED or not turn.answer:
        return ""
    is_down = given is not None and given.vote == "down"
    chosen, text = (given.reasons, given.text) if given and is_down else ([], "")
    chips = "".join(
        f'<button type="button" class="ghost reason" data-reason="{reason}" aria-pressed="{_truth(reason in chosen)}">'
        f"{_reason(reason)}</button>"
        for reason in (_OF_DECLINED if turn.abstained else _OF_ANSWERED)
    )
    label = tr("What was wrong? You may leave it open")
    return f"""<div class="vote-more"><p class="vote-said muted" role="status"></p>
<div class="reasons" role="group" aria-label="{label}"{"" if is_down else " hidden"}>
{chips}<form class="vote-text"><input type="text" maxlength="2000" value="{esc(text)}" data-draft="why-{esc(turn.id)}"
placeholder="{tr("In your words, if you like")}"
aria-label="{tr("What was wrong, in your words; you may leave it empty")}">
<button type="submit" class="ghost">{tr("Send")}</button></form></div></div>"""


def render_verdict(exposure: ExposurePublic, verdict: Verdict | None) -> str:
    """Whether this source was any good, as three buttons of which one may be pressed."""
    labels: dict[Verdict, str] = {"helped": tr("Helped"), "not_relevant": tr("Not relevant"), "wrong": tr("Wrong")}
    buttons = "".join(
        f'<button type="button" class="ghost" data-verdict="{name}" '
        f'aria-pressed="{_truth(verdict == name)}">{label}</button>'
        for name, label in labels.items()
    )
    name = tr("Was this passage of {title} any good?", title=esc(exposure.title or exposure.document))
    return f'<div class="verdict" role="group" aria-label="{name}">{buttons}</div>'


def _reason(reason: Reason) -> str:
    labels: dict[Reason, str] = {
        "incorrect": tr("Not correct"),
        "incomplete": tr("Something is missing"),
        "not_asked": tr("Not what I asked"),
        "wrong_sources": tr("Wrong sources"),
        "style": tr("Not my style"),
        "should_answer": tr("My documents answer it"),
    }
    return labels[reason]


def _truth(holds: bool) -> str:
    return "true" if holds else "false"
