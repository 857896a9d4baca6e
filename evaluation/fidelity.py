"""How much of a reference text a loader gives back, in its order, by format; `python -m evaluation.fidelity`.

fidelity: of the reference's words, the share that stands in the loaded text in the same order (matching blocks of
difflib over words, no junk heuristic). kept: the share that stands there at all, however ordered. Knows no index and
no model.
"""

import asyncio
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer

from evaluation.errors import EvaluationError
from retrieval.loader import SubprocessLoader
from retrieval.ports import LoadError

_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"<!--.*?-->|&\w+;|!?\[|\]\([^)]*\)", re.DOTALL)
_WORDS = 20_000  # of one text; matching costs their square


@dataclass(frozen=True)
class Reference:
    """A file and the text that it should give."""

    path: Path
    format: str
    text: str


@dataclass(frozen=True)
class Fidelity:
    """Shares of one reference's words, in [0, 1]."""

    file: str
    format: str
    in_order: float
    kept: float


def compare(reference: str, found: str) -> tuple[float, float]:
    """Shares of the reference's words that are found in order, and at all. Raises ValueError for an empty reference."""
    wanted, words = _words(_MARKUP.sub(" ", reference)), _words(found)
    if not wanted:
        raise ValueError("the reference has no words")
    blocks = SequenceMatcher(None, wanted, words, autojunk=False).get_matching_blocks()
    kept = (Counter(wanted) & Counter(words)).total()
    return sum(block.size for block in blocks) / len(wanted), kept / len(wanted)


def read_references(documents: Path, references: Path) -> Iterator[Reference]:
    """The files of `documents`/manifest.csv that have a reference with words in it. Raises EvaluationError."""
    try:
        with (documents / "manifest.csv").open(newline="") as manifest:
            rows = [row for row in csv.DictReader(manifest) if row["reference"]]
    except (OSError, KeyError) as error:
        raise EvaluationError(f"{documents} has no manifest.csv with file, format, reference: {error}") from error
    for row in rows:
        text = _reference(references, row["reference"])
        if _words(text):
            yield Reference(documents / row["file"], row["format"].removesuffix(".gz"), text)


async def measure(references: Sequence[Reference]) -> list[Fidelity]:
    """One row a file; a file that cannot be read keeps nothing."""
    loader = SubprocessLoader()
    rows = []
    try:
        for one in references:
            try:
                loaded = await loader.load(one.path, one.path.name)
                found = "\n".join(block.text for block in loaded.blocks)
            except LoadError:
                found = ""
            in_order, kept = await asyncio.to_thread(compare, one.text, found)
            rows.append(Fidelity(str(one.path), one.format, in_order, kept))
    finally:
        await loader.close()
    return rows


def summary(rows: Sequence[Fidelity]) -> dict[str, dict[str, float]]:
    """Means by format, and over all files."""
    groups: dict[str, list[Fidelity]] = defaultdict(list)
    for row in rows:
        groups[row.format].append(row)
        groups["all"].append(row)
    return {
        name: {"fidelity": fmean(r.in_order for r in its), "kept": fmean(r.kept for r in its), "n": len(its)}
        for name, its in sorted(groups.items())
    }


def _reference(folder: Path, name: str) -> str:
    path, _, entry = name.partition("#")
    text = (folder / path).read_text()
    return str(json.loads(text)[entry]["articleBody"]) if entry else text


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("\\", "").replace("_", " ").lower())[:_WORDS]


def main(
    documents: Annotated[Path, typer.Argument(help="Folder with files and manifest.csv.")],
    references: Annotated[Path, typer.Argument(help="Folder with the texts that the manifest names.")],
    worst: Annotated[int, typer.Option(help="Name so many files with the least fidelity.")] = 0,
) -> None:
    """Text fidelity of the loaders, as JSON."""
    rows = asyncio.run(measure(list(read_references(documents, references))))
    figures: dict[str, Any] = dict(summary(rows))
    if worst:
        lowest = sorted(rows, key=lambda row: row.in_order)[:worst]
        figures["worst"] = {row.file: round(row.in_order, 3) for row in lowest}
    typer.echo(json.dumps(figures, indent=2))


if __name__ == "__main__":
    typer.run(main)
