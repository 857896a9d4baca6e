"""The home: who may read it, and that it is not filled to the brim."""

from pathlib import Path

import pytest

from app.home import Home


def test_a_home_that_was_there_before_becomes_private(tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir(mode=0o755)
    Home(root).create()
    assert root.stat().st_mode & 0o777 == 0o700


def test_too_little_space_is_said_with_the_remedy(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.require_space(1)
    with pytest.raises(OSError, match=r"MiB are free at .*: free at least"):
        home.require_space(1 << 60)
