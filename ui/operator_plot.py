"""Figures over time as an inline SVG with the same as a table beside it: lines with gaps, and bands of uncertainty.

Renders; asks nothing of the server. ui/plot.py draws the one line of About me.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ui.markup import esc

WIDTH, HEIGHT = 640, 220  # of the drawing; the page scales it
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 14, 34

Format = Callable[[float], str]


@dataclass(frozen=True)
class Point:
    """A value with the interval it lies in and what it was counted from; None where there is nothing to count."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Line:
    """One line of a plot; `name` stands in the legend and over its column."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Plot:
    """What is drawn. `labels` are those of the points, `nothing` says what to do where no point has a value."""

    key: str
    title: str
    said: str
    labels: Sequence[str]
    lines: Sequence[Line]
    form: Format
    nothing: str
    top: float | None = None  # of the axis; None: over the highest value
    across: str = "When"  # what the labels name


def render_plot(plot: Plot) -> str:
    """The whole figure under its heading."""
    drawn = [point for line in plot.lines for point in line.points if point.value is not None]
    heading = f'<h3 id="{plot.key}-title">{esc(plot.title)}</h3>'
    if not drawn:
        return f'<div class="figure">{heading}<div class="empty"><p>{esc(plot.nothing)}</p></div></div>'
    top = plot.top or _ceiling(max(point.high or point.value or 0.0 for point in drawn))
    lines = "".join(_line(number, line.points, top) for number, line in enumerate(plot.lines))
    return (
        f'<div class="figure">{heading}<figure class="plot"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{plot.key}-title {plot.key}-said">{_grid(top, plot.form)}{lines}{_ends(plot.labels)}</svg>'
        f'<figcaption id="{plot.key}-said">{esc(plot.said)}</figcaption>{_legend(plot.lines)}</figure>'
        f"{_table(plot)}</div>"
    )


def _ceiling(highest: float) -> float:
    """The next round number above: 1, 2 or 5 times a power of ten."""
    step = 1e-2
    while True:
        for factor in (1, 2, 5):
            if highest <= factor * step:
                return factor * step
        step *= 10


def _x(index: int, count: int) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * (index + 0.5) / count


def _y(value: float, top: float) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - min(value, top) / top)


def _grid(top: float, form: Format) -> str:
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = _y(share * top, top)
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{esc(form(share * top))}</text>'
        )
    return "".join(lines)


def _line(number: int, points: Sequence[Point], top: float) -> str:
    """Each stretch without a gap as a line over its band; single points as dots."""
    drawn = []
    for stretch in _stretches(points):
        places = [(_x(index, len(points)), _y(point.value or 0.0, top)) for index, point in stretch]
        drawn.append(_band(number, stretch, len(points), top))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(f'<polyline class="line l{number}" points="{path}"/>')
        drawn += [f'<circle class="l{number}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
    return "".join(drawn)


def _stretches(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    found: list[list[tuple[int, Point]]] = [[]]
    for index, point in enumerate(points):
        if point.value is not None:
            found[-1].append((index, point))
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _band(number: int, stretch: Sequence[tuple[int, Point]], count: int, top: float) -> str:
    known = [(_x(index, count), point) for index, point in stretch if point.low is not None and point.high is not None]
    if not known:
        return ""
    if len(known) == 1:
        x, point = known[0]
        ends = f'y1="{_y(point.low or 0.0, top):.1f}" y2="{_y(point.high or 0.0, top):.1f}"'
        return f'<line class="whisker l{number}" x1="{x:.1f}" x2="{x:.1f}" {ends}/>'
    upper = [f"{x:.1f},{_y(point.high or 0.0, top):.1f}" for x, point in known]
    lower = [f"{x:.1f},{_y(point.low or 0.0, top):.1f}" for x, point in reversed(known)]
    return f'<polygon class="band l{number}" points="{" ".join(upper + lower)}"/>'


def _ends(labels: Sequence[str]) -> str:
    y, first, last = HEIGHT - 10, esc(labels[0]), esc(labels[-1])
    begin = f'<text x="{_LEFT}" y="{y}" text-anchor="start">{first}</text>'
    end = f'<text x="{WIDTH - _RIGHT}" y="{y}" text-anchor="end">{last}</text>'
    return begin + end if len(labels) > 1 else begin


def _legend(lines: Sequence[Line]) -> str:
    if len(lines) < 2:
        return ""
    keys = "".join(f'<li class="l{number}">{esc(line.name)}</li>' for number, line in enumerate(lines))
    return f'<ul class="legend">{keys}</ul>'


def _table(plot: Plot) -> str:
    names = "".join(f'<th scope="col">{esc(line.name)}</th>' for line in plot.lines)
    rows = "".join(
        f'<tr><th scope="row">{esc(label)}</th>'
        + "".join(f"<td>{_cell(line.points[index], plot.form)}</td>" for line in plot.lines)
        + "</tr>"
        for index, label in enumerate(plot.labels)
    )
    return (
        f'<details id="{plot.key}-table"><summary>{esc(plot.title)} as a table</summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{plot.key}-title"><table><thead><tr>'
        f'<th scope="col">{plot.across}</th>{names}</tr></thead><tbody>{rows}</tbody></table></div></details>'
    )


def _cell(point: Point, form: Format) -> str:
    if point.value is None:
        return "–"
    ends = (point.low, point.high)
    interval = f" ({form(ends[0])} to {form(ends[1])})" if ends[0] is not None and ends[1] is not None else ""
    of = f" of {point.n:,}" if point.n is not None else ""
    return esc(f"{form(point.value)}{interval}{of}")
