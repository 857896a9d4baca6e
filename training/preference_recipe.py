"""The recipe that fits the generator to what people preferred: rows, a fit, figures before and after, a manifest."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.consent import ALONE
from app.versions import MANIFEST, file_hash
from generation import weights
from training import lora
from training.generator import begun_from
from training.manifest import DataUsed, Manifest, commit
from training.preference_figures import compared, means, measure
from training.preference_fit import PreferenceOptions, fit_preferences
from training.preference_rows import Method, PreferenceRows, read_rows
from training.recipe import Recipe

_LICENCE = "none: answers and edits of the people of one installation, for that installation alone"


def train(
    path: Path, method: Method, out: Path, options: PreferenceOptions, command: str, *, everyone: bool = False
) -> dict[str, Any]:
    """Write adapter and manifest to `out`, and return the figures before and after.

    A model that was fitted to what was asked of one person's documents may repeat them to another: rows of several
    people are taken only with `everyone`, and only of those who agreed; one that was fitted to a person who did not is
    for that person alone, which promotion holds it to. Raises RecipeError.
    """
    rows = read_rows(path, method, everyone)
    plain: dict[str, Any] = json.loads(json.dumps(asdict(options), default=str)) | {"method": method}
    settings = {key: value for key, value in plain.items() if key not in {"minutes", "steps", "device"}}
    recipe = Recipe(out / "run", 3, settings | {"rows": file_hash(path)})
    before = recipe.step(
        f"measure on {len(rows.held_back)} held-back rows",
        lambda: measure(rows, options.base, options.device, options.start),
    )
    fitted = recipe.step(
        f"fit to {len(rows.fitted)} rows", lambda: fit_preferences(rows, options, recipe.folder / "trl", out)
    )
    after = recipe.step("measure again", lambda: measure(rows, options.base, options.device, out))
    begun = begun_from(options.start)
    told = json.loads((options.start / MANIFEST).read_text())
    manifest = Manifest(
        kind="generator",
        base_model=weights.version(options.base),
        data=(DataUsed(f"{method}.jsonl", file_hash(path), _LICENCE, len(rows.fitted)),),  # forgetting knows it by this
        settings=plain
        | {"base": weights.version(options.base), "start": begun, "fit": fitted, ALONE: _is_for_one(rows, told)},
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / lora.WEIGHTS),
        before=means(before),
        after=means(after) | compared(before, after),
        command=command,
        notes=(f"begun from {begun['version']}", f"{rows.left_out} rows of people who did not agree are left out"),
        use=told.get("use", {}),
    )
    manifest.write(out)
    return {"before": manifest.before, "after": manifest.after}


def _is_for_one(rows: PreferenceRows, start: Mapping[str, Any]) -> bool:
    """What the start was fitted to is in this one, too."""
    return not rows.agreed or bool(start.get("settings", {}).get(ALONE))
