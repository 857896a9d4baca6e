"""When to train without being told to: the switch, what each kind waits for, and the form that changes it. Renders;
operator.js sends what was changed."""

from collections.abc import Mapping

from app.schemas_training import FitMethod, HoldoutPublic, TrainedKind, TrainingPolicyPublic
from ui.markup import esc

NAMES: Mapping[TrainedKind, str] = {"retriever": "Retriever", "selector": "Selector", "generator": "Generator"}
METHODS: Mapping[FitMethod, str] = {"dpo": "pairs of answers", "kto": "answers wanted and not"}
_PATH = "/api/v1/admin/training-policy"
_OFF = "<p>Off: nothing is trained unless somebody starts it above.</p>"


def name_of(kind: TrainedKind, method: FitMethod | None) -> str:
    """The kind, and where there are several what it learns from."""
    return f"{NAMES[kind]} from {METHODS[method]}" if method else NAMES[kind]


def render_policy(policy: TrainingPolicyPublic) -> str:
    """The whole section."""
    checked = "true" if policy.enabled else "false"
    return f"""<section aria-labelledby="policy-title" id="policy">
<h2 id="policy-title" tabindex="-1">Train without being told to</h2>
<p class="controls"><button type="button" class="switch" role="switch" id="policy-on" aria-checked="{checked}"
 data-patch="enabled" data-path="{_PATH}">When there are enough new labels</button></p>
{_waits(policy) if policy.enabled else _OFF}{_deciding(policy.holdout)}
<form id="policy-form" data-method="PATCH" data-path="{_PATH}">{_kinds(policy)}{_numbers(policy)}
<p class="controls"><button type="submit" class="primary">Save</button></p>
<p class="problem" role="alert" hidden></p></form></section>"""


def _waits(policy: TrainingPolicyPublic) -> str:
    found = "".join(
        f"<li><b>{name_of(one.kind, one.method)}</b>: {esc(one.waits_for or 'begins within a minute')}</li>"
        for one in policy.standing
    )
    return f"<ul>{found}</ul>"


def _deciding(holdout: HoldoutPublic) -> str:
    """The sets that decide, and how worn they are."""
    if not holdout.sets:
        return (
            '<p class="warn">There are no questions that decide, so no run can come to an end: put a folder with '
            "questions into <code>holdout</code> of the home.</p>"
        )
    used = [f"{NAMES[kind].lower()} {count}" for kind, count in holdout.decisions.items() if count]
    worn = f" Decided so far: {', '.join(used)}; after {holdout.most} they are worn." if used else ""
    return f'<p class="muted">Questions that decide: {esc(", ".join(holdout.sets))}.{worn}</p>'


def _kinds(policy: TrainingPolicyPublic) -> str:
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="kinds" id="policy-{kind}" value="{kind}"'
        f"{' checked' if kind in policy.kinds else ''}><span>{name}</span></label>"
        for kind, name in NAMES.items()
    )
    methods = "".join(
        f'<option value="{method}"{" selected" if method == policy.method else ""}>{said}</option>'
        for method, said in METHODS.items()
    )
    return (
        f'<fieldset class="kinds"><legend>What it may train</legend>{boxes}</fieldset><label for="policy-method">The '
        f'generator learns from <select id="policy-method" name="method">{methods}</select></label>'
    )


def _numbers(policy: TrainingPolicyPublic) -> str:
    minutes, hours = (
        f"{policy.minutes:g}",
        ("" if one is None else one for one in (policy.quiet_from, policy.quiet_until)),
    )
    fields = (
        ("labels", "labels", "New labels since the last run", policy.labels, 'min="1" required'),
        ("policy-minutes", "minutes", "Minutes at most", minutes, 'min="0.1" max="1440" step="any" required'),
        ("quiet-from", "quiet_from", "Not from (hour, UTC)", next(hours), 'min="0" max="23"'),
        ("quiet-until", "quiet_until", "Until (hour, UTC)", next(hours), 'min="0" max="23"'),
    )  # fmt: skip
    inputs = "".join(
        f'<label for="{key}">{said}<input id="{key}" name="{name}" type="number" {bounds} value="{value}" data-number>'
        "</label>"
        for key, name, said, value, bounds in fields
    )
    return f'<div class="fields">{inputs}</div>'
