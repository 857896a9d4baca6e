"""Quality as operators see it: figures of the whole window, plots over time, documents and versions beside each other.
Renders; asks nothing of the server."""

from collections.abc import Mapping, Sequence

from app.schemas_quality import (
    Mean,
    QualityBucket,
    QualityPublic,
    Rate,
    SlicesPublic,
    SourceSlice,
    VersionSlice,
)
from ui.markup import esc, plural
from ui.operator_plot import Line, Plot, Point, render_plot

_EMPTY = """<div class="empty"><p><b>Nothing was asked in these days.</b> As soon as people ask and say what they
think of
the answers, this page shows how good they are. Ask something in the <a href="/">chat</a>, or look further back.</p>
</div>"""


def render_quality(quality: QualityPublic, slices: Sequence[SlicesPublic], opinions: str = "") -> str:
    """The page below its heading; `slices` stand below the plots in the order given, after what people think."""
    if not quality.total.turns:
        return _EMPTY + opinions
    below = "".join(_versions(one) if one.versions else _sources(one) for one in slices)
    return (
        f'<section aria-label="All of these days">{_totals(quality.total)}</section>'
        f'<section class="figures" aria-label="Over time">{"".join(map(render_plot, _plots(quality)))}</section>'
        f"{opinions}{below}"
    )


def percent(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"


def seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1e3:.1f} s" if milliseconds >= 1000 else f"{milliseconds:.0f} ms"


def with_interval(figure: Rate | Mean) -> str:
    """A value with its interval, for a table; a dash where there is nothing to count."""
    if figure.value is None:
        return "–"
    if figure.low is None or figure.high is None:
        return percent(figure.value)
    return f"{percent(figure.value)} <small>{percent(figure.low)} to {percent(figure.high)}</small>"


def _totals(total: QualityBucket) -> str:
    p50, p95 = (seconds(one) if one is not None else "–" for one in (total.latency_p50_ms, total.latency_p95_ms))
    cards = (
        ("Questions", f"{total.questions:,}", _asked(total)),
        ("Rewritten", *_card(total.edit_cost, "answers")),
        ("Satisfied votes", *_card(total.satisfied, "answers with a vote")),
        ("Declined", *_card(total.abstained, "questions")),
        ("Sources opened", *_card(total.citations_opened, "answers that cite")),
        ("Time for an answer", p50, f"one in twenty takes more than {p95}"),
    )
    items = "".join(
        f"<div><dt>{name}</dt><dd><b>{value}</b><span class='muted'>{said}</span></dd></div>"
        for name, value, said in cards
    )
    return f'<dl class="totals">{items}</dl>'


def _asked(total: QualityBucket) -> str:
    """Answers that were asked for again count with the figures; of two that were compared the one that was kept."""
    again = total.turns - total.questions
    people = "from one person" if total.people == 1 else f"from {total.people:,} people"
    return f"{people} · {again:,} answered again" if again else people


def _card(figure: Rate | Mean, counted: str) -> tuple[str, str]:
    of = f"{counted}: {figure.n:,}"
    if figure.value is None:
        return "–", of
    if figure.low is None or figure.high is None:
        return percent(figure.value), of
    return percent(figure.value), f"{percent(figure.low)} to {percent(figure.high)} · {of}"


_SOURCES: Mapping[str, tuple[str, str]] = {
    "document": ("Documents, those with most said against them first", "Document"),
    "source": ("By kind of source", "Kind"),
}
_PLOTS: Sequence[tuple[str, str, str, str, Mapping[str, str]]] = (  # key, title, said, nothing, lines by field
    (
        "cost",
        "How much people rewrite",
        "The part of an answer's words that its person changed, with its 95 % interval.",
        "No answer was given in these days, so there was none to rewrite.",
        {"edit_cost": "Rewritten"},
    ),
    (
        "satisfied",
        "Satisfied votes",
        "Answers whose last vote is up, of those with a vote, with its 95 % interval.",
        "Nobody voted in these days. Votes stand under every answer in the chat.",
        {"satisfied": "Satisfied"},
    ),
    (
        "next",
        "What the next message suggests",
        "Chances as a small model reads them in what people say next. They are no votes, and too sure of themselves.",
        "No next message was read in these days: either nobody asked on, or reading them is switched off.",
        {"next_satisfied": "Satisfied", "next_dissatisfied": "Dissatisfied"},
    ),
    (
        "abstained",
        "Declined questions",
        "Questions that were answered with “your documents do not say”, with its 95 % interval.",
        "No question came to an end in these days.",
        {"abstained": "Declined"},
    ),
    (
        "opened",
        "Sources opened",
        "Answers of which somebody opened a source, of those that cite one, with its 95 % interval.",
        "No answer cited a source in these days: add documents to the library.",
        {"citations_opened": "Opened"},
    ),
)


