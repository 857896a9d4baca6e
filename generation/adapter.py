"""A low-rank adapter in PEFT's format: found, checked against its base, merged into the model. Knows no training."""

import json
import logging
from pathlib import Path
from typing import Any

from generation import weights
from generation.port import ModelUnavailableError

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "shipped" / "answers"
NAME = "answers"  # in a model's version: the prompts ask for the form that was trained
_CONFIG = "adapter_config.json"
_WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."  # PEFT's name for the model it wraps


def choose(setting: str, base: Path) -> Path | None:
    """The folder of the adapter for the model in `base`: "shipped", "stock" (none), or a folder's path.

    The shipped one is not used with another base than its own, and the log says so; one that was named has to fit.
    Raises ModelUnavailableError.
    """
    if setting == "stock":
        return None
    folder = SHIPPED if setting == "shipped" else Path(setting).expanduser()
    if not (folder / _WEIGHTS).is_file() or not (folder / _CONFIG).is_file():
        raise ModelUnavailableError(
            f"{folder} holds no adapter ({_CONFIG} and {_WEIGHTS}): correct ATTUNE_ADAPTER, or set it to stock"
        )
    trained_on, found = base_of(folder), weights.version(base)
    if trained_on != found:
        if setting != "shipped":
            raise ModelUnavailableError(
                f"the adapter in {folder} was trained on {trained_on or 'a model that no manifest names'}, "
                f"not on {found}: set ATTUNE_LLM_MODEL to that model, or ATTUNE_ADAPTER to stock"
            )
        log.info("the shipped adapter was made for %s, not for %s: the model answers without it", trained_on, found)
        return None
    return folder


def base_of(folder: Path) -> str | None:
    """Name and fingerprint of the model that the adapter was trained on; None where its manifest does not say."""
    manifest = folder / weights.MANIFEST
    base = json.loads(manifest.read_text()).get("base_model") if manifest.is_file() else None
    return base if isinstance(base, str) else None


def declines_at(folder: Path) -> float | None:
    """From which probability of its refusal on the adapted model had better decline; None where nobody calibrated."""
    manifest = folder / weights.MANIFEST
    use = json.loads(manifest.read_text()).get("use", {}) if manifest.is_file() else {}
    found = use.get("decline_at") if isinstance(use, dict) else None
    return float(found) if isinstance(found, int | float) and 0 < found <= 1 else None


def version(base: Path, adapter: Path | None) -> str:
    """Name and fingerprint of the model in `base` with its adapter, as logged with every turn."""
    return weights.version(base) + (f"+{NAME}@{weights.fingerprint(adapter)}" if adapter else "")


def merge(model: Any, folder: Path) -> None:
    """Add scale * B A to each adapted weight (LoRA, Hu et al. 2021, equation 3), so that answering costs nothing more.

    Raises ModelUnavailableError if a file is broken or does not fit the model.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        about = json.loads((folder / _CONFIG).read_text())
        scale = about["lora_alpha"] / about["r"]
        parts = load_file(folder / _WEIGHTS)
        with torch.no_grad():
            for name, a in parts.items():
                if name.endswith(".lora_A.weight"):
                    path = name.removeprefix(_PREFIX).removesuffix(".lora_A.weight")
                    b = parts[name.replace("lora_A", "lora_B")]
                    weight = model.get_submodule(path).weight
                    weight.copy_(weight.float() + scale * (b.float() @ a.float()).to(weight.device))
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailableError(
            f"the adapter in {folder} cannot be used ({error}): set ATTUNE_ADAPTER=stock, or train it again"
        ) from error
