"""Reads what is text at heart: plain and marked-up text, CSV, subtitles, notebooks, once it is decoded."""

import codecs
import csv
import io
import json
import re

from retrieval.loader_blocks import BlockWriter, one_line
from retrieval.ports import LoadError

_CUE_TIME = re.compile(r"^\s*(?:\d+:)?\d+:\d{2}[.,]\d{3}\s*-->")
_CUE_MARKUP = re.compile(r"</?[a-zA-Z][^>\n]*>|<\d[\d:.]*>")
_MARKUP_HEADING = re.compile(r"^(={1,6})\s*([^=\s].*?)\s*=*$")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_BINARY = "the file is neither text nor a known document format: export it as PDF"
_NUMBER = re.compile(r"^[\d\s.,%$€£+-]+$")


def decode(data: bytes, whole: bool = True) -> str:
    """Text of unknown encoding; with `whole` false the last character may be cut. Raises LoadError("unsupported")."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        text = ""
    if not text or "\x00" in text[:4096]:
        text = data.decode(_guess(data), "replace")
    if len(_CONTROL.findall(text[:4096])) * 20 > len(text[:4096]):
        raise LoadError("unsupported", _BINARY)
    return text


def _guess(data: bytes) -> str:
    """The encoding of bytes that are not UTF-8. Raises LoadError where they are no text."""
    from charset_normalizer import from_bytes

    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    if max(even, odd) * 6 > len(data[:4096]) and min(even, odd) * 20 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"  # without its mark: every other byte is zero
    if even or odd:
        raise LoadError("unsupported", _BINARY)
    declared = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([A-Za-z0-9_-]+)", data[:4096])
    if declared:
        name = declared.group(1).decode()
        try:
            data[:65536].decode(name, "ignore")
        except LookupError:
            pass
        else:
            return name
    best = from_bytes(data[:65536]).best()
    if best is None:
        raise LoadError("unsupported", _BINARY)
    return str(best.encoding)


def read_plain(text: str, out: BlockWriter) -> None:
    """Paragraphs are set apart by empty lines."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        out.text(paragraph)


def read_code(text: str, out: BlockWriter) -> None:
    """Like plain text, but indentation stays."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        out.code(paragraph)


def read_markup(text: str, out: BlockWriter) -> None:
    """AsciiDoc and MediaWiki: headings are lines of '='; other markup stays as the writer typed it."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        heading = _MARKUP_HEADING.match(line)
        if heading or not line.strip():
            out.text("\n".join(paragraph))
            paragraph.clear()
        if heading:
            out.heading(len(heading.group(1)), heading.group(2))
        elif line.strip():
            paragraph.append(line)


def read_subtitles(text: str, out: BlockWriter) -> None:
    """WebVTT and SRT: what is said, without times, cue names and notes."""
    for cue in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = cue.strip().split("\n")
        start = next((number for number, line in enumerate(lines) if _CUE_TIME.match(line)), None)
        if start is not None:
            out.text(_CUE_MARKUP.sub("", " ".join(lines[start + 1 :])))


def read_csv(text: str, out: BlockWriter, separator: str | None = None) -> None:
    """One table; its first row names the columns unless it holds numbers alone."""
    try:
        dialect = csv.Sniffer().sniff(text[:16384], delimiters=separator or ",;\t|")
    except csv.Error:
        dialect = csv.excel_tab if separator == "\t" else csv.excel
    csv.field_size_limit(len(text) + 1)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error:
        rows = [line.split(separator or ",") for line in text.splitlines()]
    if rows and all(_NUMBER.match(cell) for cell in rows[0] if cell.strip()):
        for row in rows:
            out.text(" | ".join(one_line(cell) for cell in row))
    else:
        out.table(rows)


def read_json(text: str, out: BlockWriter) -> None:
    """JSON and JSON lines: every string and number with the keys that lead to it."""
    for value in _json_values(text):
        lines: list[str] = []
        stack = [("", value)]
        while stack:
            key, item = stack.pop()
            if isinstance(item, dict):
                stack.extend((f"{key}.{name}" if key else name, inner) for name, inner in reversed(item.items()))
            elif isinstance(item, list):
                stack.extend((key, inner) for inner in reversed(item))
            elif item is not None and item != "":
                lines.append(f"{key}: {one_line(str(item))}" if key else one_line(str(item)))
        out.text("\n".join(lines))


def _json_values(text: str) -> list[object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [_json_or_text(line) for line in text.splitlines() if line.strip()]
    return value if isinstance(value, list) else [value]


def _json_or_text(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line


def notebook_markdown(text: str) -> str:
    """A Jupyter notebook as Markdown: prose, code and the text that the code printed."""
    notebook = json.loads(text)
    title = notebook.get("metadata", {}).get("title")
    parts = [f"# {title}"] if title else []
    for cell in notebook.get("cells", []):
        source = _joined(cell.get("source", ""))
        parts.append(f"```\n{source}\n```" if cell.get("cell_type") == "code" else source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for printed in (output.get("text"), data.get("text/markdown"), data.get("text/plain")):
                if printed:
                    parts.append(f"```\n{_joined(printed)}\n```")
    return "\n\n".join(parts)


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
