"""Which questions get two answers, by which models and in which order. Knows no HTTP; its SQL is in comparisons_rows.

Only a person who wishes to compare is ever asked, and chance picks the question and who answers first: what is
compared is then neither chosen by its difficulty nor helped by its place.
"""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Any

from app import versions
from app.consent import ALONE
from app.home import Home
from app.models import Person
from app.models_comparisons import Comparison
from app.parts import Champion, Parts, ready, setting_for
from app.schemas import ChatRequest
from app.serving import Models, Part, Serving
from app.settings import Settings, SettingsError

log = logging.getLogger(__name__)

SAMPLED_TEMPERATURE = 0.6  # where no other version is named, the champion competes with itself less sure of its words


@dataclass(frozen=True)
class Entry:
    """One of the two answers, as it is to be made. Of the first one the row is new and names no turn yet."""

    row: Comparison
    part: Part[Any] | None  # in place of the one in use; None: that one
    temperature: float
    is_second: bool = False

    def models(self, models: Models) -> Models:
        return models.with_parts(self.part) if self.part else models


class Comparisons:
    """Draws questions, and keeps the challenger open. The challenger is opened when it is first needed; until it can
    answer, nothing is compared."""

    def __init__(self, settings: Settings, home: Home, parts: Parts, serving: Serving) -> None:
        self._settings, self._home, self._parts, self._serving = settings, home, parts, serving
        self._opening: asyncio.Task[Part[Any]] | None = None
        self._told = False
        self.random: Random = SystemRandom()

    def draw(self, person: Person, request: ChatRequest) -> Entry | None:
        """The first of two answers, if this question is to get two."""
        rate = self._settings.comparisons
        if not (rate and request.compare and person.compares) or request.regenerates or request.collections:
            return None
        if self.random.random() >= rate or (sides := self._sides()) is None:
            return None
        kind, champion, challenger = sides
        row = Comparison(
            person_id=person.id,
            turn_id="",
            kind=kind,
            champion=champion,
            challenger=challenger,
            challenger_first=self.random.random() < 0.5,
        )
        return self._entry(row, is_challenger=row.challenger_first)

    def second(self, row: Comparison) -> Entry | None:
        """The other answer of a comparison; None where the models of then are not at hand any more."""
        if self._sides() != (row.kind, row.champion, row.challenger):
            return None
        return self._entry(row, is_challenger=not row.challenger_first, is_second=True)

    async def ready(self) -> None:
        """Return when the challenger, if one is named, can answer. Raises what opening it does."""
        if self._settings.challenger is not None:
            self._sides()
            assert self._opening is not None
            await asyncio.shield(self._opening)

    async def close(self) -> None:
        if self._opening is None:
            return
        self._opening.cancel()
        await asyncio.wait([self._opening])
        if not self._opening.cancelled() and self._opening.exception() is None:
            close = self._opening.result().close
            if close is not None:
                await close()

    def _sides(self) -> tuple[str, str, str] | None:
        """Kind, champion and challenger of now; None where there are no two that can answer."""
        if self._settings.challenger is None:
            champion = self._serving.part("generator").version
            return "generator", champion, f"{champion} at temperature {SAMPLED_TEMPERATURE}"
        part = self._challenger()
        if part is None or (champion := self._serving.part(part.kind).version) == part.version:
            return None
        return part.kind, champion, part.version

    def _entry(self, row: Comparison, *, is_challenger: bool, is_second: bool = False) -> Entry:
        part = self._challenger() if is_challenger else None
        is_sampled = is_challenger and part is None
        return Entry(row, part, SAMPLED_TEMPERATURE if is_sampled else 0.0, is_second)

    def _challenger(self) -> Part[Any] | None:
        """The named version, once it is open. What keeps it from opening is told once."""
        if self._settings.challenger is None:
            return None
        if self._opening is None:
            self._opening = asyncio.create_task(self._open(self._settings.challenger))
        if not self._opening.done() or self._opening.cancelled():
            return None
        if error := self._opening.exception():
            if not self._told:
                log.error("nothing is compared: %s", error)
            self._told = True
            return None
        return self._opening.result()

    async def _open(self, name: str) -> Part[Any]:
        version = await asyncio.to_thread(versions.read, self._home.models / name)
        if version.manifest.get("settings", {}).get(ALONE):
            raise versions.VersionError(
                f"{name} was fitted to what one person did, who did not agree that others gain from it: name another"
            )
        if version.kind == "generator" and setting_for(self._settings, "generator") == "ATTUNE_LLM":
            raise SettingsError(
                f"ATTUNE_CHALLENGER is {name}, a version of the embedded model, which does not answer here: unset it, "
                "or unset ATTUNE_LLM"
            )
        part = await self._parts.open(version.kind, Champion(version.id, version.files))
        await ready(part)
        return part


def begun(stack: AsyncExitStack, settings: Settings, home: Home, parts: Parts, serving: Serving) -> Comparisons:
    """Comparisons that end with `stack`."""
    comparisons = Comparisons(settings, home, parts, serving)
    stack.push_async_callback(comparisons.close)
    return comparisons
