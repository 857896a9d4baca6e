"""What the flags of a measurement name."""

from pathlib import Path

import pytest

from app.settings import Settings
from evaluation.choices import conditions_of, generator_settings, selector_settings, verifier_settings
from evaluation.errors import EvaluationError
from evaluation.workplace import temporary_settings, working_in


def test_a_selector_goes_by_its_name() -> None:
    assert [selector_settings(name) for name in ("none", "encoder")] == [{"selector": "none"}, {"selector": "encoder"}]


@pytest.mark.parametrize(("name", "message"), [("best", "'best' is no folder"), ("llm", "llm: no")])
def test_a_selector_that_does_not_exist_is_refused(name: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=f"--selector {message}"):
        selector_settings(name)


def test_a_folder_is_a_selector_only_if_it_holds_one(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"holds no selector.json; give the folder of a trained selector"):
        selector_settings(str(tmp_path))
    (tmp_path / "selector.json").write_text("{}")
    assert selector_settings(str(tmp_path)) == {"selector": str(tmp_path)}


def test_an_adapter_is_a_generator_and_a_folder_a_verifier(tmp_path: Path) -> None:
    assert generator_settings(str(tmp_path)) == {"adapter": str(tmp_path)}
    assert generator_settings("stock") == {"adapter": "stock"}
    assert verifier_settings(str(tmp_path)) == {"verifier": str(tmp_path)}
    assert (generator_settings(None), selector_settings(None), verifier_settings(None)) == ({}, {}, {})


def test_a_folder_of_whole_weights_is_a_generator(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert generator_settings(str(tmp_path))["llm_model"] == str(tmp_path)


def test_a_version_is_looked_up_in_the_home(tmp_path: Path) -> None:
    version = tmp_path / "models" / "generator-7"
    version.mkdir(parents=True)
    (version / "config.json").write_text("{}")
    with working_in(tmp_path):
        assert generator_settings("generator-7")["llm_model"] == str(version)
        with pytest.raises(EvaluationError, match=r"'generator-8' is no folder and no version in .*models"):
            generator_settings("generator-8")
    with pytest.raises(EvaluationError, match="a version needs --home"):
        generator_settings("generator-7")


def test_where_a_home_lies_is_no_condition_of_a_result(tmp_path: Path, settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"home": tmp_path / "other"})
    longer = settings.model_copy(update={"answer_max_tokens": 999})
    assert conditions_of(elsewhere) == conditions_of(settings) != conditions_of(longer)


def test_the_settings_of_a_home_count_and_nothing_stays_in_it(tmp_path: Path) -> None:
    (tmp_path / "attune.toml").write_text("encoder = 'hash'\nretrieve_limit = 7\n")
    with working_in(tmp_path):
        with temporary_settings() as settings:
            assert (settings.encoder, settings.retrieve_limit) == ("hash", 7)
            assert settings.home.parent == tmp_path
        assert [path.name for path in tmp_path.iterdir()] == ["attune.toml"]
    with temporary_settings() as settings:
        assert settings.retrieve_limit != 7
