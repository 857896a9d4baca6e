"""The models that answer now, exchanged without a pause: a turn keeps those it began with. Knows no HTTP and no SQL."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from agents.types import Searches
from generation.port import LanguageModel
from retrieval.ports import Selector, Verifier

log = logging.getLogger(__name__)

ROOM_BYTES = 1 << 30  # what must be free beside the models in use for the ones before them to stay open

Thing = TypeVar("Thing")


@dataclass(eq=False)
class Part(Generic[Thing]):
    """One open model. `promoted` names the ModelVersion whose folder it came from; None: a setting, or what ships."""

    kind: str
    version: str  # its row in the registry, as turns log it
    thing: Thing
    promoted: str | None = None
    close: Callable[[], Coroutine[Any, Any, None]] | None = None  # None: it ends with its last reference
    users: int = 0
    retired: bool = False


@dataclass(frozen=True)
class Models:
    """All that answers at one moment; a value, so whoever holds it sees no exchange."""

    generator: Part[LanguageModel]
    retriever: Part[Searches]
    selector: Part[Selector]
    verifier: Part[Verifier | None]
    encoder: str  # its row in the registry

    @property
    def parts(self) -> tuple[Part[Any], ...]:
        return self.generator, self.retriever, self.selector, self.verifier

    def with_parts(self, *parts: Part[Any]) -> "Models":
        """The same with these in place of those of their kind."""
        exchanged: dict[str, Any] = {part.kind: part for part in parts}
        return replace(self, **exchanged)

    @property
    def versions(self) -> dict[str, str]:
        """Kind -> row in the registry, as turns log it."""
        named = {part.kind: part.version for part in self.parts if part.thing is not None}
        return {"encoder": self.encoder} | named


@dataclass(eq=False)
class Serving:
    """Hands out the models of the moment and closes those that nobody uses any more."""

    now: Models
    fallbacks: dict[str, str] = field(default_factory=dict)  # kind -> why its champion is not in use
    _spares: dict[str, Part[Any]] = field(default_factory=dict)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    @contextmanager
    def lease(self) -> Iterator[Models]:
        """The models of now, which stay open until the block ends, whatever is promoted meanwhile."""
        models = self.now
        for part in models.parts:
            part.users += 1
        try:
            yield models
        finally:
            for part in models.parts:
                part.users -= 1
                self._close_unused(part)

    def part(self, kind: str) -> Part[Any]:
        """The one in use of this kind."""
        return next(part for part in self.now.parts if part.kind == kind)

    def open_part(self, kind: str, promoted: str | None) -> Part[Any] | None:
        """The part of this version (None: what ships), if it is in use, or was before and was kept open."""
        candidates = (self.part(kind), self._spares.get(kind))
        return next((part for part in candidates if part is not None and part.promoted == promoted), None)

    def swap(self, part: Part[Any]) -> None:
        """Answer with `part` from the next turn on. What it replaces stays open for a rollback while memory allows."""
        before = self.part(part.kind)
        if before is part:
            return
        self.now = self.now.with_parts(part)
        self.fallbacks.pop(part.kind, None)
        kept = self._spares.pop(part.kind, None)
        if kept is not None and kept is not part:
            self._retire(kept)
        if has_room():
            self._spares[part.kind] = before
        else:
            self._retire(before)

    async def close(self) -> None:
        """Close everything; for when no turn runs any more."""
        if self._closing:
            await asyncio.wait(self._closing)
        for part in (*self.now.parts, *self._spares.values()):
            if part.close is not None:
                await part.close()

    def _retire(self, part: Part[Any]) -> None:
        part.retired = True
        self._close_unused(part)

    def _close_unused(self, part: Part[Any]) -> None:
        if not part.retired or part.users or part.close is None:
            return
        closing, part.close = asyncio.create_task(part.close()), None
        self._closing.add(closing)
        closing.add_done_callback(self._closed)

    def _closed(self, closing: asyncio.Task[None]) -> None:
        self._closing.discard(closing)
        if not closing.cancelled() and (error := closing.exception()):
            log.error("a model that was replaced could not be closed: %s", error)


def has_room() -> bool:
    """Whether ROOM_BYTES are free for us; where the system does not say, we take it that they are."""
    free = free_bytes()
    return free is None or free >= ROOM_BYTES


def free_bytes() -> int | None:
    """Memory that this process may still take: what the machine has, and what its control group allows."""
    found = [value for value in (_machine(), _group()) if value is not None]
    return min(found, default=None)


def _machine() -> int | None:
    for line in _read("/proc/meminfo").splitlines():
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            return int(amount.split()[0]) << 10
    return None


def _group() -> int | None:
    most, used = _read("/sys/fs/cgroup/memory.max").strip(), _read("/sys/fs/cgroup/memory.current").strip()
    if not (most.isdecimal() and used.isdecimal()):
        return None
    lines = _read("/sys/fs/cgroup/memory.stat").splitlines()
    cached = next((int(line.split()[1]) for line in lines if line.startswith("inactive_file ")), 0)
    return int(most) - int(used) + cached


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:  # another system
        return ""
