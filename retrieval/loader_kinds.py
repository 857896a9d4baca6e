"""Tells what a file is from its bytes; its name only settles what bytes leave open. Reads no text."""

import gzip
import re
import zipfile
import zlib
from pathlib import Path, PurePath

from retrieval.loader_text import decode
from retrieval.ports import LoadError

_UNPACKED_BYTES = 1024 * 1024 * 1024
_MEMBERS = 20_000
_HEAD_BYTES = 64 * 1024

_BY_SUFFIX = {
    ".md": "md", ".markdown": "md", ".mdx": "md", ".rst": "rst", ".org": "org", ".tex": "tex", ".latex": "tex",
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".boxnote": "json", ".adoc": "markup", ".asciidoc": "markup", ".mediawiki": "markup", ".wiki": "markup",
    ".vtt": "subtitles", ".srt": "subtitles",
}  # fmt: skip
_CODE = frozenset(
    [
        ".py",
        ".js",
        ".ts",
        ".java",
        ".c",
        ".h",
        ".cpp",
        ".cs",
        ".go",
        ".rs",
        ".rb",
        ".php",
        ".sh",
        ".sql",
        ".yaml",
        ".yml",
        ".toml",
        ".ini",
        ".cfg",
        ".css",
    ]
)
_OLE = (("EncryptedPackage", "locked"), ("EncryptedSummary", "locked"), ("WordDocument", "doc"), ("Workbook", "xls"),
        ("Book", "xls"), ("PowerPoint Document", "ppt"), ("__properties_version1.0", "msg"))  # fmt: skip
_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_MIMETYPES = (
    ("epub", "epub"),
    ("opendocument.text", "odt"),
    ("opendocument.spread", "ods"),
    ("opendocument.pres", "odp"),
)
_XML_ROOTS = {"html": "html", "FictionBook": "fb2", "opml": "opml", "article": "jats"}
_HTML_TAGS = frozenset(
    [
        "html",
        "head",
        "body",
        "div",
        "p",
        "table",
        "span",
        "h1",
        "h2",
        "h3",
        "ul",
        "ol",
        "main",
        "section",
        "article",
        "a",
        "br",
        "center",
        "font",
    ]
)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PROLOGUE = re.compile(
    r"^\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>\s*)*", re.DOTALL | re.IGNORECASE
)
_MAIL = re.compile(r"(?:^[A-Za-z][A-Za-z0-9-]*:[ \t].*\r?\n(?:[ \t].*\r?\n)*){2,}", re.MULTILINE)
_MAIL_NAMES = re.compile(r"^(?:From|Date|Subject|To|Received|Return-Path|Message-ID):", re.MULTILINE | re.IGNORECASE)

_LOCKED = "the file is locked: save a copy without a password"
_UNKNOWN = "the format is not one that can be read: export it as PDF"
_ARCHIVE = "an archive is not a document: unpack it and add the files inside"


