"""Formulas in TeX as MathML, which browsers draw themselves: no script, no font and no style comes with them.

What a document or a model wrote is a formula only as far as each of its elements and attributes is on a list here;
anything else is shown as it was written.
"""

import html
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

Escape = Callable[[object], str]

_LONGEST = 1000  # characters; a formula of that length takes a few hundredths of a second
# `$5 and $10` is money: a formula begins and ends at a letter, and no figure follows it.
_FORMS = (
    (re.compile(r"\$\$(.+?)\$\$", re.DOTALL), "block"),
    (re.compile(r"\\\[(.+?)\\\]", re.DOTALL), "block"),
    (re.compile(r"\\\((.+?)\\\)", re.DOTALL), "inline"),
    (re.compile(r"(?<![\w$\\])\$(?![\s$])((?:[^$\\]|\\.)+?)(?<!\s)\$(?![\w$])", re.DOTALL), "inline"),
)
_DEFINITIONS = re.compile(r"\\(?:[gex]?def|let|(?:re|provide)?newcommand|renewcommand|providecommand)\b")
_ELEMENTS_KNOWN = """math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msup msub msubsup munder mover munderover
mmultiscripts mprescripts none mstyle mpadded mphantom menclose mtable mtr mtd mlabeledtr"""
_ATTRIBUTES_KNOWN = """display displaystyle scriptlevel mathvariant stretchy fence separator form accent accentunder
movablelimits linethickness lspace rspace minsize maxsize width height depth columnalign columnspacing rowspacing
columnlines rowlines notation symmetric largeop"""
_ELEMENTS, _ATTRIBUTES = frozenset(_ELEMENTS_KNOWN.split()), frozenset(_ATTRIBUTES_KNOWN.split())
_VALUE = re.compile(r"[\w.%+ -]{1,60}")


def read_formulas(parser: MarkdownIt, escape: Escape) -> None:
    """Let `parser` know formulas in dollars and in TeX's brackets."""

    def render(_: Any, tokens: list[Token], index: int, *__: Any) -> str:
        token = tokens[index]
        return mathml(token.content, token.meta["display"], escape) or f"<code>{escape(token.markup)}</code>"

    parser.inline.ruler.before("escape", "formula", _formula)
    parser.add_render_rule("formula", render)


def mathml(tex: str, display: str, escape: Escape) -> str | None:
    """The formula as an element; None where it is none, or holds what has no place in one."""
    from latex2mathml.converter import convert_to_element

    if len(tex) > _LONGEST or _DEFINITIONS.search(tex):
        return None
    try:
        return _drawn(convert_to_element(tex, display=display), escape)
    except Exception:  # the library's errors share no base, and all of them say that this is no formula
        return None


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    for form, display in _FORMS:
        match = form.match(state.src, state.pos)
        if match is None or not match[1].strip():
            continue
        if not silent:
            token = state.push("formula", "", 0)
            token.content, token.markup, token.meta = match[1].strip(), match[0], {"display": display}
        state.pos = match.end()
        return True
    return False


def _drawn(element: Element, escape: Escape) -> str:
    # The library writes signs as entities; a command that it does not know comes back as it was written.
    text, tail = html.unescape(element.text or ""), html.unescape(element.tail or "")
    if element.tag not in _ELEMENTS or (text.startswith("\\") and len(text) > 1):
        raise ValueError(f"{element.tag} has no place in a formula")
    given = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES and _VALUE.fullmatch(value)}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
    inside = "".join(_drawn(child, escape) for child in element)
    return f"<{element.tag}{attributes}>{escape(text)}{inside}</{element.tag}>{escape(tail)}"
