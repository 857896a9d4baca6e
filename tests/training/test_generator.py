"""The recipe of the generator's adapter on a tiny model: packing is exact, a run can be used, resumed and rebuilt."""

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from generation import adapter, weights
from generation.local import LocalModel
from generation.port import GenerationParams, Message
from tests.generation.tiny import save_tiny_model
from tests.training.sets import shown
from training import generator, lora
from training.answers_mix import Mix
from training.answers_packing import Packed, pack
from training.answers_sheets import Sheet
from training.licences import LicenceError


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def trained(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    generator.train([shown(out / "mine", 90)], out / "out", options(base), "attune train generator")
    return out / "out"


@pytest.fixture(scope="module", autouse=True)
def _hash_encoder() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTUNE_ENCODER", "hash")
        yield


def options(base: Path, **more: Any) -> generator.Options:
    return generator.Options(base, **{"steps": 3, "first_layer": 1, "rank": 2, "alpha": 4.0} | more)


def test_a_branch_reads_as_if_it_stood_alone(base: Path, tmp_path: Path) -> None:
    import torch

    student = generator.Student(options(base))
    several = next(sheet for sheet in Mix([shown(tmp_path / "mine")], 0).round() if len(sheet.asked) > 1)
    together = _logprobs(student, pack(several, student.tokenizer))
    apart = [_logprobs(student, pack(Sheet(several.kept, (one,), ""), student.tokenizer)) for one in several.asked]
    torch.testing.assert_close(together, torch.cat(apart), atol=1e-4, rtol=1e-4)


def test_a_run_goes_on_from_the_adapter_it_is_given_and_says_so(base: Path, trained: Path, tmp_path: Path) -> None:
    again = generator.Student(options(base, start=trained))
    known = load_file(trained / "adapter_model.safetensors")
    for name, parameter in lora.parameters(again.adapters).items():
        assert parameter.detach().to(known[name].dtype).equal(known[name])
    generator.train([shown(tmp_path / "mine")], tmp_path / "out", options(base, start=trained, steps=1), "attune train")
    first, second = (json.loads((folder / "manifest.json").read_text()) for folder in (trained, tmp_path / "out"))
    assert second["settings"]["start"]["version"] == first["version"]
    assert second["settings"]["start"]["command"] == first["command"]
    assert second["shippable"] == first["shippable"]


def test_the_manifest_says_when_to_decline_and_the_model_that_loads_it_does(base: Path, trained: Path) -> None:
    manifest = json.loads((trained / "manifest.json").read_text())
    assert adapter.declines_at(trained) == manifest["use"]["decline_at"]
    assert manifest["use"]["answered_rate"] >= 0.85
    assert manifest["after"]["n"] > 0


@pytest.mark.parametrize(("factor", "refused"), [(0.99, True), (1.01, False)], ids=["likely enough", "not so likely"])
async def test_the_refusal_is_said_from_its_probability_on(
    base: Path, trained: Path, tmp_path: Path, factor: float, refused: bool
) -> None:
    asked, refusal = [Message("user", "Who?")], "The documents do not answer this question."
    plain = await LocalModel.open(base, "cpu", adapted=trained)
    chance = math.exp((await plain.score(asked, refusal)).total)
    told = GenerationParams(max_tokens=80)
    written = await plain.complete(asked, told)
    await plain.close()
    shutil.copytree(trained, tmp_path / "copy")
    manifest = json.loads((trained / "manifest.json").read_text())
    manifest["use"]["decline_at"] = chance * factor
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps(manifest))
    model = await LocalModel.open(base, "cpu", adapted=tmp_path / "copy")
    completion = await model.complete(asked, replace(told, refusal=refusal))
    await model.close()
    assert completion.text == (refusal if refused else written.text)
    assert completion.usage.prompt_tokens == written.usage.prompt_tokens


