"""Trained versions for tests: small query adapters of the encoder without a model, with true manifests."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from app import versions
from app.home import Home
from app.versions import file_hash
from retrieval.encoder_hash import HashEncoder
from retrieval.query_adapter import OWN_SCALE, WEIGHTS, Scale, name_query_adapter, write_query_adapter
from training.manifest import Manifest

HOLDOUT = hashlib.sha256(b"questions").hexdigest()


def trained_retriever(folder: Path, seed: int = 0, rank: int = 2, **settings: Any) -> Path:
    """What `attune train retriever` leaves: an adapter that moves vectors a little, its own way for each seed."""
    random = np.random.default_rng(seed)
    a, b = random.normal(0, 0.01, (2, rank, HashEncoder.dimension)).astype(np.float32)
    return written_retriever(folder, a, b.T.copy(), seed, **settings)


def written_retriever(folder: Path, a: Any, b: Any, seed: int = 0, scale: Scale = OWN_SCALE, **settings: Any) -> Path:
    """An adapter of these matrices with its manifest."""
    write_query_adapter(folder, a, b, scale)
    manifest = Manifest(
        kind="retriever",
        base_model=HashEncoder.version,
        data=settings.pop("data", ()),
        settings=settings,
        seed=seed,
        commit="test",
        weights_sha256=file_hash(folder / WEIGHTS),
        before={},
        after={},
        command="attune train retriever",
    )
    name_query_adapter(folder, manifest.version, HashEncoder.version)
    manifest.write(folder)
    return folder


def adopted(home: Path, folder: Path, seed: int = 0) -> str:
    """The name of a trained retriever that was copied into the home."""
    return versions.adopt(Home(home), trained_retriever(folder, seed)).id


def verdict(champion: str | None, *reasons: str) -> dict[str, Any]:
    """What a gate says: accepted unless there are reasons."""
    return {
        "champion": champion,
        "accepted": not reasons,
        "reasons": list(reasons),
        "holdout": HOLDOUT,
        "report": {"n": 40},
    }
