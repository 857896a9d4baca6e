"""Training runs with their loss curves and what the gate found, and the form that starts one. Renders; operator.js
starts and cancels."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.schemas_models import VersionDetail
from app.schemas_training import KindStanding, TrainingPolicyPublic, TrainingRunDetail
from ui.markup import esc, plural
from ui.operator_plot import Line, Plot, Point, render_plot
from ui.operator_policy import METHODS, NAMES, name_of, render_policy
from ui.operator_report import link_to_version, people, render_report

LIVE = {"queued", "running"}
_HELP = {
    "retriever": "finds passages: trained from verdicts on sources and from clicks",
    "selector": "keeps the useful ones: trained from verdicts and your labels",
    "generator": "writes the answer: trained from edits and choices, or from votes",
}
_NONE = """<div class="empty"><p><b>No training yet.</b> Start one above: it learns from what people did with answers,
runs beside the server, and the gate decides on the questions in <code>holdout</code> of the home whether its result
answers. Nothing changes for anybody before that.</p></div>"""


def render_runs(
    runs: Sequence[TrainingRunDetail],
    versions: Mapping[str, VersionDetail],
    policy: TrainingPolicyPublic,
    more: str | None,
) -> str:
    """The page below its heading; `versions` are those that the runs made, by id."""
    cards = "".join(_run(run, versions.get(run.version_id or "")) for run in runs)
    older = f'<p><a href="/operator/runs?after={esc(more)}">Older runs</a></p>' if more else ""
    listed = f'<ul class="cards">{cards}</ul>{older}' if runs else _NONE
    live = " data-live" if any(run.state in LIVE for run in runs) else ""
    return (
        f'{_start(policy)}<section id="runs" aria-labelledby="runs-title"{live}>'
        '<h2 id="runs-title" tabindex="-1">Runs</h2>'
        f"{listed}</section>{render_policy(policy)}"
    )


def _start(policy: TrainingPolicyPublic) -> str:
    standing = {(one.kind, one.method): one for one in policy.standing}
    options = "".join(
        f'<label class="choice"><input type="radio" name="kind" value="{kind}"'
        f"{' checked' if kind == 'selector' else ''}>"
        f'<span><b>{name}</b> <span class="muted">{_HELP[kind]}. '
        f"{_labels(standing.get((kind, None)), policy.labels)}</span></span></label>"
        for kind, name in NAMES.items()
    )
    methods = "".join(
        f'<option value="{method}">{said}. {_labels(standing.get(("generator", method)), policy.labels)}</option>'
        for method, said in METHODS.items()
    )
    return f"""<section aria-labelledby="start-title"><h2 id="start-title">Train from what people did</h2>
<form id="start" data-method="POST" data-path="/api/v1/admin/training-runs"><fieldset><legend>What to train</legend>
{options}</fieldset><label for="method">The generator learns from <select id="method" name="method">{methods}</select>
</label><label for="minutes">At most so many minutes</label>
<div class="row"><input id="minutes" name="minutes" type="number" min="0.1" max="1440" step="any" value="20" required
 data-number><button type="submit" class="primary">Start</button></div>
<p class="problem" role="alert" hidden></p></form></section>"""


def _labels(standing: KindStanding | None, decides: int) -> str:
    if standing is None:
        return ""
    if standing.labels >= max(decides, standing.least):  # no more are counted
        return f"{plural(standing.labels, 'label')} or more so far."
    short = f", and {standing.least:,} are the least" if standing.labels < standing.least else ""
    return f"{plural(standing.labels, 'label')} so far, {standing.new_labels:,} new{short}."


def _run(run: TrainingRunDetail, made: VersionDetail | None) -> str:
    identity = esc(run.id)
    began = "by the policy" if run.trigger == "policy" else "by hand"
    chips = [f'<span class="run-{run.outcome or run.state}">{_state(run)}</span>', f"<span>{began}</span>"]
    chips += [f"<span>{plural(run.labels, 'label')} of {people(run.people)}</span>"] if run.labels else []
    chips += [f"<span>at most {plural(round(run.minutes), 'minute')}</span>"] if run.state in LIVE else []
    chips += [f"<span>{run.forgotten:,} of its log erased since</span>"] if run.forgotten else []
    cancel = (
        f'<p class="controls"><button type="button" class="danger" id="cancel-{identity}" '
        f'data-delete="/api/v1/admin/training-runs/{identity}" '
        'data-confirm="Stop this run? What it learned so far is lost.">Cancel</button></p>'
        if run.state in LIVE
        else ""
    )
    known = {made.id} if made else set()
    version = f"<p>Version {link_to_version(run.version_id, known)}</p>" if run.version_id else ""
    began_at = f"{run.created_at:%-d %b %Y %H:%M} UTC"
    return f"""<li class="card" id="r-{identity}"><h3>{name_of(run.kind, run.method)}, {began_at}</h3>
<p class="chips">{"".join(chips)}</p>{_problem(run)}{version}{_curve(run)}
{_measured(run, made) if made else ""}{cancel}</li>"""


def _state(run: TrainingRunDetail) -> str:
    if run.outcome:
        return run.outcome
    stage = f": {run.stage}" if run.stage and run.state in LIVE else ""
    return esc(f"{run.state}{stage}")


def _problem(run: TrainingRunDetail) -> str:
    said = [run.error] if run.error else run.reasons
    return "".join(f'<p class="warn">{esc(reason)}</p>' for reason in said)


def _curve(run: TrainingRunDetail) -> str:
    if run.state in LIVE and len(run.curve) < 2:
        return '<p class="muted">The curve is drawn here as it learns.</p>'
    if len(run.curve) < 2:
        return "".join(f'<p class="muted">Loss {one.loss:.3g} at step {one.step:,}.</p>' for one in run.curve)
    points = [Point(point.loss) for point in run.curve]
    labels = [f"step {point.step:,}" for point in run.curve]
    first, last = run.curve[0].loss, run.curve[-1].loss
    said = f"The loss on what it learns from went from {first:.3g} to {last:.3g} in {run.curve[-1].step:,} steps."
    return render_plot(Plot(f"curve-{esc(run.id)}", "Loss", said, labels, [Line("Loss", points)], _loss, ""))


def _loss(value: float) -> str:
    return f"{value:.3g}"


def _measured(run: TrainingRunDetail, made: VersionDetail) -> str:
    """The gate's figures, in which the champion is what answered when it measured; and the recipe's own, in which
    nothing is measured but what it began from."""
    decided = next((one for one in made.decisions if one.id == run.promotion_id), None)
    before, after = (made.manifest.get(name) or {} for name in ("before", "after"))
    return (render_report(decided) if decided else "") + _recipe(f"own-{esc(run.id)}", before, after)


def _recipe(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    names = [name for name in after if isinstance(after[name], int | float) and not isinstance(after[name], bool)]
    if not names:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{esc(name.replace("_", " "))}</th><td>{_figure(before.get(name))}</td>'
        f"<td>{_figure(after[name])}</td></tr>"
        for name in names
    )
    return (
        f'<p id="{key}">On what the recipe set aside for itself, which decides nothing</p><div class="scroll" '
        f'tabindex="0" role="region" aria-labelledby="{key}"><table><thead><tr><th scope="col">Measured</th>'
        '<th scope="col">Before training</th><th scope="col">After training</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _figure(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) and not isinstance(value, bool) else "–"