def _plots(quality: QualityPublic) -> list[Plot]:
    buckets, every = quality.buckets, "day" if quality.bucket_days == 1 else "week"
    labels = [_label(bucket) for bucket in buckets]
    plots = []
    for key, title, said, nothing, fields in _PLOTS:
        lines = [Line(name, [_point(getattr(one, field)) for one in buckets]) for field, name in fields.items()]
        plots.append(Plot(key, title, f"{said} A point is a {every}.", labels, lines, percent, nothing))
    return [*plots, _latency(buckets, labels, every), _traffic(buckets, labels, every)]


def _latency(buckets: Sequence[QualityBucket], labels: Sequence[str], every: str) -> Plot:
    lines = [
        Line("Half take longer", [Point(one.latency_p50_ms) for one in buckets]),
        Line("One in twenty takes longer", [Point(one.latency_p95_ms) for one in buckets]),
    ]
    said = f"From the question to the checked answer, without waiting for others. A point is a {every}."
    return Plot(
        "latency", "Time for an answer", said, labels, lines, seconds, "No question came to an end in these days."
    )


def _traffic(buckets: Sequence[QualityBucket], labels: Sequence[str], every: str) -> Plot:
    lines = [
        Line("Questions", [Point(one.questions) for one in buckets]),
        Line("People", [Point(one.people) for one in buckets]),
    ]
    return Plot("traffic", "Questions and people", f"A point is a {every}.", labels, lines, _number, "Nobody asked.")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:g}"


def _point(figure: Rate | Mean) -> Point:
    return Point(figure.value, figure.low, figure.high, figure.n)


def _label(bucket: QualityBucket) -> str:
    if bucket.since == bucket.until:
        return f"{bucket.since:%-d %b %Y}"
    return f"{bucket.since:%-d %b} to {bucket.until:%-d %b %Y}"


def _sources(found: SlicesPublic) -> str:
    if not found.sources:
        return ""
    rows = "".join(map(_source, found.sources))
    left_out = found.total > len(found.sources)
    more = f'<p class="muted">The first {len(found.sources)} of {found.total:,}.</p>' if left_out else ""
    title, noun = _SOURCES[found.by]
    names = (noun, "Said against it", "Shown", "Cited", "Opened", "Helped", "Not relevant", "Wrong", "Corrected")
    key = f"{found.by}-title"
    return (
        f'<section aria-labelledby="{key}"><h2 id="{key}">{title}</h2>{render_table(key, names, rows)}{more}</section>'
    )


def _source(one: SourceSlice) -> str:
    said = one.wrong + one.not_relevant
    name = one.label or f"A document of somebody who keeps theirs private, or a deleted one ({one.key[:8]})"
    meter = render_bar(one.wrong_rate, f"{said} of {plural(one.wrong_rate.n, 'verdict')}")
    figures = (one.shown, one.cited, one.opened, one.helped, one.not_relevant, one.wrong, one.corrected)
    cells = "".join(f"<td>{figure:,}</td>" for figure in figures)
    return f'<tr><th scope="row">{esc(name)}</th><td>{meter}</td>{cells}</tr>'


def render_bar(rate: Rate, said: str, nothing: str = "no verdict") -> str:
    """The rate as a bar with its interval as a fainter one."""
    if rate.value is None or rate.high is None:
        return f'<span class="muted">{nothing}</span>'
    drawn = (
        f'<svg class="bar" viewBox="0 0 100 10" aria-hidden="true"><rect class="ground" width="100" height="10"/>'
        f'<rect class="may" width="{100 * rate.high:.1f}" height="10"/>'
        f'<rect class="is" width="{100 * rate.value:.1f}" height="10"/></svg>'
    )
    return f"{drawn}<small>{said}</small>"


def _versions(found: SlicesPublic) -> str:
    rows = "".join(_version(one) for one in found.versions)
    names = ("Version", "Questions", "Rewritten", "Satisfied", "Declined", "Sources opened", "Half take longer")
    return (
        '<section aria-labelledby="versions-title"><h2 id="versions-title">By version of each model</h2>'
        '<p class="muted">Versions answered at different times and different people: what the gate measured on '
        "the same "
        'questions stands under <a href="/operator/models">Models</a>.</p>'
        f"{render_table('versions-title', names, rows)}</section>"
    )


def _version(one: VersionSlice) -> str:
    figures = (one.edit_cost, one.satisfied, one.abstained, one.citations_opened)
    cells = "".join(f"<td>{with_interval(figure)}</td>" for figure in figures)
    spent = seconds(one.latency_p50_ms) if one.latency_p50_ms is not None else "–"
    return f'<tr><th scope="row">{esc(one.version)}</th><td>{one.turns:,}</td>{cells}<td>{spent}</td></tr>'


def render_table(label: str, names: Sequence[str], rows: str) -> str:
    """A table that scrolls by itself where it is too wide; `label` is the id of its heading, `rows` are markup."""
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{label}"><table><thead><tr>{columns}'
        f"</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )
