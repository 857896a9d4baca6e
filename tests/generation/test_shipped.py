"""The adapter in the package is what its manifest says, and belongs to the default model."""

import hashlib
import json
from pathlib import Path

import pytest

from generation import adapter, weights

MANIFEST = json.loads((adapter.SHIPPED / "manifest.json").read_text())


def test_the_weights_are_those_of_the_manifest_and_small() -> None:
    content = (adapter.SHIPPED / "adapter_model.safetensors").read_bytes()
    assert hashlib.sha256(content).hexdigest() == MANIFEST["weights_sha256"]
    assert len(content) < 8_000_000


def test_it_was_trained_on_open_licences_only_and_says_how_to_do_it_again() -> None:
    assert MANIFEST["shippable"] is True
    assert all(one["licence"] for one in MANIFEST["data"])
    assert MANIFEST["command"].startswith("attune train generator --data ")


@pytest.mark.model
def test_it_belongs_to_the_default_model(smollm2_folder: Path) -> None:
    assert adapter.choose("shipped", smollm2_folder) == adapter.SHIPPED
    assert MANIFEST["base_model"] == weights.version(smollm2_folder)
