"""Which versions answer, what the gate measured of each, every decision. Renders; operator.js promotes and rolls
back."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.schemas_models import InUsePublic, ModelsPublic, PromotionPublic, VersionDetail
from ui.markup import esc
from ui.operator_report import link_to_version, render_report

_ABOUT = {
    "generator": "writes the answer",
    "selector": "keeps the useful passages",
    "verifier": "checks citations",
    "retriever": "finds passages",
}
_SOURCES = {"setting": "a setting names it", "promoted": "promoted", "shipped": "ships with Attune"}
_DECIDED = "Every decision: what was promoted, refused and rolled back, and why"
_NO_DECISIONS = """<div class="empty"><p><b>No decision yet.</b> When a version is promoted, refused or rolled back, it
stands here with its reasons and figures.</p></div>"""


def render_models(
    models: ModelsPublic, details: Mapping[str, VersionDetail], log: Sequence[PromotionPublic], more: str | None
) -> str:
    """The page below its heading; `details` by version, of those that are shown in full."""
    kinds = "".join(
        _kind(one, [detail for detail in details.values() if detail.kind == one.kind]) for one in models.in_use
    )
    known = {one.id for one in models.versions}
    decisions = "".join(_decision(one, known) for one in log)
    older = f'<p><a href="/operator/models?after={esc(more)}#log">Older decisions</a></p>' if more else ""
    listed = f'<ol class="cards">{decisions}</ol>{older}' if log else _NO_DECISIONS
    return (
        f'<p><a href="#log">{_DECIDED}</a></p>{kinds}<section id="log" aria-labelledby="log-title">'
        f'<h2 id="log-title" tabindex="-1">Decisions</h2>{listed}</section>'
    )


def _kind(used: InUsePublic, versions: Sequence[VersionDetail]) -> str:
    kind = esc(used.kind)
    problem = f'<p class="warn">{esc(used.problem)}</p>' if used.problem else ""
    setting = f'<p class="muted">The setting {esc(used.setting)} comes first.</p>' if used.setting else ""
    back = (
        f'<p class="controls"><button type="button" id="back-{kind}" data-post="/api/v1/admin/models/rollback" '
        f'data-body="{esc(json.dumps({"kind": used.kind}))}" data-confirm="Let the {kind} before this one answer '
        f'again?">'
        "Roll back</button></p>"
        if used.champion
        else ""
    )
    listed = "".join(_version(one, used) for one in versions)
    train = '<a href="/operator/runs">train one</a>, or ' if used.kind != "verifier" else ""
    none = (
        f'<p class="muted">No trained {kind} lies in this home: {train}promote a folder with '
        "<code>attune models promote DIR --data DIR</code>.</p>"
    )
    return f"""<section aria-labelledby="k-{kind}"><h2 id="k-{kind}">{kind.capitalize()} <span
 class="muted">{_ABOUT[used.kind]}</span></h2>
<div class="card"><p><b class="version">{esc(used.version)}</b> answers:
 {_SOURCES[used.source]}</p>{problem}{setting}{back}</div>
{f'<ul class="cards">{listed}</ul>' if listed else none}</section>"""


def _version(one: VersionDetail, used: InUsePublic) -> str:
    chips = ["champion"] if one.champion else [one.decision if one.decision != "none" else "never measured"]
    chips += [f"{one.forgotten:,} of its log erased since"] if one.forgotten else []
    problem = f'<p class="warn">{esc(one.problem)}</p>' if one.problem else ""
    marks = "".join(f'<span class="{esc(chip.replace(" ", "-"))}">{esc(chip)}</span>' for chip in chips)
    latest = next((made for made in one.decisions if made.version_id == one.id), None)
    measured = next((made for made in one.decisions if made.action == "promote" and made.version_id == one.id), None)
    refused = "".join(
        f"<li>{esc(reason)}</li>" for reason in (latest.reasons if latest and not latest.accepted else [])
    )
    return f"""<li class="card" id="v-{esc(one.id)}"><h3 class="version">{esc(one.id)}</h3><p class="chips">{marks}
<span>{one.created_at:%-d %b %Y}</span></p>{problem}{f"<ul class='warn'>{refused}</ul>" if refused else ""}
{render_report(measured) if measured else ""}{_promote(one, used, measured)}</li>"""


def _promote(one: VersionDetail, used: InUsePublic, measured: PromotionPublic | None) -> str:
    """A button where the gate's word on exactly this exchange is known; the command that asks the gate elsewhere."""
    if one.champion or used.setting:
        return ""
    if measured and measured.accepted and measured.holdout and measured.previous_id == used.champion:
        body: dict[str, Any] = {
            "champion": used.champion,
            "accepted": True,
            "reasons": [],
            "holdout": measured.holdout,
            "report": measured.report,
        }
        return (
            f'<p class="controls"><button type="button" class="primary" id="promote-{esc(one.id)}" '
            f'data-post="/api/v1/admin/models/{esc(one.id)}/promote" data-body="{esc(json.dumps(body))}" '
            f'data-confirm="Let {esc(one.id)} answer from the next question on?">Promote</button></p>'
        )
    return (
        '<p class="muted">To measure it against what answers now, and let it answer if it is better: '
        f"<code>attune models promote {esc(one.id)} --data DIR</code></p>"
    )


def _decision(one: PromotionPublic, known: Collection[str]) -> str:
    beside = "in place of" if one.accepted else "measured against"
    what = "rolled back to" if one.action == "rollback" else "promoted" if one.accepted else "refused"
    reasons = "".join(f"<li>{esc(reason)}</li>" for reason in one.reasons)
    return f"""<li class="card"><h3>{esc(one.kind.capitalize())}: {what} <span
 class="version">{link_to_version(one.version_id, known)}</span></h3>
<p class="muted">{one.created_at:%-d %b %Y %H:%M} UTC, {beside} {link_to_version(one.previous_id, known)}</p>
{f"<ul class='warn'>{reasons}</ul>" if reasons else ""}
<details id="d-{esc(one.id)}"><summary>Every figure</summary>{render_report(one, "d")}<pre class="scroll" tabindex="0"
 role="region"
 aria-label="Every figure">{esc(json.dumps(one.report, indent=1, ensure_ascii=False)[:20_000])}</pre></details></li>"""
