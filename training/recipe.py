"""Numbered steps that are printed as they run and not repeated once done. Knows nothing of what a step does."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from training.journal import note_stage

Result = TypeVar("Result")


class RecipeError(Exception):
    """A recipe that cannot go on; the message says why and what to do."""


class Recipe:
    """One run in one folder: state.json says which steps are done and what they gave."""

    def __init__(self, folder: Path, steps: int, settings: Mapping[str, Any]) -> None:
        """Begin in `folder`, or go on there. Raises RecipeError where another recipe was begun in it."""
        self.folder = folder
        self._path = folder / "state.json"
        self._steps, self._number = steps, 0
        folder.mkdir(parents=True, exist_ok=True)
        begun = json.loads(self._path.read_text()) if self._path.exists() else {}
        asked = json.loads(json.dumps(settings))
        self._state: dict[str, Any] = begun or {"settings": asked, "done": {}}
        if self._state["settings"] != asked:
            known = self._state["settings"]
            other = sorted(key for key in known.keys() | asked.keys() if known.get(key) != asked.get(key))
            raise RecipeError(
                f"{folder} holds a run with another {', '.join(other)}: give the same again to go on, "
                "choose another --out, or delete the folder"
            )

    def step(self, title: str, work: Callable[[], Result]) -> Result:
        """What `work` returns, as JSON gives it back; what it returned earlier, if it was done in an earlier run."""
        head = self._head(title)
        if title in self._state["done"]:
            _say(f"{head}: done before")
        else:
            _say(head)
            began = time.monotonic()
            self._state["done"][title] = json.loads(json.dumps(work()))
            self._write()
            _say(f"      done in {time.monotonic() - began:.0f} s")
        found: Result = self._state["done"][title]
        return found

    def resumable(self, title: str, work: Callable[[], Result]) -> Result:
        """What `work` returns, however often it is run: it keeps what it has done by itself."""
        _say(self._head(title))
        return work()

    def _head(self, title: str) -> str:
        self._number += 1
        note_stage(self.folder, title, self._number, self._steps)
        return f"[{self._number}/{self._steps}] {title}"

    def _write(self) -> None:
        beside = self._path.with_suffix(".part")
        with beside.open("w") as handle:
            json.dump(self._state, handle, indent=1)
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(self._path)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
