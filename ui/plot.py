"""Edit cost over time as one inline SVG with a table beside it. Renders; asks nothing of the server."""

from collections.abc import Sequence

from app.schemas_preferences import EditCostPoint
from ui.language import number, percent, short_day, tr, trn

WIDTH, HEIGHT = 640, 220  # of the drawing; the page scales it
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 14, 14, 34
LEAST = 2  # points that make a line


def render_cost(points: Sequence[EditCostPoint]) -> str:
    """How much of the answers was rewritten, stretch by stretch, oldest first."""
    if len(points) < LEAST:
        said = tr(
            "<b>Not enough answers yet.</b> Once you have asked more, this shows how much of the answers you still "
            "rewrite: the line should fall as Attune learns."
        )
        return f'<div class="empty"><p>{said}</p></div>'
    top = _ceiling(max(point.mean_cost for point in points))
    return (
        f'<figure class="plot"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="cost-said">'
        f"{_grid(top)}{_line(points, top)}{_days(points)}</svg>"
        f'<figcaption id="cost-said">{_said(points)}</figcaption></figure>{_table(points)}'
    )


def _ceiling(highest: float) -> float:
    """The top of the axis: the next step over the highest point, so that small costs can be told apart."""
    return next((step for step in (0.1, 0.2, 0.5) if highest <= step), 1.0)


def _place(index: int, count: int, cost: float, top: float) -> tuple[float, float]:
    x = _LEFT + (WIDTH - _LEFT - _RIGHT) * index / (count - 1)
    return x, _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - cost / top)


def _grid(top: float) -> str:
    lines = []
    for share in (0.0, 0.5, 1.0):
        _, y = _place(0, LEAST, share * top, top)
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{percent(share * top)}</text>'
        )
    return "".join(lines)


def _line(points: Sequence[EditCostPoint], top: float) -> str:
    places = [_place(index, len(points), point.mean_cost, top) for index, point in enumerate(points)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places)
    return f'<polyline class="cost" points="{path}"/>{dots}'


def _days(points: Sequence[EditCostPoint]) -> str:
    y, ends = HEIGHT - 10, ((_LEFT, "start", points[0]), (WIDTH - _RIGHT, "end", points[-1]))
    return "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{short_day(point.until)}</text>' for x, anchor, point in ends
    )


def _said(points: Sequence[EditCostPoint]) -> str:
    first, last, answers = points[0].mean_cost, points[-1].mean_cost, sum(point.answers for point in points)
    course = {"first": percent(first), "last": percent(last)}
    way = tr("It stayed at {last}.", **course)
    if last != first:
        way = (
            tr("It fell from {first} to {last}.", **course)
            if last < first
            else tr("It rose from {first} to {last}.", **course)
        )
    said = trn(
        "The part of the words that you rewrote, over {count} answer.",
        "The part of the words that you rewrote, over {count} answers.", answers,
    )  # fmt: skip
    return f"{said} {way}"


def _table(points: Sequence[EditCostPoint]) -> str:
    rows = "".join(
        f"<tr><td>{short_day(point.until)}</td><td>{number(point.answers)}</td><td>{percent(point.mean_cost)}</td></tr>"
        for point in points
    )
    columns = "".join(f'<th scope="col">{name}</th>' for name in (tr("Until"), tr("Answers"), tr("Rewritten")))
    return (
        f'<details id="cost-table"><summary>{tr("The same as a table")}</summary>'
        f"<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></details>"
    )
