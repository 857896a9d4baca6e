"""Which selector ATTUNE_SELECTOR names."""

from pathlib import Path

import pytest

from app.adapters import make_selector
from app.settings import Settings
from retrieval.encoder_hash import HashEncoder
from retrieval.selector import EncoderSelector, KeepAll


def test_the_setting_names_the_selector() -> None:
    assert isinstance(make_selector(Settings(selector="encoder"), HashEncoder()), EncoderSelector)
    assert isinstance(make_selector(Settings(selector="none"), HashEncoder()), KeepAll)


def test_a_folder_without_a_selector_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"holds no selector\.json: give the --out of `attune train selector`"):
        make_selector(Settings(selector=str(tmp_path)), HashEncoder())
