"""A recipe's journal: stages and losses, a line each, for whoever watches it from another process."""

import json
from pathlib import Path

from app.training_runs_journal import JOURNAL


def note_stage(folder: Path, title: str, number: int, of: int) -> None:
    """Step `number` of `of` begins."""
    _note(folder, {"stage": f"{number}/{of} {title}"})


def note_loss(folder: Path, fit: str, step: int, loss: float) -> None:
    """The mean loss of the steps of a fit until this one."""
    _note(folder, {"fit": fit, "step": step, "loss": loss})


def _note(folder: Path, said: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / JOURNAL).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(said) + "\n")
