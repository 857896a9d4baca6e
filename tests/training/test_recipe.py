from pathlib import Path

import pytest

from training.recipe import Recipe, RecipeError


def test_a_step_that_is_done_is_not_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []

    def note(word: str) -> list[str]:
        done.append(word)
        return list(done)

    def fails() -> None:
        raise OSError("killed")

    first = Recipe(tmp_path, 2, {"seed": 1})
    assert first.step("read", lambda: note("read")) == ["read"]
    with pytest.raises(OSError, match="killed"):
        first.step("fit", fails)
    again = Recipe(tmp_path, 2, {"seed": 1})
    assert again.step("read", lambda: note("read twice")) == ["read"]
    assert again.step("fit", lambda: note("fit")) == ["read", "fit"]
    assert "[1/2] read: done before" in capsys.readouterr().err


def test_a_folder_of_another_recipe_is_refused(tmp_path: Path) -> None:
    Recipe(tmp_path, 1, {"seed": 1, "rank": 8}).step("read", lambda: None)
    with pytest.raises(RecipeError, match="another seed"):
        Recipe(tmp_path, 1, {"seed": 2, "rank": 8})
