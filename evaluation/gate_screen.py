"""Models, versions and verdicts for the eye; --json gives the same to a program. Computes nothing."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from app.schemas_models import InUsePublic, ModelsPublic, Moved, VersionDetail

_SHIPPED = "what ships"


def print_models(found: ModelsPublic) -> None:
    """What answers, and the versions below it."""
    in_use = _table("kind", "in use", "because")
    for one in found.in_use:
        in_use.add_row(one.kind, one.version, _because(one))
    _console().print(in_use)
    if found.versions:
        versions = _table("version", "made", "decision", "")
        for each in found.versions:
            made = each.created_at.strftime("%Y-%m-%d %H:%M")
            forgotten = f"{each.forgotten} of its log erased since" if each.forgotten else ""
            notes = ", ".join(filter(None, ["champion" if each.champion else "", forgotten]))
            versions.add_row(each.id, made, each.decision, notes)
        _console().print(versions)
    for one in found.in_use:
        if one.problem:
            _console().print(f"{one.kind}: {one.problem}", style="red", highlight=False)


def by_kind(found: ModelsPublic) -> dict[str, Any]:
    """The same for a program: each kind's champion (what answers where none was promoted) and its versions."""
    return {
        one.kind: {
            "champion": one.champion or one.version,
            "in_use": one.model_dump(mode="json", exclude={"kind"}),
            "versions": [each.model_dump(mode="json") for each in found.versions if each.kind == one.kind],
        }
        for one in found.in_use
    }


def print_version(found: VersionDetail) -> None:
    """Where a version came from, and what was decided on it."""
    about = found.manifest
    said = _console()
    said.print(f"{found.id}{' (champion)' if found.champion else ''}", style="bold", highlight=False)
    said.print(f"  fitted on {', '.join(used['name'] for used in about.get('data', ())) or 'nothing that it names'}")
    said.print(f"  by {about.get('command')}  (commit {str(about.get('commit'))[:12]}, seed {about.get('seed')})")
    said.print(f"  files: {found.problem or f'{len(found.files)}, all as they were'}")
    for one in found.decisions:
        what = "refused" if not one.accepted else one.action
        against = f"against {one.previous_id or _SHIPPED}" if what != "rollback" else f"from {one.previous_id}"
        said.print(f"  {one.created_at:%Y-%m-%d %H:%M}  {what} {against}", highlight=False)
        for reason in one.reasons:
            said.print(f"    - {reason}", highlight=False)


def print_verdict(found: Mapping[str, Any]) -> None:
    """Every figure of the gate in a line, and the reasons of a refusal in sentences."""
    said, report = _console(), found["report"]
    outcome = "accepted" if found["accepted"] else "refused"
    said.print(f"{found['version']} against {found['champion'] or _SHIPPED}: {outcome}", style="bold", highlight=False)
    table = _table("", "champion", "challenger", "difference", "95 % interval", "")
    _row(table, report["metric"], report["primary"], "")
    for name, guard in report["guards"].items():
        _row(table, name, guard, "" if guard["passed"] else "worse")
    said.print(table)
    said.print(f"{report['n']} questions, holdout {report['holdout'][:12]}", highlight=False)
    for reason in found["reasons"]:
        said.print(f"- {reason}", highlight=False)
    if found["accepted"]:
        _print_in_use(InUsePublic.model_validate(found["in_use"]), found["milliseconds"])


def print_moved(moved: Moved) -> None:
    """What answers after a rollback."""
    _print_in_use(moved.in_use, moved.milliseconds)


def _print_in_use(one: InUsePublic, milliseconds: float) -> None:
    _console().print(
        f"{one.kind}: {one.version} answers ({_because(one)}), after {milliseconds:.0f} ms", highlight=False
    )


def _row(table: Table, name: str, figures: Mapping[str, Any], mark: str) -> None:
    interval = figures.get("interval")
    between = f"{interval[0]:+.3f} to {interval[1]:+.3f}" if interval else ""
    if "ratio" in figures:
        table.add_row(
            f"{name}, {figures['unit']}",
            f"{figures['champion']:.3g}",
            f"{figures['challenger']:.3g}",
            f"x {figures['ratio']:.2f}",
            "",
            mark,
        )
    elif "worst" in figures:
        table.add_row(f"{name} ({figures['groups']})", "", "", f"{figures['worst']:+.3f} at worst", "", mark)
    else:
        values = (figures["champion"], figures["challenger"], figures["difference"])
        shown = ["" if value is None else f"{value:.3f}" for value in values]
        table.add_row(name, *shown, between, mark)


def _because(one: InUsePublic) -> str:
    if one.setting:
        return f"{one.setting} is set" + (f"; promoted is {one.champion}" if one.champion else "")
    if one.problem:
        return f"{one.champion} cannot be used"
    return "it was promoted" if one.source == "promoted" else "it ships"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _console() -> Console:
    return Console(soft_wrap=True)
