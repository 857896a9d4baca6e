"""Reads Markdown as the page of HTML that it stands for, so that lists in lists and HTML within it are kept."""

import re

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.loader_html import read_html

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE)


def read_markdown(text: str, out: BlockWriter) -> None:
    """Write the text, front matter first. Raises LoadError."""
    from markdown_it import MarkdownIt

    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    front = _FRONT.match(text)
    if front:
        text = text[front.end() :]
        named = _TITLE.search(front.group(1))
        out.title = one_line(named.group(1).strip("\"' ")) if named else None
        out.code(front.group(1))
    title = out.title
    read_html(MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"]).render(text), out)
    out.title = title or out.title
