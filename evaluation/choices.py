"""What --retriever, --selector, --verifier and --generator mean: the parts they name, or why there is none yet."""

from pathlib import Path
from typing import Any

from app.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.workplace import working_home

SELECTORS = "none, encoder, student, a folder or a trained version"
VERIFIERS = "none, shipped, a folder or a trained version"
RETRIEVERS = "stock, a folder or a trained version"
GENERATORS = "stock, shipped, a folder or a trained version"
# Where a home lies and how others reach it changes no answer.
_NO_CONDITION = {
    *("home", "cache", "deployment", "host", "port", "database_url", "secret_key", "token_days", "index", "qdrant_url"),
    *("qdrant_api_key", "llm_api_key", "llm_timeout", "max_upload_bytes", "load_seconds", "load_memory_bytes"),
}


def selector_settings(name: str | None) -> dict[str, Any]:
    """The settings that make the selector the one --selector names; None: those in force. Raises EvaluationError."""
    from retrieval.selector_utility import CONFIG, SHIPPED

    match name:
        case None:
            return {}
        case "none" | "encoder":
            return {"selector": name}
        case "llm":
            raise EvaluationError(
                "--selector llm: no language model selects passages yet; use none, encoder or student"
            )
        case "student":
            folder, remedy = SHIPPED, "none is shipped yet, so train one"
        case _:
            folder, remedy = _trained(name, "selector", SELECTORS), "give the folder of a trained selector"
    if not (folder / CONFIG).exists():
        raise EvaluationError(f"--selector {name}: {folder} holds no {CONFIG}; {remedy}")
    return {"selector": name if name == "student" else str(folder)}


def verifier_settings(name: str | None) -> dict[str, Any]:
    """The settings that make the verifier the one --verifier names; None: those in force. Raises EvaluationError."""
    from retrieval.verifier import SHIPPED

    match name:
        case None:
            return {}
        case "none":
            return {"verifier": "none"}
        case "shipped" if SHIPPED.is_dir():
            return {"verifier": "shipped"}
        case "shipped":
            raise EvaluationError("--verifier shipped: none is shipped yet; use none, or a folder")
        case _:
            return {"verifier": str(_trained(name, "verifier", VERIFIERS))}


def retriever_settings(name: str | None) -> dict[str, Any]:
    """The settings that make the retriever the one --retriever names; None: those in force. Raises EvaluationError."""
    match name:
        case None:
            return {}
        case "stock":
            return {"retriever": name}
    return {"retriever": str(_trained(name, "retriever", RETRIEVERS))}


def generator_settings(name: str | None) -> dict[str, Any]:
    """The settings that make the generator the one --generator names; None: those in force. Raises EvaluationError."""
    from generation.adapter import SHIPPED

    match name:
        case None:
            return {}
        case "stock":
            return {"adapter": "stock"}
        case "shipped" if SHIPPED.is_dir():
            return {"adapter": "shipped"}
        case "shipped":
            raise EvaluationError("--generator shipped: no adapter is shipped yet; use stock, or a folder")
    folder = _trained(name, "generator", GENERATORS)
    whole = (folder / "config.json").exists()  # weights of a whole model, not an adapter to the one of the settings
    return {"adapter": "stock", "llm": "local", "llm_model": str(folder)} if whole else {"adapter": str(folder)}


def conditions_of(settings: Settings) -> dict[str, Any]:
    """The settings that may change an answer."""
    return settings.model_dump(mode="json", exclude=_NO_CONDITION)


def _trained(name: str, flag: str, known: str) -> Path:
    """The folder that `name` is, or that a training run has left in the home under this name."""
    home = working_home()
    found = [folder for folder in (Path(name), home / "models" / name if home else None) if folder and folder.is_dir()]
    if not found:
        where = f" and no version in {home / 'models'}" if home else "; a version needs --home"
        raise EvaluationError(f"--{flag} {name!r} is no folder{where}: use {known}")
    return found[0].resolve()
