"""What a generator makes of held-back rows: how likely it finds their answers, and what a person would still change in
its own. Knows no training."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.progress import for_each
from evaluation.statistics import mean, paired_permutation
from generation.port import GenerationParams, LanguageModel, Message
from personalization.edit_cost import edit_cost
from training.preference_rows import PreferenceRows

Said = Sequence[Mapping[str, str]]
Found = Mapping[str, Sequence[float]]

_MAX_TOKENS = 96  # an answer is judged by its beginning, and decoding is what takes the time
_COST = "edit_cost"


def measure(rows: PreferenceRows, base: Path, device: str, folder: Path) -> dict[str, list[float]]:
    """One figure a held-back row, by name: log-probabilities in nats of chosen and rejected answers, or of wanted and
    unwanted ones; and the normalised edit distance, in [0, 1], from what the adapter in `folder` writes to what people
    made of it."""
    return asyncio.run(_measured(rows, base, device, folder))


async def _measured(rows: PreferenceRows, base: Path, device: str, folder: Path) -> dict[str, list[float]]:
    from generation.local import LocalModel

    model = await LocalModel.open(base, device, adapted=folder)
    try:
        found = {name: await _likelihoods(model, asked, name) for name, asked in _answers(rows).items()}
        wished = _wished(rows)
        return found | ({_COST: await _edit_costs(model, wished)} if wished else {})
    finally:
        await model.close()


def _answers(rows: PreferenceRows) -> dict[str, list[tuple[Said, Said]]]:
    if rows.method == "dpo":
        return {name: [(row["prompt"], row[name]) for row in rows.held_back] for name in ("chosen", "rejected")}
    sides = {"wanted": True, "unwanted": False}
    return {
        name: [(row["prompt"], row["completion"]) for row in rows.held_back if bool(row["label"]) is side]
        for name, side in sides.items()
    }


def _wished(rows: PreferenceRows) -> list[tuple[Said, Said]]:
    """Prompts with the answer that the person would have liked, as far as one is known."""
    answers = _answers(rows)
    return answers["chosen"] if rows.method == "dpo" else answers["wanted"]


async def _likelihoods(model: LanguageModel, asked: Sequence[tuple[Said, Said]], name: str) -> list[float]:
    async def score(one: tuple[Said, Said]) -> float:
        prompt, answer = one
        return (await model.score(_messages(prompt), answer[0]["content"])).total

    return await for_each(asked, score, f"score {name}")


async def _edit_costs(model: LanguageModel, wished: Sequence[tuple[Said, Said]]) -> list[float]:
    async def cost(one: tuple[Said, Said]) -> float:
        prompt, answer = one
        written = await model.complete(_messages(prompt), GenerationParams(max_tokens=_MAX_TOKENS))
        return edit_cost(written.text, answer[0]["content"]).normalised

    return await for_each(wished, cost, "write")


def _messages(prompt: Said) -> list[Message]:
    return [Message(one["role"], one["content"]) for one in prompt]  # type: ignore[arg-type]  # roles of the log


def means(found: Found) -> dict[str, Any]:
    """The figures of one model."""
    figures: dict[str, Any] = {
        name if name == _COST else f"{name}_logprob": mean(values).value for name, values in found.items()
    }
    if "chosen" in found:
        figures["margin"] = mean(_minus(found["chosen"], found["rejected"])).value
        pairs = zip(found["chosen"], found["rejected"], strict=True)
        figures["chosen_preferred"] = mean([float(chosen > rejected) for chosen, rejected in pairs]).value
    return figures | {"n": max(map(len, found.values()))}


def compared(before: Found, after: Found) -> dict[str, Any]:
    """Paired, after against before: gains of the log-probabilities, and whether margin and edit cost moved by chance.

    A chosen answer that became less likely while the margin rose is what DPO is known to do wrong (likelihood
    displacement, Razin et al. 2024): `chosen_gain` is below 0 then.
    """
    gains = {f"{name}_gain": mean(_minus(after[name], before[name])).value for name in before if name != _COST}
    if _COST in before:
        gains["edit_cost_p_value"] = paired_permutation(after[_COST], before[_COST])
    if "chosen" in before:
        ours, theirs = (_minus(found["chosen"], found["rejected"]) for found in (after, before))
        gains["margin_p_value"] = paired_permutation(ours, theirs)
    return gains


def _minus(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [one - other for one, other in zip(ours, theirs, strict=True)]
