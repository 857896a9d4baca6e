"""Lines of a page become headings, paragraphs and tables by their type and their figures."""

from collections.abc import Sequence

import pytest

from retrieval.loader_blocks import BlockWriter
from retrieval.loader_pdf_page import Line
from retrieval.loader_pdf_text import style_of, write_with_headings
from retrieval.types import Block

BODY = "Guests keep the door shut while it snows, and boil the water before they drink it."


def page(*texts: str, bold: Sequence[str] = (), gaps: Sequence[str] = ()) -> list[Line]:
    """Lines of ten points from the top down; a wide gap lies above those in `gaps`."""
    lines, top = [], 800.0
    for text in texts:
        top -= 40 if text in gaps else 12
        lines.append(Line(text, top, 10.0, bold=text in bold))
    return lines


def written(lines: list[Line]) -> list[Block]:
    out = BlockWriter(100_000)
    prose = page(*[BODY] * 20)  # what makes the body of the document
    write_with_headings(lines, style_of(lines + prose), out)
    return out.blocks


def test_bold_lines_are_headings_and_capitals_stand_above() -> None:
    blocks = written(page("THE HUT", BODY, "Kitchen", BODY, bold=["THE HUT", "Kitchen"]))
    assert [(block.heading, block.text) for block in blocks] == [
        ("THE HUT", "THE HUT"),
        ("THE HUT", BODY),
        ("THE HUT > Kitchen", "Kitchen"),
        ("THE HUT > Kitchen", BODY),
    ]


@pytest.mark.parametrize("text", ["Total 1,234 5,678", "a small word", "Ends with a stop.", "12"])
def test_not_every_bold_line_is_a_heading(text: str) -> None:
    assert {block.heading for block in written(page(text, BODY, bold=[text]))} == {None}


def test_where_much_is_bold_nothing_is_a_heading() -> None:
    lines = page(*[f"Line {'x' * number}" for number in range(40)])
    bold = [Line(line.text, line.top, line.height, bold=True) for line in lines]
    assert {block.heading for block in written(bold)} == {None}


def test_a_table_keeps_its_dates_as_header_over_gaps_between_its_rows() -> None:
    rows = ["Years ended December 31", "(Thousands) 2023 2022", "Beds 12 10", "Food 7 6", "Wood 3 1", "Total 22 17"]
    blocks = written(page(BODY, *rows, gaps=["Years ended December 31", "Wood 3 1"]))
    assert [(block.header, block.text) for block in blocks] == [
        (None, BODY),
        ("Years ended December 31\n(Thousands) 2023 2022", "\n".join(rows)),
    ]


def test_a_table_without_dates_is_headed_by_its_words() -> None:
    blocks = written(page("Item Amount", "Beds 12", "Food 7", "Wood 3"))
    assert [block.header for block in blocks] == ["Item Amount"]


def test_a_table_of_nothing_but_figures_has_no_header() -> None:
    assert [block.header for block in written(page("1 2", "3 4", "5 6"))] == [None]


def test_a_heading_ends_where_the_next_line_has_another_size() -> None:
    lines = page(BODY, "6.3 Rules", "1 Nobody rides on the cableway.", BODY)
    lines[1].height, lines[2].height = 14.3, 14.0
    blocks = written(lines)
    assert (blocks[1].heading, blocks[1].text) == ("6.3 Rules", "6.3 Rules")
    assert blocks[2].text.startswith("1 Nobody rides")


def test_items_of_a_list_keep_their_own_lines() -> None:
    items = [f"{number} {BODY}" for number in (1, 2)] + [f"• {BODY}", f"(a) {BODY}"]
    assert written(page(*items))[0].text == "\n".join(items)


def test_a_line_that_begins_with_a_figure_in_the_middle_of_a_sentence_runs_on() -> None:
    assert (
        "\n"
        not in written(page(BODY + " On", "12 of those nights it froze, and then it thawed again for a week."))[0].text
    )