def _logprobs(student: generator.Student, packed: Packed) -> Any:
    import torch

    mask = torch.zeros(packed.visible.shape).masked_fill(~packed.visible, torch.finfo(torch.float32).min)
    with torch.no_grad():
        hidden = student.model.model(
            input_ids=packed.tokens[None], position_ids=packed.positions[None], attention_mask=mask[None, None]
        ).last_hidden_state[0]
        logprobs = torch.log_softmax(student.model.lm_head(hidden[packed.read_at]), -1)
    return logprobs.gather(1, packed.targets[:, None])[:, 0]


def test_a_sheet_that_does_not_fit_is_refused(base: Path, tmp_path: Path) -> None:
    tokenizer = generator.Student(options(base)).tokenizer
    sheet = next(Mix([shown(tmp_path / "mine")], 0).round())
    long = Sheet(sheet.kept * 20, sheet.asked, "mine")
    with pytest.raises(ValueError, match="mine"):
        pack(long, tokenizer)


def test_a_sheet_that_does_not_fit_ends_no_run(base: Path, tmp_path: Path) -> None:
    tokenizer = generator.Student(options(base)).tokenizer
    first, second, *_ = Mix([shown(tmp_path / "mine")], 0).round()
    long = Sheet(first.kept * 20, first.asked, "mine")
    batches = generator.Batches(iter([[first, long, second]]), tokenizer)
    assert [batches(number).tokens.tolist() for number in (1, 0)] == [
        pack(sheet, tokenizer).tokens.tolist() for sheet in (second, first)
    ]


def test_a_fresh_adapter_changes_nothing_and_a_saved_one_comes_back(base: Path, tmp_path: Path) -> None:
    import torch

    student = generator.Student(options(base))
    assert all(not one.b.any() for one in student.adapters.values())
    with torch.no_grad():
        for one in student.adapters.values():
            one.b.fill_(0.25)
    lora.save(student.adapters, tmp_path, "tiny", 4.0)
    again = generator.Student(options(base))
    lora.restore(again.adapters, tmp_path)
    assert all(bool((one.b == 0.25).all()) for one in again.adapters.values())
    about = json.loads((tmp_path / lora.CONFIG).read_text())
    assert (about["r"], about["layers_to_transform"]) == (2, [1])


def test_a_layer_that_is_not_there_is_refused(base: Path) -> None:
    with pytest.raises(ValueError, match="layer 9"):
        generator.Student(options(base, first_layer=9))


async def test_the_adapter_is_used_with_its_base(base: Path, trained: Path) -> None:
    assert adapter.choose(str(trained), base) == trained
    model = await LocalModel.open(base, device="cpu", dtype="float32", adapted=trained)
    await model.close()
    assert "+answers@" in model.version


def test_the_manifest_says_what_was_done_and_how_to_do_it_again(base: Path, trained: Path) -> None:
    manifest = json.loads((trained / "manifest.json").read_text())
    assert manifest["base_model"] == weights.version(base)
    assert manifest["shippable"] is True
    assert manifest["data"][0]["licence"] == "MIT"
    assert manifest["data"][0]["examples"] > 0
    assert manifest["settings"]["fit"]["steps"] == 3
    assert set(manifest["before"]) == {"all", "gold", "n"}
    assert manifest["after"]["accuracy"] is not None


def test_the_same_seed_gives_the_same_weights_also_after_a_pause(base: Path, trained: Path, tmp_path: Path) -> None:
    folders = [shown(tmp_path / "mine")]
    generator.train(folders, tmp_path / "out", options(base, steps=2), "")
    generator.train(folders, tmp_path / "out", options(base, steps=3), "")
    paused = load_file(tmp_path / "out" / lora.WEIGHTS)
    whole = load_file(trained / lora.WEIGHTS)
    assert paused.keys() == whole.keys()
    assert any(bool(part.any()) for name, part in whole.items() if "lora_B" in name)


def test_a_set_without_an_open_licence_trains_no_weights_that_ship(base: Path, tmp_path: Path) -> None:
    folder = shown(tmp_path / "mine")
    (folder / "ABOUT.md").write_text("# mine\nLicence: not stated\n")
    with pytest.raises(LicenceError):
        generator.train([folder], tmp_path / "out", options(base), "")