def unwrap(path: Path, name: str) -> tuple[bytes | None, str, str]:
    """Kind of the file, its bytes if they had to be unpacked (else None), and its name. Raises LoadError."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if not head.strip():
        raise LoadError("no_text", "the file is empty")
    if head.startswith(b"\x1f\x8b"):
        return _gunzipped(path, name)
    return None, _kind(path, head, name), name


def _gunzipped(path: Path, name: str) -> tuple[bytes, str, str]:
    """One compressed text is a document; anything else in gzip is an archive."""
    try:
        with gzip.open(path) as handle:
            data = handle.read(_UNPACKED_BYTES // 8 + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError("unreadable", f"the compressed file is broken ({error}): make it anew") from error
    if len(data) > _UNPACKED_BYTES // 8:
        raise LoadError("too_large", f"the file unpacks to more than {_UNPACKED_BYTES // 8} bytes: split it")
    inner = name[:-3] if name.lower().endswith(".gz") else name
    packed = (b"\x1f\x8b", b"PK\x03\x04", b"WARC/", b"filedesc:", b"7z\xbc\xaf")
    if (
        data.startswith(packed)
        or data[257:262] == b"ustar"
        or PurePath(inner).suffix.lower() in (".arc", ".warc", ".tar")
    ):
        raise LoadError("unsupported", _ARCHIVE)
    if data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise LoadError("unsupported", "the document is compressed: unpack it and add the file inside")
    return data, _text_kind(data[:_HEAD_BYTES], inner), inner


def _kind(path: Path, head: bytes, name: str) -> str:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(path)
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        # 06F10701 is the id of AES among 7z's coders.
        locked = b"\x06\xf1\x07\x01" in path.read_bytes()
        raise LoadError("needs_password", _LOCKED) if locked else LoadError("unsupported", _ARCHIVE)
    if head.startswith((b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")) or head[257:262] == b"ustar":
        raise LoadError("unsupported", _ARCHIVE)
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "image"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    return _text_kind(head, name)


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            mimetype = archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error, NotImplementedError) as error:
        raise LoadError("unreadable", f"the file is broken ({error}): open and save it again") from error
    if len(members) > _MEMBERS or sum(member.file_size for member in members) > _UNPACKED_BYTES:
        raise LoadError("too_large", f"the file unpacks to more than {_UNPACKED_BYTES} bytes or {_MEMBERS} parts")
    if any(member.flag_bits & 1 for member in members):
        raise LoadError("needs_password", _LOCKED)
    kind = _office_kind(names) or next((kind for part, kind in _MIMETYPES if part in mimetype), None)
    if kind in ("odt", "ods", "odp"):
        _refuse_locked(path)
    if kind:
        return kind
    if "[Content_Types].xml" in names:
        raise LoadError("unsupported", _UNKNOWN)
    raise LoadError("unsupported", _ARCHIVE)


def _office_kind(names: set[str]) -> str | None:
    if "[Content_Types].xml" in names:
        folders = {name.split("/")[0] for name in names}
        return next(
            (kind for folder, kind in (("word", "docx"), ("ppt", "pptx"), ("xl", "xlsx")) if folder in folders), None
        )
    if "Index/Document.iwa" in names:
        return "pages"
    return "pages09" if "index.xml" in names else None


def _refuse_locked(path: Path) -> None:
    """OpenDocument hides its locks in the manifest."""
    with zipfile.ZipFile(path) as archive:
        if "META-INF/manifest.xml" in archive.namelist():
            manifest = archive.open("META-INF/manifest.xml").read(_HEAD_BYTES * 16)
            if b"encryption-data" in manifest:
                raise LoadError("needs_password", _LOCKED)


def _ole_kind(path: Path) -> str:
    data = path.read_bytes()
    for stream, kind in _OLE:
        if stream.encode("utf-16-le") in data:
            if kind == "locked":
                raise LoadError("needs_password", _LOCKED)
            return kind
    raise LoadError("unsupported", _UNKNOWN)


def _text_kind(head: bytes, name: str) -> str:
    """Raises LoadError("unsupported") where the bytes are no text."""
    text = decode(head, whole=False).lstrip("\ufeff")
    if text.startswith("{\\rtf"):
        return "rtf"
    if text.startswith("WEBVTT"):
        return "subtitles"
    suffix = PurePath(name).suffix.lower()
    kind = _markup_kind(text, suffix) if text.lstrip().startswith("<") else _mail_kind(text)
    if (
        kind is None
        and text.lstrip().startswith("{")
        and '"cells"' in text
        and ('"nbformat"' in text or suffix == ".ipynb")
    ):
        kind = "ipynb"
    if kind is None and ("\\documentclass" in text or "\\begin{document}" in text):
        kind = "tex"
    return kind or ("code" if suffix in _CODE else _BY_SUFFIX.get(suffix, "text"))


def _mail_kind(text: str) -> str | None:
    if text.startswith("From ") and _MAIL_NAMES.search(text[:2000]):
        return "mbox"
    return "eml" if _MAIL.match(text) and len(_MAIL_NAMES.findall(text[:4000])) >= 2 else None


def _markup_kind(text: str, suffix: str) -> str | None:
    prologue = _PROLOGUE.match(text)
    rest = text[prologue.end() :] if prologue else text
    root = _ROOT.match(rest.lstrip())
    name = root.group(2) if root else ""
    if "<!doctype html" in text[:2000].lower() or name.lower() == "html":
        return "html"
    if name in _XML_ROOTS and (name != "article" or "journal-meta" in text or "JATS" in text[:2000]):
        return _XML_ROOTS[name]
    if text.lstrip().startswith("<?xml") or suffix in (".xml", ".svg", ".rss", ".atom", ".nxml"):
        return "xml"
    if suffix in (".html", ".htm", ".xhtml") or (name.lower() in _HTML_TAGS and suffix not in _BY_SUFFIX):
        return "html"
    return None
