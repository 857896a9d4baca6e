"""Text that others wrote, made into HTML that cannot act. The only place where the pages build HTML out of data."""

import html
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ui.formulas import read_formulas
from ui.language import tr

_MARKERS = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
# A template literal stands between us and the page: braces and back-ticks are inert there only by the library's grace.
_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})
_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069\ufeff]")


def esc(text: object) -> str:
    """Escape for element content and quoted attributes; controls that reorder or hide text are shown as such."""
    visible = _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return html.escape(visible, quote=True).translate(_TEMPLATE)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Escaped, with the spans (from, to) highlighted; those that overlap what came before are left out."""
    pieces, done = list[str](), 0
    for start, end in sorted(spans):
        if done <= start < end:
            pieces += [esc(text[done:start]), f"<mark>{esc(text[start:end])}</mark>"]
            done = end
    return "".join(pieces) + esc(text[done:])


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def markdown(text: str, turn_id: str = "", markers: Collection[int] = ()) -> str:
    """Markdown as HTML without raw HTML, images or script links; `[n]` becomes a button where n is among `markers`."""
    env = {"turn_id": turn_id, "markers": frozenset(markers)}
    return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", _parser().render(text, env)).translate(_TEMPLATE)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
    # An image would be fetched without a click: a document could make the answer carry secrets to a stranger's server.
    parser.disable("image")
    parser.inline.ruler.before("link", "citation", _citation)
    read_formulas(parser, esc)
    parser.add_render_rule("citation", _render_citation)
    parser.add_render_rule("link_open", _render_link_open)
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    match = _MARKERS.match(state.src, state.pos)
    if match is None:
        return False
    numbers = [int(number) for number in re.findall(r"\d+", match[1])]
    if not all(number in state.env["markers"] for number in numbers):
        return False
    if not silent:
        for number in numbers:
            state.push("citation", "", 0).meta = {"marker": number}
    state.pos = match.end()
    return True


# Not seen on the page; in what is copied from it the marker is [1] again.
_OPEN, _CLOSE = '<span class="bracket">[</span>', '<span class="bracket">]</span>'


def _render_citation(_: Any, tokens: list[Token], index: int, __: Any, env: dict[str, Any]) -> str:
    marker, turn = tokens[index].meta["marker"], esc(env["turn_id"])
    return (
        f'<button type="button" class="cite" data-cite="{marker}" data-turn="{turn}" '
        f'aria-label="{tr("Show source {marker}", marker=marker)}">{_OPEN}{marker}{_CLOSE}</button>'
    )


def _render_link_open(renderer: Any, tokens: list[Token], index: int, options: Any, env: dict[str, Any]) -> str:
    token = tokens[index]
    if not str(token.attrGet("href") or "").lower().startswith(("http://", "https://", "mailto:")):
        token.attrSet("href", "#")
    token.attrSet("rel", "noopener noreferrer nofollow")
    token.attrSet("target", "_blank")
    token.attrSet("title", str(token.attrGet("href")))
    return str(renderer.renderToken(tokens, index, options, env))
