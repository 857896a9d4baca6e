"""Results kept on disk as they come, so that a measurement that was killed goes on where it was. Knows no figure."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

_SOURCES = Path(__file__).parent.parent


class Run:
    """Values by the fingerprint of what they were made from; one JSON line each in `folder`, or in memory alone."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read what is known already. Raises OSError."""
        self._path = folder / "results.jsonl" if folder is not None else None
        self._known: dict[str, Any] = {}
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._known = dict(_whole_lines(self._path))

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def get(self, key: str, kind: type[Any]) -> Any:
        """The value of `key` as `kind` (anything pydantic can read). Raises KeyError."""
        return TypeAdapter(kind).validate_python(self._known[key])

    def put(self, key: str, value: Any) -> None:
        """Keep a value; once this returns it survives the death of the process."""
        self._known[key] = TypeAdapter(type(value)).dump_python(value, mode="json")
        if self._path is not None:
            line = json.dumps({"key": key, "value": self._known[key]}, ensure_ascii=False)
            with self._path.open("ab") as file:  # one write of a whole line: two processes do not mix theirs
                file.write(f"{line}\n".encode())


def fingerprint(made_from: Any) -> str:
    """Identity of everything a result depends on: JSON values, and pydantic models or dataclasses of them."""
    plain = TypeAdapter(type(made_from)).dump_python(made_from, mode="json")
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def code_version(*packages: str) -> str:
    """Identity of the sources of these packages: a result of other code is no result of this one."""
    digest = hashlib.sha256()
    for package in sorted(packages):
        for path in sorted((_SOURCES / package).rglob("*.py")):
            digest.update(path.relative_to(_SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _whole_lines(path: Path) -> Iterator[tuple[str, Any]]:
    if not path.exists():
        return
    content = path.read_bytes()
    for line in content.split(b"\n"):
        try:
            row = json.loads(line)
        except ValueError:  # cut off when a run was killed in the middle of writing it
            continue
        yield row["key"], row["value"]
    if content and not content.endswith(b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
