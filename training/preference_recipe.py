"""The recipe that fits the generator to what people preferred: rows, a fit, figures before and after, a manifest."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.versions import MANIFEST, file_hash
from evaluation.progress import for_each
from evaluation.statistics import mean, paired_permutation
from generation import weights
from generation.port import Message
from training import lora
from training.generator import begun_from
from training.manifest import DataUsed, Manifest, commit
from training.preference_fit import PreferenceOptions, fit_preferences
from training.preference_rows import Method, PreferenceRows, read_rows
from training.recipe import Recipe, RecipeError

_LICENCE = "none: answers and edits of the people of one installation, for that installation alone"


def train(
    path: Path, method: Method, out: Path, options: PreferenceOptions, command: str, *, everyone: bool = False
) -> dict[str, Any]:
    """Write adapter and manifest to `out`, and return the figures before and after.

    A model that was fitted to what was asked of one person's documents may repeat them to another: rows of several
    people are taken only with `everyone`. Raises RecipeError.
    """
    rows = read_rows(path, method)
    _refuse_several(rows, path, everyone)
    plain: dict[str, Any] = json.loads(json.dumps(asdict(options), default=str)) | {"method": method}
    settings = {key: value for key, value in plain.items() if key not in {"minutes", "steps", "device"}}
    recipe = Recipe(out / "run", 3, settings | {"rows": file_hash(path)})
    before = recipe.step(
        f"measure on {len(rows.held_back)} held-back rows", lambda: _figures(rows, options, options.start)
    )
    fitted = recipe.step(
        f"fit to {len(rows.fitted)} rows", lambda: fit_preferences(rows, options, recipe.folder / "trl", out)
    )
    after = recipe.step("measure again", lambda: _figures(rows, options, out))
    begun = begun_from(options.start)
    manifest = Manifest(
        kind="generator",
        base_model=weights.version(options.base),
        data=(DataUsed(f"{method}.jsonl", file_hash(path), _LICENCE, len(rows.fitted)),),  # forgetting knows it by this
        settings=plain | {"base": weights.version(options.base), "start": begun, "fit": fitted},
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / lora.WEIGHTS),
        before=_means(before),
        after=_means(after) | _compared(before, after),
        command=command,
        notes=(f"begun from {begun['version']}",),
        use=json.loads((options.start / MANIFEST).read_text()).get("use", {}),
    )
    manifest.write(out)
    return {"before": manifest.before, "after": manifest.after}


def _refuse_several(rows: PreferenceRows, path: Path, everyone: bool) -> None:
    if rows.people > 1 and not everyone:
        raise RecipeError(
            f"{path} holds rows of {rows.people} people: what was read in one's documents could be repeated to "
            "another. Export one person's (--user EMAIL), or pass --everyone if they all agreed"
        )


def _figures(rows: PreferenceRows, options: PreferenceOptions, folder: Path) -> dict[str, list[float]]:
    """Log-probabilities in nats, one a held-back row: of chosen and rejected answers, or of wanted and unwanted."""
    return asyncio.run(_scored(rows, options, folder))


async def _scored(rows: PreferenceRows, options: PreferenceOptions, folder: Path) -> dict[str, list[float]]:
    from generation.local import LocalModel

    model = await LocalModel.open(options.base, options.device, adapted=folder)

    async def score(asked: tuple[Sequence[Mapping[str, str]], Sequence[Mapping[str, str]]]) -> float:
        prompt, answer = asked
        messages = [Message(one["role"], one["content"]) for one in prompt]  # type: ignore[arg-type]  # roles of the log
        return (await model.score(messages, answer[0]["content"])).total

    try:
        if rows.method == "dpo":
            names = {"chosen": rows.held_back, "rejected": rows.held_back}
            asked = {name: [(row["prompt"], row[name]) for row in some] for name, some in names.items()}
        else:
            sides = {"wanted": True, "unwanted": False}
            asked = {
                name: [(row["prompt"], row["completion"]) for row in rows.held_back if bool(row["label"]) is side]
                for name, side in sides.items()
            }
        return {name: list(await for_each(some, score, f"score {name}")) for name, some in asked.items()}
    finally:
        await model.close()


def _means(found: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    figures: dict[str, Any] = {f"{name}_logprob": mean(values).value for name, values in found.items()}
    if "chosen" in found:
        pairs = list(zip(found["chosen"], found["rejected"], strict=True))
        figures["margin"] = mean([chosen - rejected for chosen, rejected in pairs]).value
        figures["chosen_preferred"] = mean([float(chosen > rejected) for chosen, rejected in pairs]).value
    return figures | {"n": max(map(len, found.values()))}


def _compared(before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Paired: whether the margin rose beyond chance, and whether the chosen answer became likelier, as it has to."""
    if "chosen" not in before:
        return {f"{name}_gain": mean(_minus(after[name], before[name])).value for name in before}
    ours, theirs = (_minus(found["chosen"], found["rejected"]) for found in (after, before))
    return {
        "margin_p_value": paired_permutation(ours, theirs),
        "chosen_gain": mean(_minus(after["chosen"], before["chosen"])).value,
    }


def _minus(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [one - other for one, other in zip(ours, theirs, strict=True)]
