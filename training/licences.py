"""What a data set's ABOUT.md says about its licence, and whether weights trained on it may ship. Reads nothing else."""

import re
from pathlib import Path

_OPEN = re.compile(r"\b(MIT|Apache-2\.0|BSD(-[23]-Clause)?|CC0|CC BY(-SA)? [34]\.0)\b", re.IGNORECASE)
_RESTRICTED = re.compile(r"\bNC\b|non-commercial|internal use|evaluation only|not stated|none stated", re.IGNORECASE)


class LicenceError(Exception):
    """A set that may not be trained on as asked; the message names it and the remedy."""


def licence(folder: Path) -> str:
    """The line "Licence: ..." of ABOUT.md; "unknown" where there is none."""
    about = folder / "ABOUT.md"
    found = re.search(r"^Licen[cs]e:\s*(.+)$", about.read_text(), re.MULTILINE) if about.exists() else None
    return found[1].strip() if found else "unknown"


def is_open(text: str) -> bool:
    """Whether a licence lets weights ship: an open one is named, and no restriction beside it."""
    return bool(_OPEN.search(text)) and not _RESTRICTED.search(text)


def check(folders: list[Path], *, experiment: bool) -> bool:
    """Whether weights trained on `folders` may ship. Raises LicenceError for a set that only measures, and for one
    without an open licence unless this is an experiment."""
    for folder in folders:
        about = folder / "ABOUT.md"
        if about.exists() and re.search(r"^Trainable:\s*no\b", about.read_text(), re.MULTILINE | re.IGNORECASE):
            raise LicenceError(f"{folder} is for measuring only, as its ABOUT.md says: leave it out")
    closed = [folder for folder in folders if not is_open(licence(folder))]
    if closed and not experiment:
        raise LicenceError(
            f"{closed[0]} states no open licence ({licence(closed[0])!r}): leave it out, write a line "
            '"Licence: ..." into its ABOUT.md if it is yours, or pass --experiment, whose weights must not ship'
        )
    return not closed
