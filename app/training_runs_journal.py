"""What a recipe notes of itself as it goes, as the server reads it: the stage, and the losses so far."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

JOURNAL = "journal.jsonl"  # in the folder of the run, one object a line: a stage, or a loss


@dataclass(frozen=True)
class Told:
    """The last stage, and of the last fit its losses by step."""

    stage: str = ""
    curve: list[dict[str, Any]] = field(default_factory=list)


def read(folder: Path) -> Told:
    """What is known so far. A run that went on says some steps twice, and the last word counts. Blocking."""
    path = folder / JOURNAL
    stage, fit, losses = "", None, dict[int, float]()
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            noted = json.loads(line)
        except ValueError:  # it is being written, or was when the process was killed
            continue
        stage = noted.get("stage", stage)
        if "loss" in noted:
            losses = losses if noted["fit"] == fit else {}
            fit = noted["fit"]
            losses[noted["step"]] = noted["loss"]
    return Told(stage, curve_of(sorted(losses.items())))


def curve_of(losses: Any) -> list[dict[str, Any]]:
    """Points of a loss curve from pairs (step, loss)."""
    return [{"step": int(step), "loss": float(loss)} for step, loss in losses]
