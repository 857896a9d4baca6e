from pathlib import Path

import pytest

from tests.training.sets import about
from training.licences import LicenceError, check, is_open


@pytest.mark.parametrize(
    "text", ["MIT", "CC BY-SA 4.0", "Apache-2.0 (repository); articles various", "none; upstream CC BY 4.0"]
)
def test_open_licences_are_recognised(text: str) -> None:
    assert is_open(text)


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "CC BY-NC 4.0",
        "MIT; texts for evaluation only",
        "none: internal use only; upstream CC BY 4.0",
        "permit",
    ],
)
def test_a_restriction_closes_what_an_open_licence_stands_beside(text: str) -> None:
    assert not is_open(text)


def test_a_closed_set_is_for_experiments_only(tmp_path: Path) -> None:
    about(tmp_path / "open")
    about(tmp_path / "closed", "not stated")
    folders = [tmp_path / "open", tmp_path / "closed"]
    with pytest.raises(LicenceError, match=r"closed.*--experiment"):
        check(folders, experiment=False)
    assert check(folders, experiment=True) is False
    assert check(folders[:1], experiment=True) is True


def test_a_set_that_only_measures_is_refused_even_in_an_experiment(tmp_path: Path) -> None:
    about(tmp_path / "measuring", trainable="no")
    with pytest.raises(LicenceError, match="measuring"):
        check([tmp_path / "measuring"], experiment=True)


def test_a_set_that_says_nothing_is_closed(tmp_path: Path) -> None:
    with pytest.raises(LicenceError, match="unknown"):
        check([tmp_path], experiment=False)
