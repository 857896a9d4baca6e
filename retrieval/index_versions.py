"""The indexes of several encoders side by side, while one takes over from another; copies of an index.

Knows nothing of what is encoded.
"""

import json
import shutil
from pathlib import Path

from retrieval import index_shard
from retrieval.index_points import DENSE


def stored(folder: Path, besides: str) -> list[str]:
    """Versions of the encoders, but for `besides`, whose finished index below `folder` holds passages."""
    return [name for name in index_shard.others(folder, folder / besides) if index_shard.holds_passages(folder / name)]


def beside(folder: Path, version: str) -> list[str]:
    """Every other encoder's version whose index lies there, half built ones too."""
    return index_shard.others(folder, folder / version)


def finished(folder: Path, version: str) -> bool:
    """Whether the index of this encoder is there, holds passages, and was not left half built."""
    return (folder / version).exists() and index_shard.holds_passages(folder / version)


def dimension(folder: Path, version: str) -> int:
    """Of the dense vectors in the index of this encoder."""
    size: int = json.loads((index_shard.current(folder / version) / "edge_config.json").read_text())["vectors"][DENSE][
        "size"
    ]
    return size


def copy_out(place: Path, folder: Path) -> None:
    """Copy a generation that nobody writes to meanwhile, so that it is the index of its encoder below `folder`."""
    own = folder / place.parent.name
    shutil.copytree(place, own / place.name)
    index_shard.switch(own / place.name)
    if index_shard.holds_deleted(place):
        index_shard.note_deleted(own / place.name)


def copy_all_out(source: Path, folder: Path) -> None:
    """Copy every index below `source`, which nobody has open, but for what was left half built."""
    for own in sorted(source.glob("[!.]*")):
        if index_shard.is_finished(own):
            copy_out(index_shard.current(own), folder)


def remove(folder: Path, version: str) -> None:
    """Remove an encoder's index that nobody has open."""
    gone = folder / index_shard.GONE.format(
        version
    )  # renamed first, so that what has the version's name is always whole
    shutil.rmtree(gone, ignore_errors=True)
    (folder / version).rename(gone)
    shutil.rmtree(gone)
