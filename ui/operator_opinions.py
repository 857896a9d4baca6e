"""What people chose between two answers, and how far votes bear out the chance that they were content. Both are of all
days, not of a window. Renders; asks nothing of the server."""

from collections.abc import Sequence

from app.schemas_comparisons import ComparedPair, ComparisonsPublic
from app.schemas_quality import Rate
from app.schemas_satisfaction import Bin, SatisfactionPublic
from ui.markup import esc, plural
from ui.operator_plot import Line, Plot, Point, render_plot
from ui.operator_quality import percent, render_bar, render_table
from ui.operator_report import people

_NO_COMPARISON = """<div class="empty"><p><b>Nothing was compared yet.</b> With <code>ATTUNE_COMPARISONS=0.05</code> one
question in twenty gets two answers, of people who said under <a href="/about-me">About me</a> that they wish to
compare. <code>ATTUNE_CHALLENGER</code> names the version that answers beside the one in use.</p></div>"""
_NO_VOTE = """<div class="empty"><p><b>Nobody has voted yet.</b> Votes stand under every answer in the chat. Then it is
shown here whether what people do agrees with what they say.</p></div>"""
_PAIR = (
    "Beside the one in use",
    "Preferred",
    "Preferred or as good",
    "By chance?",
    "As good",
    "Said by",
    "Shown first",
)


def render_opinions(compared: ComparisonsPublic, content: SatisfactionPublic) -> str:
    """Two sections of the page about quality."""
    return render_compared(compared.items) + render_content(content)


def render_compared(pairs: Sequence[ComparedPair]) -> str:
    """Every pair of versions that was compared, the newest first."""
    said = (
        '<p class="muted">Chance decided whose answer came first. Nothing is promoted by this: the gate decides. '
        "Choices of one person are not independent, so look at how many people chose.</p>"
    )
    rows = "".join(map(_pair, pairs))
    found = f"{said}{render_table('compared-title', _PAIR, rows)}" if pairs else _NO_COMPARISON
    return (
        '<section class="compared" aria-labelledby="compared-title">'
        '<h2 id="compared-title">Two answers side by side</h2>'
        f"{found}</section>"
    )


def _pair(one: ComparedPair) -> str:
    decided = one.wins + one.losses
    low, high = one.interval or (None, None)
    rate = Rate(value=one.wins / decided if decided else None, low=low, high=high, count=one.wins, n=decided)
    bar = render_bar(rate, f"{one.wins:,} of {decided:,}", "no choice yet")
    first = f"{one.first_chosen:,} of {decided:,}" if decided else "–"
    cells = (
        bar,
        "–" if one.share is None else percent(one.share),
        _by_chance(one.p_value),
        f"{one.ties:,}",
        f"{people(one.people) if one.people else '–'} <small>{one.n:,} of {one.offered:,} asked</small>",
        f"{first} <small>preferred</small>" if decided else first,
    )
    columns = "".join(f"<td>{cell}</td>" for cell in cells)
    return (
        f'<tr><th scope="row">{esc(one.challenger)} <small class="muted">against {esc(one.champion)}, '
        f"{esc(one.kind)}</small></th>{columns}</tr>"
    )


def _by_chance(p_value: float | None) -> str:
    if p_value is None:
        return "–"
    return f"{'hardly' if p_value < 0.05 else 'may be'} <small>p {p_value:.2g}</small>"


def render_content(content: SatisfactionPublic) -> str:
    """The chance that somebody was content, from all that they did, beside what those said who voted."""
    found = f"{_borne_out(content)}{_weights(content)}" if content.n else _NO_VOTE
    return (
        '<section class="content" aria-labelledby="content-title">'
        '<h2 id="content-title">Do deeds agree with votes?</h2>'
        '<p class="muted">From edits, copies, opened sources and the next message Attune reckons the chance that '
        "somebody was content. It is logged once they have written again, ranks nothing, and stands for a "
        "vote where nobody voted (kto) only once 100 votes have calibrated it, and from 95% or up to 5%.</p>"
        f"{found}</section>"
    )


def _borne_out(content: SatisfactionPublic) -> str:
    bins = content.bins
    lines = [
        Line("Reckoned", [Point(one.mean_chance, n=one.n) for one in bins]),
        Line("Voted up", [Point(one.share_up, n=one.n) for one in bins]),
    ]
    said = f"{_errors(content)} A point is the answers whose chance lies in a fifth of the scale."
    labels = [_fifth(one) for one in bins]
    return render_plot(
        Plot("reckoned", "Reckoned and said", said, labels, lines, percent, "", top=1.0, across="Chance")
    )


def _fifth(one: Bin) -> str:
    return f"{one.above:.0%} to {one.above + 0.2:.0%}"


def _errors(content: SatisfactionPublic) -> str:
    """The same sum for the chance and for knowing nothing but how many are content."""
    counted = f"{plural(content.n, 'answer')} with a vote."
    if content.brier is None or content.brier_base is None:
        return counted
    better = "better" if content.brier < content.brier_base else "no better"
    return (
        f"{counted} The chance, which does not know the vote, errs by {content.brier:.3f} (mean square): {better} than "
        f"saying the share of votes up every time, which errs by {content.brier_base:.3f}."
    )


def _weights(content: SatisfactionPublic) -> str:
    rows = "".join(
        f'<tr><th scope="row">{esc(name.replace("_", " "))}</th><td>{weight:+g}</td></tr>'
        for name, weight in content.weights.items()
    )
    learned = (
        f"From votes here was learned to multiply their sum by {content.slope:.2f} and to add {content.offset:+.2f}."
        if (content.slope, content.offset) != (1.0, 0.0)
        else "With 100 votes and more, how far to believe their sum is learned from votes; these are too few."
    )
    table = render_table("weights-title", ("Evidence", "Log-odds"), rows)
    return (
        '<details id="weights"><summary id="weights-title">What the chance is made of</summary>'
        f'<p class="muted">The weights are declared, not learned. {learned}</p>{table}</details>'
    )
