"""Strings that would give a leftover away, and the files in which they can be read. Knows no table and no person."""

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST = 6  # characters; shorter strings stand in any large file by chance
_CHUNK = 8 << 20  # bytes
# Marks that no encoding of ours escapes, so that a stretch reads the same in a table, in JSON and in the index.
_STRETCH = re.compile(r"[\w ,;:()-]{16,48}")


@dataclass(frozen=True)
class Sign:
    """A string of somebody's, and what it is of."""

    what: str
    text: str

    @property
    def spellings(self) -> frozenset[bytes]:
        """Its bytes as tables and as JSON hold them, in lower case as `lowered` makes it."""
        return frozenset({lowered(self.text), lowered(json.dumps(self.text)[1:-1])})


@dataclass
class Found:
    """What was searched, and which signs can be read where."""

    files: int = 0
    bytes: int = 0
    places: set[tuple[Sign, Path]] = field(default_factory=set)


def lowered(text: str) -> bytes:
    """UTF-8 with A to Z as a to z and nothing else changed, which bytes of any file can be, too."""
    return text.encode(errors="replace").lower()


def sign_of(what: str, text: str) -> Sign | None:
    """The longest stretch of plain words of a text, cut to 48 characters; None where it is too short to be found."""
    stretches = [stretch.strip() for stretch in _STRETCH.findall(text[:4000])] or [text.strip()[:48]]
    best = max(stretches, key=len)
    return Sign(what, best) if len(best) >= SHORTEST else None


def signs_of(what: str, texts: Iterable[str | None]) -> list[Sign]:
    """One of each text that has one."""
    found = (sign_of(what, text) for text in texts if text)
    return list(dict.fromkeys(sign for sign in found if sign is not None))


def places(root: Path, signs: Sequence[Sign], skip: Callable[[Path], bool]) -> Found:
    """Read every file below `root`, but for those to skip (by their path below it), and look for every sign, whatever
    its letter case. Blocking."""
    found = Found()
    wanted = [(sign, spelling) for sign in signs for spelling in sign.spellings]
    overlap = max((len(spelling) for _, spelling in wanted), default=1) - 1
    for folder, _, names in os.walk(root):  # passes over what is just being removed
        for name in names:
            path = (Path(folder) / name).relative_to(root)
            if skip(path):
                continue
            with suppress(FileNotFoundError):
                found.bytes += _look(root, path, wanted, overlap, found.places)
                found.files += 1
    return found


def _look(
    root: Path, path: Path, wanted: Sequence[tuple[Sign, bytes]], overlap: int, places: set[tuple[Sign, Path]]
) -> int:
    """Bytes read."""
    read, before = 0, b""
    with (root / path).open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            read += len(chunk)
            text = before + chunk.lower()
            places.update((sign, path) for sign, spelling in wanted if spelling in text)
            before = text[-overlap:] if overlap else b""
    return read
