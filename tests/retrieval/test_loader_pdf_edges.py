"""What a PDF repeats at the edges of its pages goes, and nothing that says something goes with it."""

from retrieval.loader_pdf_edges import without_running_lines
from retrieval.loader_pdf_page import Line


def page(*texts: str, cells: int = 1) -> list[Line]:
    return [Line(text, 800.0 - 12 * at, 10.0, cells=cells) for at, text in enumerate(texts)]


def texts(pages: list[list[Line]]) -> list[list[str]]:
    return [[line.text for line in lines] for lines in without_running_lines(pages)]


def test_running_titles_stay_once_and_page_numbers_never() -> None:
    pages = [page("Rules of the hut", f"Rule {'abcdefgh'[n]}", str(n + 7)) for n in range(8)]
    assert texts(pages) == [["Rules of the hut", "Rule a"], *[[f"Rule {'abcdefgh'[n]}"] for n in range(1, 8)]]


def test_a_running_title_may_carry_the_number_of_the_page() -> None:
    pages = [page(f"Page {n + 1} of 9", f"Rule {'abcdefghi'[n]}") for n in range(9)]
    assert texts(pages)[1:] == [[f"Rule {'abcdefghi'[n]}"] for n in range(1, 9)]


def test_numbers_that_do_not_count_pages_stay() -> None:
    pages = [page(f"Results of {2000 + 3 * n}", f"Rule {'abcdefgh'[n]}") for n in range(8)]
    assert texts(pages) == [[line.text for line in lines] for lines in pages]


def test_what_stands_alone_on_its_page_stays() -> None:
    pages = [page("Notes") for _ in range(8)]
    assert texts(pages) == [["Notes"]] * 8


def test_the_head_of_a_table_that_goes_on_stays() -> None:
    pages = [[*page("Day Cook Wood", cells=3), *page("", f"Row {'abcdefgh'[n]}")[1:]] for n in range(8)]
    assert all(lines[0] == "Day Cook Wood" for lines in texts(pages))


def test_a_title_on_a_few_pages_is_no_running_one() -> None:
    pages = [page("Kitchen" if n < 3 else f"Room {'abcdefgh'[n]}", f"Rule {'abcdefgh'[n]}") for n in range(8)]
    assert [lines[0] for lines in texts(pages)][:3] == ["Kitchen"] * 3
