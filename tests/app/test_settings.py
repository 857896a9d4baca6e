"""Settings: a name that means nothing is refused, never passed over."""

from pathlib import Path

import pytest

from app.settings import Settings, SettingsError


def test_a_misspelt_variable_is_refused_with_the_nearest_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_RETREIVE_LIMIT", "3")
    with pytest.raises(SettingsError, match=r"ATTUNE_RETREIVE_LIMIT is not a setting.*ATTUNE_RETRIEVE_LIMIT"):
        Settings(home=tmp_path)


def test_a_known_variable_counts_in_any_letter_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("attune_retrieve_limit", "3")
    assert Settings(home=tmp_path).retrieve_limit == 3
