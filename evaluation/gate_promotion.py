"""`attune models promote`: copies a version, plays it against the champion, and hands the verdict to the registry."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import parts, versions
from app.home import Home
from app.registry_door import registry_of
from app.schemas_models import InUsePublic, Verdict
from app.settings import Settings
from evaluation import gate_contest
from evaluation.errors import EvaluationError
from evaluation.gate_contest import Contender, Match
from evaluation.workplace import working_in

SHIPPED = "what ships"


@dataclass(frozen=True)
class Asked:
    """What the flags say: a folder or a version, and what to measure on."""

    what: str
    folders: Sequence[Path]
    limit: int | None = None
    run: Path | None = None


async def promote(settings: Settings, asked: Asked) -> dict[str, Any]:
    """The verdict and what became of it. The home is free while the gate measures.

    Raises EvaluationError, VersionError, PromotionConflictError, RefusedError, HomeBusyError."""
    home = Home(settings.home)
    version = await asyncio.to_thread(_version, home, asked.what)
    async with registry_of(settings) as registry:
        in_use = {one.kind: one for one in (await registry.overview()).in_use}
    with working_in(home.root):
        verdict = await measure(settings, version, in_use, asked)
    async with registry_of(settings) as registry:
        moved = await registry.decide(version.id, verdict)
    return {
        "version": version.id,
        "kind": version.kind,
        **verdict.model_dump(include={"champion", "accepted", "reasons", "report"}),
        "in_use": moved.in_use.model_dump(mode="json"),
        "milliseconds": moved.milliseconds,
        "promotion": moved.promotion.id,
    }


async def measure(
    settings: Settings, version: versions.Version, in_use: Mapping[Any, InUsePublic], asked: Asked
) -> Verdict:
    """The gate's verdict on a version of this home against what is in use. Raises EvaluationError."""
    found = await gate_contest.play(_match(settings, Home(settings.home), version, in_use, asked))
    return Verdict(
        champion=in_use[version.kind].champion,
        accepted=found.accepted,
        reasons=list(found.reasons),
        holdout=found.holdout,
        report=dict(found.report),
    )


def _version(home: Home, what: str) -> versions.Version:
    folder = Path(what).expanduser()
    if folder.is_dir():
        return versions.adopt(home, folder)
    if versions.is_version(what) and (home.models / what).is_dir():
        return versions.read(home.models / what)
    raise EvaluationError(
        f"{what!r} is no folder and no version in {home.models}: give the --out folder of `attune train`, or a version "
        "that `attune models list` shows"
    )


def _match(
    settings: Settings, home: Home, version: versions.Version, in_use: Mapping[Any, InUsePublic], asked: Asked
) -> Match:
    current = in_use[version.kind]
    if current.champion == version.id:
        again = "; its files are whole, and a running server takes it up in seconds" if current.problem else ""
        raise EvaluationError(f"{version.id} is the champion already{again}")
    if version.kind == "generator" and settings.llm != "local":
        raise EvaluationError(
            f"ATTUNE_LLM is {settings.llm}, and a trained generator belongs to the embedded model: set it to local"
        )
    conditions: dict[str, Any] = {}
    for kind, one in in_use.items():
        if kind != version.kind and one.source == "promoted":
            conditions |= parts.settings_of(kind, home.models / one.version)
    standing = current.champion if current.champion and not current.problem else None
    return Match(
        kind=version.kind,
        champion=Contender(
            standing or SHIPPED, parts.settings_of(version.kind, home.models / standing if standing else None)
        ),
        challenger=Contender(version.id, parts.settings_of(version.kind, home.models / version.id)),
        folders=asked.folders,
        conditions=conditions,
        trained_on=questions_seen(version.manifest),
        limit=asked.limit,
        run=asked.run,
    )


def questions_seen(manifest: Mapping[str, Any]) -> frozenset[str]:
    """Names of the sets whose questions a version was trained on; where it read a corpus alone, it saw none of them."""
    used = {one["name"] for one in manifest.get("data", ()) if one.get("examples")}
    sources = manifest["settings"].get("sources") or {}
    read, asked = ({Path(one).name for one in sources.get(kind, ())} for kind in ("corpora", "data"))
    return frozenset(used - (read - asked))
