"""The small markup of demo/sources: headings, paragraphs, lists, tables and page breaks. Knows no output format."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "bullets", "numbers", "table", "page break"]

PAGE_BREAK = r"\newpage"


@dataclass(frozen=True)
class Block:
    """One piece of a page. `rows` holds list items as rows of one cell, and a table with its header first."""

    kind: Kind
    text: str = ""
    level: int = 0  # of a heading; 1 is the title
    rows: tuple[tuple[str, ...], ...] = ()


def parse(source: str) -> list[Block]:
    """Blocks of a source in order; they are separated by empty lines."""
    return [_block(chunk.strip()) for chunk in re.split(r"\n\s*\n", source.strip())]


def pages(blocks: list[Block]) -> list[list[Block]]:
    """Blocks between page breaks."""
    cut: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "page break":
            cut.append([])
        else:
            cut[-1].append(block)
    return cut


def _block(chunk: str) -> Block:
    if chunk == PAGE_BREAK:
        return Block("page break")
    if heading := re.fullmatch(r"(#+) (.+)", chunk):
        return Block("heading", text=heading[2], level=len(heading[1]))
    lines = chunk.splitlines()
    if chunk.startswith("|"):
        # The second line of a Markdown table is only its rule.
        return Block("table", rows=tuple(_cells(line) for line in [lines[0], *lines[2:]]))
    if chunk.startswith("- "):
        return Block("bullets", rows=tuple((line.removeprefix("- "),) for line in lines))
    if chunk.startswith("1. "):
        return Block("numbers", rows=tuple((line.split(". ", 1)[1],) for line in lines))
    return Block("paragraph", text=" ".join(lines))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))
