"""Drops what a PDF repeats at the head and foot of its pages: running titles and page numbers. Knows no file."""

import re
from collections import Counter
from collections.abc import Sequence

from retrieval.loader_pdf_page import Line

_EDGE_LINES = 3  # at the head, and as many at the foot
_PAGES = 4  # a line on fewer pages is no running one
_SHARE = 8  # it stands on an eighth of the pages: running titles change with the chapter
_CELLS = 3  # a row of so many cells is the head of a table that goes on, and says what its columns are
_CHARACTERS = 200
_NUMBER = re.compile(r"\d{1,6}")


def without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages without the lines that return at their edges. The first of each stays: it may say what this is."""
    edges = [{at: _keys(lines[at], number) for at in _edges(lines)} for number, lines in enumerate(pages)]
    seen = Counter(key for lines in edges for key in set().union(*lines.values()))
    running = {key for key, n in seen.items() if n >= max(_PAGES, len(pages) // _SHARE)}
    told: set[str] = set()
    kept = []
    for lines, edge in zip(pages, edges, strict=True):
        drop = {at for at, keys in edge.items() if keys & told or (keys & running and _is_number(lines[at]))}
        told.update(*(keys & running for keys in edge.values()))
        # What stands alone on its page is the page.
        kept.append([line for at, line in enumerate(lines) if at not in drop or len(drop) == len(lines)])
    return kept


def _edges(lines: Sequence[Line]) -> set[int]:
    """Places of the highest and the lowest lines, wherever they come in the order of reading."""
    order = sorted((at for at, line in enumerate(lines) if line.height), key=lambda at: -lines[at].top)
    places = {*order[:_EDGE_LINES], *order[-_EDGE_LINES:]}
    return {at for at in places if len(lines[at].text) <= _CHARACTERS and lines[at].cells < _CELLS}


def _keys(line: Line, page: int) -> set[str]:
    """What would be the same on other pages at this height: all of it, or all but a number that counts pages."""
    text = f"{line.text.lower()} @{round(line.top / 3)}"
    numbers = list(_NUMBER.finditer(line.text))
    counted = {f"{text[: n.start()]}#{int(n.group()) - page}{text[n.end() :]}" for n in {*numbers[:1], *numbers[-1:]}}
    return {text, *counted}


def _is_number(line: Line) -> bool:
    return not any(map(str.isalpha, line.text))
