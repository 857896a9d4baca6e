"""How a generator answers what was held back: with its adapter, and as it came. Knows no training."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.abstention import STATED, declines
from agents.citations import check_markers, cited
from agents.prompts import trained_prompt
from evaluation.answers import Answered, figures
from evaluation.baselines import PROMPTS
from evaluation.datasets import LabelledPassage
from evaluation.progress import for_each
from generation.port import GenerationParams, LanguageModel, Message
from retrieval.ports import Selector
from retrieval.types import Hit, Passage
from training.examples import Example

READ = 5  # passages, as many as the selector hands over
_WITHOUT_GOLD = 3  # every third question is asked without the passages that answer it
_MAX_TOKENS = 96  # more than accuracy reads
_ANSWERED = 0.85  # of what can be answered has to be


@dataclass(frozen=True)
class HeldBack:
    """A question with the passages before the generator, in their order."""

    example: Example
    passages: tuple[LabelledPassage, ...]

    @property
    def gold(self) -> frozenset[str]:
        return frozenset(one.id for one in self.passages if one.label == "gold")


def held_back(examples: Sequence[Example], per_set: int, seed: int) -> list[HeldBack]:
    """The same number of questions of each set among distractors, every third without what answers it."""
    rng = random.Random(seed)
    by_set: dict[str, list[Example]] = {}
    for example in examples:
        if any(one.label == "gold" for one in example.passages) and example.answers:
            by_set.setdefault(example.source, []).append(example)
    chosen = [one for some in by_set.values() for one in rng.sample(some, min(per_set, len(some)))]
    return [_shown(example, number % _WITHOUT_GOLD == 0, rng) for number, example in enumerate(chosen)]


async def handed_over(asked: Sequence[HeldBack], selector: Selector) -> list[HeldBack]:
    """The same questions over what `selector` keeps of their passages, without those of which it keeps none."""
    over = []
    for one in asked:
        kept = (await selector.select(one.example.question, _hits(one.passages))).kept
        if kept:
            known = {passage.id: passage for passage in one.passages}
            over.append(replace(one, passages=tuple(known[hit.passage.id] for hit in kept)))
    return over


async def measure(model: LanguageModel, asked: Sequence[HeldBack]) -> dict[str, Any]:
    """The figures of a model that was trained on `trained_prompt`."""

    async def answer(one: HeldBack) -> Answered:
        messages = trained_prompt(one.example.question, _hits(one.passages), (), None)
        text = check_markers(await _said(model, messages), len(one.passages))
        return _answered(one, text, one.passages, frozenset(one.passages[number - 1].id for number in cited(text)))

    return dict(figures(await for_each(asked, answer, "with the adapter")))


async def calibrate(model: LanguageModel, asked: Sequence[HeldBack]) -> dict[str, Any]:
    """From which probability of the refusal on to decline: the least that leaves `_ANSWERED` of what can be answered.

    Asked greedily, a model declines where its first word is the refusal's, which says little of how sure it is. What
    is asked must lie before it as in a turn (`handed_over`): over one passage it is surer than over five.
    """

    async def chance(one: HeldBack) -> float:
        prompt = trained_prompt(one.example.question, _hits(one.passages), (), None)
        return math.exp((await model.score(prompt, STATED)).total)

    found = await for_each(asked, chance, "calibrate when to decline")
    answerable = sorted(p for p, one in zip(found, asked, strict=True) if one.gold)
    others = [p for p, one in zip(found, asked, strict=True) if not one.gold]
    if not answerable:
        return {}
    allowed = answerable[: math.ceil(_ANSWERED * len(answerable))]
    # Between the last one that has to be answered and the next: the same on either side of it.
    following = answerable[len(allowed)] if len(allowed) < len(answerable) else 1.0
    least = (allowed[-1] + following) / 2
    return {
        "decline_at": float(f"{least:.4g}"),
        "answered_rate": len(allowed) / len(answerable),
        "false_answer_rate": sum(p < least for p in others) / len(others) if others else None,
        "n": len(asked),
    }


async def measure_stock(model: LanguageModel, asked: Sequence[HeldBack]) -> dict[str, Any]:
    """The same of the stock model with its better prompt: over all that is shown, and over the gold passages alone."""
    found = {}
    for name, some in {"all": asked, "gold": [one for one in asked if one.gold]}.items():
        reports = [await _stock(model, some, kind, name == "gold") for kind in PROMPTS]
        found[name] = max(reports, key=lambda report: (report["accuracy"] or 0.0, report["f1"] or 0.0))
    return found


async def _stock(model: LanguageModel, asked: Sequence[HeldBack], kind: str, gold_only: bool) -> dict[str, Any]:
    async def answer(one: HeldBack) -> Answered:
        read = [passage for passage in one.passages if passage.label == "gold" or not gold_only]
        texts = [f"{passage.title}\n{passage.text}".strip() for passage in read]
        return _answered(one, await _said(model, PROMPTS[kind](one.example.question, texts)), read, frozenset())

    answered = await for_each(asked, answer, f"stock, {'gold' if gold_only else 'all'} passages, {kind}")
    kept: Mapping[str, Any] = figures(answered)
    return {name: value for name, value in kept.items() if not name.startswith("citation")} | {"prompt": kind}


def _answered(one: HeldBack, text: str, read: Sequence[LabelledPassage], used: frozenset[str]) -> Answered:
    example = one.example
    shown = tuple(passage.text for passage in read)
    return Answered(example.id, bool(one.gold), example.answers, text, declines(text), shown, used, one.gold)


def _shown(example: Example, without_gold: bool, rng: random.Random) -> HeldBack:
    golds = [one for one in example.passages if one.label == "gold"]
    others = [one for one in example.passages if one.label in ("distractor", "noise", "misinfo")]
    first = [] if without_gold else golds[:READ]
    shown = [*first, *others[: max(0, rng.randint(1, READ) - len(first))]][:READ]
    rng.shuffle(shown)
    return HeldBack(example, tuple(shown))


def _hits(passages: Sequence[LabelledPassage]) -> list[Hit]:
    return [
        Hit(Passage(one.id, one.id, 0, one.text, one.title, one.page), 1.0, rank)
        for rank, one in enumerate(passages, 1)
    ]


async def _said(model: LanguageModel, messages: Sequence[Message]) -> str:
    return (await model.complete(messages, GenerationParams(max_tokens=_MAX_TOKENS, refusal=STATED))).text
