"""What --selector and --generator mean: the parts of the product they name, or why there is none yet."""

from pathlib import Path
from typing import Any

from app import adapters
from app.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.workplace import working_home
from retrieval.ports import Encoder, Selector, Verifier

SELECTORS = "none, encoder, student, llm or a folder"
GENERATORS = "stock, shipped, a folder or a trained version"
# Where a home lies and how others reach it changes no answer.
_NO_CONDITION = {
    *("home", "cache", "deployment", "host", "port", "database_url", "secret_key", "token_days", "index", "qdrant_url"),
    *("qdrant_api_key", "llm_api_key", "llm_timeout", "max_upload_bytes", "load_seconds", "load_memory_bytes"),
}


def selector_of(name: str | None, settings: Settings, encoder: Encoder) -> Selector:
    """The selector that --selector names; None: the one of the settings. Raises EvaluationError."""
    from retrieval.selector import EncoderSelector, KeepAll

    match name:
        case None:
            return adapters.make_selector(settings, encoder)
        case "none":
            return KeepAll()
        case "encoder":
            return EncoderSelector(encoder, settings.abstain_below)
        case "student" | "llm":
            raise EvaluationError(f"--selector {name}: no {name} selector is shipped yet; use none or encoder")
        case _ if Path(name).is_dir():
            raise EvaluationError(f"--selector {name}: this version reads no trained selector yet; use none or encoder")
        case _:
            raise EvaluationError(f"--selector {name!r} is neither a known name nor a folder: use {SELECTORS}")


def verifier_of(name: str | None) -> Verifier | None:
    """The verifier that --verifier names; None for "none". Raises EvaluationError."""
    if name == "none":
        return None
    raise EvaluationError("no verifier is shipped yet: --verifier none measures the baselines alone")


def generator_settings(name: str | None) -> dict[str, Any]:
    """The settings that make the generator the one --generator names; None: those in force. Raises EvaluationError."""
    adapters_known = "adapter" in Settings.model_fields
    match name:
        case None:
            return {}
        case "stock":
            return {"adapter": "stock"} if adapters_known else {}
        case "shipped" if adapters_known:
            return {"adapter": "shipped"}
        case "shipped":
            raise EvaluationError("--generator shipped: no adapter is shipped yet; use stock")
    folder = _trained(name)
    if (folder / "config.json").exists():
        return generator_settings("stock") | {"llm": "local", "llm_model": str(folder)}
    if adapters_known:
        return {"adapter": str(folder)}
    raise EvaluationError(f"--generator {name}: this version reads no adapters yet; give a folder of whole weights")


def conditions_of(settings: Settings) -> dict[str, Any]:
    """The settings that may change an answer."""
    return settings.model_dump(mode="json", exclude=_NO_CONDITION)


def _trained(name: str) -> Path:
    """The folder that `name` is, or that a training run has left in the home under this name."""
    home = working_home()
    found = [folder for folder in (Path(name), home / "models" / name if home else None) if folder and folder.is_dir()]
    if not found:
        where = f" and no version in {home / 'models'}" if home else "; a version needs --home"
        raise EvaluationError(f"--generator {name!r} is no folder{where}: use {GENERATORS}")
    return found[0].resolve()
