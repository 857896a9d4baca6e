"""What the bare model answers: without passages, with all of a question's passages, and with the gold ones.

Each baseline takes the better of a plain prompt and one that asks for a short answer.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agents.abstention import declines
from evaluation.answers import Answered, figures
from evaluation.datasets import Question
from evaluation.progress import for_each
from evaluation.reports import Report
from generation.port import GenerationParams, LanguageModel, Message

MAX_TOKENS = 128  # accuracy reads 60 words, and F1 punishes what comes after
_CITATIONS = ("citation_precision", "citation_recall")  # the bare model is not asked to cite

_SHORT = "Answer with the answer alone, in as few words as possible: no sentence, no explanation."


@dataclass(frozen=True)
class Case:
    """A question with the texts that each baseline reads; None where the set cannot say."""

    question: Question
    every: tuple[str, ...] | None
    gold: tuple[str, ...] | None


def plain_prompt(question: str, texts: Sequence[str]) -> tuple[Message, ...]:
    return (Message("user", "\n\n".join([*texts, f"Question: {question}"])),)


def short_prompt(question: str, texts: Sequence[str]) -> tuple[Message, ...]:
    return (Message("user", "\n\n".join([*texts, f"{_SHORT}\nQuestion: {question}\nAnswer:"])),)


PROMPTS = {"plain": plain_prompt, "short": short_prompt}
Prompt = Callable[[str, Sequence[str]], tuple[Message, ...]]


async def baselines(cases: Sequence[Case], model: LanguageModel) -> dict[str, Report | None]:
    """Figures of the three baselines; None for one that cannot exist on this set."""
    read: Mapping[str, list[tuple[Question, tuple[str, ...] | None]]] = {
        "no_passages": [(case.question, ()) for case in cases],
        "all_passages": [(case.question, case.every) for case in cases],
        "gold_passages": [(case.question, case.gold) for case in cases],
    }
    return {
        name: await _better([(question, texts) for question, texts in pairs if texts is not None], model, name)
        for name, pairs in read.items()
    }


async def _better(pairs: Sequence[tuple[Question, Sequence[str]]], model: LanguageModel, name: str) -> Report | None:
    if not pairs:
        return None
    reports = [
        await _run(pairs, model, prompt, f"{name} ({kind})") | {"prompt": kind} for kind, prompt in PROMPTS.items()
    ]
    return max(reports, key=_merit)


def _merit(report: Report) -> tuple[float, ...]:
    # Without gold answers only the decision to answer can be compared.
    decision = (report["answered_rate"] or 0.0) - (report["false_answer_rate"] or 0.0)
    return (report["accuracy"] or 0.0, report["f1"] or 0.0, decision)


async def _run(
    pairs: Sequence[tuple[Question, Sequence[str]]], model: LanguageModel, prompt: Prompt, description: str
) -> Report:
    async def answer(pair: tuple[Question, Sequence[str]]) -> Answered:
        question, texts = pair
        messages = await _fitting(prompt, question.question, texts, model)
        text = (await model.complete(messages, GenerationParams(max_tokens=MAX_TOKENS))).text
        return Answered(question.id, question.answerable, question.answers, text, declines(text), tuple(texts))

    started = time.perf_counter()
    answered = await for_each(pairs, answer, description)
    seconds = time.perf_counter() - started
    kept = {key: value for key, value in figures(answered).items() if key not in _CITATIONS}
    return kept | {"sec_per_turn": seconds / len(answered), "n": len(answered)}


async def _fitting(prompt: Prompt, question: str, texts: Sequence[str], model: LanguageModel) -> tuple[Message, ...]:
    """The prompt with as many texts as the window holds: the last go first, and a single one is halved."""
    while True:
        messages = prompt(question, texts)
        if not texts or await model.count_tokens(messages) + MAX_TOKENS <= model.context_window:
            return messages
        texts = texts[:-1] if len(texts) > 1 else [texts[0][: len(texts[0]) // 2]] if texts[0] else []
