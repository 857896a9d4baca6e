"""What the gate measured, champion and challenger on the same questions, as a table; how a version is linked to and
people are counted. Renders; asks nothing of the server."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from app.schemas_models import PromotionPublic
from ui.markup import esc, plural

_COLUMNS = ("Measured", "Champion", "This version", "Difference", "Passed")


def link_to_version(version: str | None, known: Collection[str]) -> str:
    """The version where the page of models shows it, also one too old to be among the first; None is what ships."""
    if version is None or version not in known:
        return esc(version or "what ships")
    return f'<a href="/operator/models?version={quote(version, safe="")}#v-{esc(version)}">{esc(version)}</a>'


def people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"


def render_report(decision: PromotionPublic, place: str = "v") -> str:
    """A row for the metric that decides and one for each guard; nothing where nothing was measured. `place` tells
    one table of a decision from another on the same page."""
    report = decision.report
    rows = [_row(str(report.get("metric", "metric")), report.get("primary"), decides=True)]
    rows += [_row(name, guard) for name, guard in (report.get("guards") or {}).items()]
    found = "".join(rows)
    if not found:
        return ""
    label = f"t-{place}-{esc(decision.id)}"
    columns = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    questions = f" on {plural(int(report['n']), 'question')}" if isinstance(report.get("n"), int | float) else ""
    return (
        f'<p id="{label}">Against {esc(decision.previous_id or "what ships")}{questions}</p><div class="scroll" '
        f'tabindex="0" '
        f'role="region" aria-labelledby="{label}"><table><thead><tr>{columns}</tr></thead><tbody>{found}</tbody>'
        f"</table></div>"
    )


def _row(name: str, figures: Any, decides: bool = False) -> str:
    if not isinstance(figures, Mapping):
        return ""
    low, high = figures.get("interval") or (None, None)
    interval = (
        f" <small>{low:+.3f} to {high:+.3f}</small>" if isinstance(low, float) and isinstance(high, float) else ""
    )
    difference = figures.get("difference", figures.get("ratio", figures.get("worst")))
    passed = (low is not None and low > 0) if decides else bool(figures.get("passed"))
    kept = '<span class="yes">yes</span>' if passed else '<span class="no">no</span>'
    said = "<small>decides</small>" if decides else ""
    return (
        f'<tr><th scope="row">{esc(name.replace("_", " "))} {said}</th><td>{_number(figures.get("champion"))}</td>'
        f"<td>{_number(figures.get('challenger'))}</td><td>{_number(difference)}{interval}</td><td>{kept}</td></tr>"
    )


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, int | float) and not isinstance(value, bool) else "–"
