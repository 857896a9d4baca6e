"""Adapters: which one is used, and that merging adds what was learned."""

import json
import logging
from pathlib import Path

import pytest

from generation import adapter, weights
from generation.local import LocalModel
from generation.port import GenerationParams, Message, ModelUnavailableError

ASKED = [Message("user", "What is the capital of France?")]


def save_adapter(folder: Path, base: str, size: float = 0.5) -> Path:
    """An adapter of rank 2 on the tiny model's second layer."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    path = "base_model.model.model.layers.1.mlp.down_proj"
    parts = {f"{path}.lora_A.weight": torch.randn(2, 64), f"{path}.lora_B.weight": size * torch.randn(32, 2)}
    save_file(parts, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4}))
    (folder / "manifest.json").write_text(json.dumps({"base_model": base}))
    return folder


@pytest.fixture
def adapted(tiny_folder: Path, tmp_path: Path) -> Path:
    return save_adapter(tmp_path / "answers", weights.version(tiny_folder))


def test_stock_needs_no_adapter(tiny_folder: Path) -> None:
    assert adapter.choose("stock", tiny_folder) is None
    assert adapter.version(tiny_folder, None) == weights.version(tiny_folder)


def test_a_folder_is_used_with_the_base_it_was_trained_on(tiny_folder: Path, adapted: Path) -> None:
    assert adapter.choose(str(adapted), tiny_folder) == adapted
    named = adapter.version(tiny_folder, adapted)
    assert named == f"{weights.version(tiny_folder)}+answers@{weights.fingerprint(adapted)}"


def test_other_weights_are_another_version(tiny_folder: Path, adapted: Path, tmp_path: Path) -> None:
    other = save_adapter(tmp_path / "other", weights.version(tiny_folder), size=0.4)
    assert adapter.version(tiny_folder, other) != adapter.version(tiny_folder, adapted)


def test_one_that_was_named_has_to_fit_the_model(tiny_folder: Path, tmp_path: Path) -> None:
    foreign = save_adapter(tmp_path / "foreign", "smollm2@00000000")
    with pytest.raises(ModelUnavailableError, match="smollm2@00000000"):
        adapter.choose(str(foreign), tiny_folder)


def test_another_model_answers_without_the_shipped_one_and_says_so(
    tiny_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="generation.adapter"):
        assert adapter.choose("shipped", tiny_folder) is None
    assert str(adapter.base_of(adapter.SHIPPED)) in caplog.text


def test_a_folder_without_an_adapter_names_the_setting(tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="ATTUNE_ADAPTER"):
        adapter.choose(str(tmp_path), tiny_folder)


def test_merging_adds_scale_times_b_a(tiny_folder: Path, adapted: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_folder)
    before = model.model.layers[1].mlp.down_proj.weight.clone()
    other = model.model.layers[0].mlp.down_proj.weight.clone()
    adapter.merge(model, adapted)
    a, b = (part for _, part in sorted(load_file(adapted / "adapter_model.safetensors").items()))
    torch.testing.assert_close(model.model.layers[1].mlp.down_proj.weight, before + 2.0 * b @ a)
    torch.testing.assert_close(model.model.layers[0].mlp.down_proj.weight, other)


def test_an_adapter_that_does_not_fit_names_the_remedy(tiny_folder: Path, adapted: Path) -> None:
    import torch
    from safetensors.torch import save_file

    path = "base_model.model.model.layers.7.mlp.down_proj"
    save_file(
        {f"{path}.lora_A.weight": torch.zeros(2, 64), f"{path}.lora_B.weight": torch.zeros(32, 2)},
        adapted / "adapter_model.safetensors",
    )
    with pytest.raises(ModelUnavailableError, match="ATTUNE_ADAPTER=stock"):
        LocalModel(tiny_folder, device="cpu", dtype="float32", adapted=adapted)


async def test_an_adapted_model_scores_as_peft_would(tiny_folder: Path, adapted: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = await LocalModel.open(tiny_folder, device="cpu", dtype="float32", adapted=adapted)
    scored = await model.score(ASKED, "Paris.")
    said = await model.complete(ASKED, GenerationParams(max_tokens=4))
    await model.close()
    assert model.version.endswith(f"+answers@{weights.fingerprint(adapted)}")
    assert said.usage.completion_tokens == 4

    reference = AutoModelForCausalLM.from_pretrained(tiny_folder)
    tokenizer = AutoTokenizer.from_pretrained(tiny_folder)
    a, b = (part for _, part in sorted(load_file(adapted / "adapter_model.safetensors").items()))
    inner = reference.model.layers[1].mlp.down_proj
    inner.register_forward_hook(lambda _, inputs, output: output + 2.0 * (inputs[0] @ a.t()) @ b.t())
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": ASKED[0].content}], tokenize=False, add_generation_prompt=True
    )
    read, answer = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (prompt, "Paris."))
    with torch.no_grad():
        logprobs = torch.log_softmax(reference(torch.tensor([read + answer])).logits[0, len(read) - 1 : -1], -1)
    expected = logprobs.gather(1, torch.tensor(answer)[:, None])[:, 0]
    torch.testing.assert_close(torch.tensor(scored.token_logprobs), expected, atol=1e-4, rtol=1e-4)
