"""Low-rank adapters inside a transformers model, and their files in PEFT's format. Knows nothing of what is learned."""

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."  # PEFT's name for the model it wraps


class LowRank(torch.nn.Module):
    """y = W x + (alpha / rank) B A x with W frozen (LoRA, Hu et al. 2021, equation 3); B begins at zero."""

    def __init__(self, frozen: torch.nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.frozen = frozen
        self.scale = alpha / rank
        place = {"device": frozen.weight.device, "dtype": torch.float32}
        self.a = torch.nn.Parameter(torch.empty(rank, frozen.in_features, **place))
        self.b = torch.nn.Parameter(torch.zeros(frozen.out_features, rank, **place))
        torch.nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        added = (x.to(self.a.dtype) @ self.a.t()) @ self.b.t()
        return self.frozen(x) + (self.scale * added).to(x.dtype)


def insert(model: Any, first_layer: int, rank: int, alpha: float) -> dict[str, LowRank]:
    """Freeze `model` and put an adapter beside every linear weight of its layers from `first_layer` on, by name."""
    model.requires_grad_(False)
    wanted = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and _layer(name) >= first_layer and name.endswith(TARGETS)
    }
    if not wanted:
        raise ValueError(f"the model has no layer {first_layer} with {', '.join(TARGETS)}: choose an earlier layer")
    adapters = {}
    for name, module in wanted.items():
        adapters[name] = LowRank(module, rank, alpha)
        parent, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(parent), leaf, adapters[name])
    return adapters


def parameters(adapters: dict[str, LowRank]) -> dict[str, torch.nn.Parameter]:
    """What is trained, under PEFT's names."""
    return {
        f"{_PREFIX}{name}.lora_{side}.weight": parameter
        for name, adapter in adapters.items()
        for side, parameter in (("A", adapter.a), ("B", adapter.b))
    }


def save(adapters: dict[str, LowRank], folder: Path, base: str, alpha: float) -> None:
    """Write bf16 weights and configuration that PEFT and vLLM load; `base` is the hub name of the model."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: part.detach().to("cpu", torch.bfloat16).contiguous() for name, part in parameters(adapters).items()
    }
    save_file(weights, folder / WEIGHTS, {"format": "pt"})
    (folder / WEIGHTS).chmod(0o644)  # a server may run as somebody else
    rank = next(iter(adapters.values())).a.shape[0]
    about = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "target_modules": list(TARGETS),
        "layers_to_transform": sorted({_layer(name) for name in adapters}),
    }
    (folder / CONFIG).write_text(json.dumps(about, indent=1) + "\n")


def restore(adapters: dict[str, LowRank], folder: Path) -> None:
    """Read saved weights into `adapters`, which must have the same shapes."""
    saved = load_file(folder / WEIGHTS)
    with torch.no_grad():
        for name, parameter in parameters(adapters).items():
            parameter.copy_(saved[name])


def _layer(name: str) -> int:
    """Number of the layer a module stands in; -1 outside of them."""
    numbers = [part for part in name.split(".") if part.isdigit()]
    return int(numbers[0]) if numbers else -1
