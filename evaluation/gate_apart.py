"""The gate as a server orders it: in a process of its own, told what answers, and leaving a verdict in a file.

Decides nothing: the server that ordered it writes the decision down.
"""

import asyncio
from pathlib import Path

from pydantic import BaseModel

from app import versions
from app.command import run
from app.home import Home
from app.schemas_models import InUsePublic
from app.settings import Settings
from evaluation import gate_promotion
from evaluation.errors import EvaluationError
from evaluation.workplace import working_in


class Order(BaseModel):
    """A version in this home, what answers beside it, and the sets that decide. `verdict`: the file to write."""

    version: str
    in_use: list[InUsePublic]
    folders: list[Path]
    run: Path  # of what was measured already, if this was killed before
    verdict: Path


def decide(path: Path) -> None:
    """Carry out the order in this file. What cannot be measured is one line on stderr and exit status 1."""
    run(_decide(Order.model_validate_json(path.read_text())), EvaluationError, versions.VersionError)


async def _decide(order: Order) -> None:
    settings = Settings()
    home = Home(settings.home)
    version = await asyncio.to_thread(versions.read, home.models / order.version)
    asked = gate_promotion.Asked(order.version, order.folders, run=order.run)
    with working_in(home.root, apart=order.verdict.parent):
        verdict = await gate_promotion.measure(settings, version, {one.kind: one for one in order.in_use}, asked)
    beside = order.verdict.with_suffix(".part")
    beside.write_text(verdict.model_dump_json())
    beside.replace(order.verdict)
