"""Training runs with their loss curves, and the policy that begins them. Renders; operator.js starts and cancels."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.schemas_training import KindStanding, TrainingPolicyPublic, TrainingRunDetail
from ui.markup import esc, plural
from ui.operator_plot import Line, Plot, Point, render_plot

LIVE = {"queued", "running"}
_NAMES = {"retriever": "Retriever", "selector": "Selector", "generator": "Generator"}
_HELP = {
    "retriever": "finds passages: trained from verdicts on sources and from clicks",
    "selector": "keeps the useful ones: trained from verdicts and your labels",
    "generator": "writes the answer: trained from edits and votes",
}
_NONE = """<div class="empty"><p><b>No training yet.</b> Start one above: it learns from what people did with answers,
runs beside the server, and the gate decides on the questions in <code>holdout</code> of the home whether its result
answers. Nothing changes for anybody before that.</p></div>"""


def render_runs(runs: Sequence[TrainingRunDetail], policy: TrainingPolicyPublic, more: str | None) -> str:
    """The page below its heading."""
    cards = "".join(map(_run, runs))
    older = f'<p><a href="/operator/runs?after={esc(more)}">Older runs</a></p>' if more else ""
    listed = f'<ul class="cards">{cards}</ul>{older}' if runs else _NONE
    live = " data-live" if any(run.state in LIVE for run in runs) else ""
    return (
        f'{_start(policy)}<section id="runs" aria-labelledby="runs-title"{live}>'
        '<h2 id="runs-title" tabindex="-1">Runs</h2>'
        f"{listed}</section>{_policy(policy)}"
    )


def _start(policy: TrainingPolicyPublic) -> str:
    standing = {one.kind: one for one in policy.standing}
    options = "".join(
        f'<label class="choice"><input type="radio" name="kind" value="{kind}"'
        f"{' checked' if kind == 'selector' else ''}>"
        f'<span><b>{name}</b> <span class="muted">{_HELP[kind]}. {_labels(standing.get(kind))}</span></span></label>'  # type: ignore[call-overload]
        for kind, name in _NAMES.items()
    )
    return f"""<section aria-labelledby="start-title"><h2 id="start-title">Train from what people did</h2>
<form id="start" data-method="POST" data-path="/api/v1/admin/training-runs"><fieldset><legend>What to train</legend>
{options}</fieldset><label for="minutes">At most so many minutes</label>
<div class="row"><input id="minutes" name="minutes" type="number" min="1" max="1440" value="20" required data-number>
<button type="submit" class="primary">Start</button></div>
<p class="problem" role="alert" hidden></p></form></section>"""


def _labels(standing: KindStanding | None) -> str:
    if standing is None:
        return ""
    short = f", and {standing.least:,} are the least" if standing.labels < standing.least else ""
    return f"{plural(standing.labels, 'label')} so far, {standing.new_labels:,} new{short}."


def _run(run: TrainingRunDetail) -> str:
    identity = esc(run.id)
    began = "by the policy" if run.trigger == "policy" else "by hand"
    chips = [f'<span class="run-{run.outcome or run.state}">{_state(run)}</span>', f"<span>{began}</span>"]
    chips += [
        f"<span>{plural(run.labels, 'label')} of {run.people:,} {'person' if run.people == 1 else 'people'}</span>"
    ]
    chips += [f"<span>{plural(run.forgotten, 'person')} forgotten since</span>"] if run.forgotten else []
    cancel = (
        '<p class="controls"><button type="button" class="danger" '
        f'data-delete="/api/v1/admin/training-runs/{identity}" '
        'data-confirm="Stop this run? What it learned so far is lost.">Cancel</button></p>'
        if run.state in LIVE
        else ""
    )
    version = (
        f'<p>Version <a href="/operator/models#v-{esc(run.version_id)}">{esc(run.version_id)}</a></p>'
        if run.version_id
        else ""
    )
    return f"""<li class="card" id="r-{identity}"><h3>{_NAMES[run.kind]}, {run.created_at:%-d %b %Y %H:%M} UTC</h3>
<p class="chips">{"".join(chips)}</p>{_problem(run)}{version}{_curve(run)}
{_before_after(run.before, run.after)}{cancel}</li>"""


def _state(run: TrainingRunDetail) -> str:
    if run.outcome:
        return run.outcome
    stage = f": {run.stage}" if run.stage and run.state in LIVE else ""
    return esc(f"{run.state}{stage}")


def _problem(run: TrainingRunDetail) -> str:
    said = [run.error] if run.error else run.reasons
    return "".join(f'<p class="warn">{esc(reason)}</p>' for reason in said)


def _curve(run: TrainingRunDetail) -> str:
    if len(run.curve) < 2:
        return ""
    points = [Point(point.loss) for point in run.curve]
    labels = [f"step {point.step:,}" for point in run.curve]
    first, last = run.curve[0].loss, run.curve[-1].loss
    said = f"The loss on what it learns from went from {first:.3g} to {last:.3g} in {run.curve[-1].step:,} steps."
    return render_plot(Plot(f"curve-{esc(run.id)}", "Loss", said, labels, [Line("Loss", points)], _loss, ""))


def _loss(value: float) -> str:
    return f"{value:.3g}"


def _before_after(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What the gate measured of the champion and of the new version, where both are numbers."""
    names = [name for name in after if isinstance(after[name], int | float) and not isinstance(after[name], bool)]
    if not names:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{esc(name)}</th><td>{_figure(before.get(name))}</td><td>{_figure(after[name])}</td></tr>'
        for name in names
    )
    return (
        '<table><thead><tr><th scope="col">Measured</th><th scope="col">Champion</th>'
        f'<th scope="col">New version</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _figure(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "–"


def _policy(policy: TrainingPolicyPublic) -> str:
    checked = "true" if policy.enabled else "false"
    hours = (
        "" if policy.quiet_from is None else policy.quiet_from,
        "" if policy.quiet_until is None else policy.quiet_until,
    )
    waits = "".join(
        f"<li><b>{_NAMES[one.kind]}</b>: {esc(one.waits_for or 'begins at the next look')}</li>"
        for one in policy.standing
    )
    sets = ", ".join(policy.holdout.sets) or "none: put a folder of questions into holdout of the home"
    return f"""<section aria-labelledby="policy-title" id="policy">
<h2 id="policy-title">Train without being told to</h2>
<p class="controls"><button type="button" class="switch" role="switch" id="policy-on" aria-checked="{checked}"
 data-patch="enabled" data-path="/api/v1/admin/training-policy">When there are enough new labels</button></p>
<ul>{waits}</ul><p class="muted">Questions that decide: {esc(sets)}</p>
<form id="policy-form" data-method="PATCH" data-path="/api/v1/admin/training-policy">
<div class="fields"><label for="labels">New labels<input id="labels" name="labels" type="number" min="1"
 value="{policy.labels}" required data-number></label>
<label for="policy-minutes">Minutes<input id="policy-minutes" name="minutes" type="number" min="1" max="1440"
 value="{policy.minutes:g}" required data-number></label>
<label for="quiet-from">Not from (hour, UTC)<input id="quiet-from" name="quiet_from" type="number" min="0" max="23"
 value="{hours[0]}" data-number></label>
<label for="quiet-until">until<input id="quiet-until" name="quiet_until" type="number" min="0" max="23"
 value="{hours[1]}" data-number></label></div>
<p class="controls"><button type="submit" class="primary">Save</button></p>
<p class="problem" role="alert" hidden></p></form></section>"""
