"""What the bare model answers: without passages, with all of a question's passages, and with the gold ones.

Each baseline takes the better of a plain prompt and one that asks for a short answer. Prompts of all baselines are
answered together, longest first, so that those of equal length meet in the model's batches, and equal ones once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agents.abstention import declines
from evaluation.answers import Answered, figures
from evaluation.answers_cases import Case
from evaluation.datasets import Question
from evaluation.progress import for_each
from evaluation.reports import Report
from evaluation.runs import Run, code_version, fingerprint
from generation.port import GenerationParams, LanguageModel, Message

MAX_TOKENS = 128  # accuracy reads 60 words, and F1 punishes what comes after
_CITATIONS = ("citation_precision", "citation_recall")  # the bare model is not asked to cite

_SHORT = "Answer with the answer alone, in as few words as possible: no sentence, no explanation."

Prompt = tuple[Message, ...]


@dataclass(frozen=True)
class Asked:
    """One question in one of the two forms, with the texts that stand before it."""

    question: Question
    texts: tuple[str, ...]
    prompt: Prompt


@dataclass(frozen=True)
class Baseline:
    """The figures of a baseline with its better prompt, and the answers they are made of."""

    report: Report
    answered: tuple[Answered, ...]


def plain_prompt(question: str, texts: Sequence[str]) -> Prompt:
    return (Message("user", "\n\n".join([*texts, f"Question: {question}"])),)


def short_prompt(question: str, texts: Sequence[str]) -> Prompt:
    return (Message("user", "\n\n".join([*texts, f"{_SHORT}\nQuestion: {question}\nAnswer:"])),)


PROMPTS: dict[str, Callable[[str, Sequence[str]], Prompt]] = {"plain": plain_prompt, "short": short_prompt}


async def baselines(cases: Sequence[Case], model: LanguageModel, run: Run) -> dict[str, Baseline | None]:
    """The three baselines; None for one that cannot exist on this set. What `run` knows is not asked again."""
    read: dict[str, list[tuple[Question, tuple[str, ...] | None]]] = {
        "no_passages": [(case.question, ()) for case in cases],
        "all_passages": [(case.question, case.every) for case in cases],
        "gold_passages": [(case.question, case.gold) for case in cases],
    }
    asked = {
        (name, kind): [await _ask(kind, question, texts, model) for question, texts in pairs if texts is not None]
        for name, pairs in read.items()
        for kind in PROMPTS
    }
    said = await _complete({one.prompt for some in asked.values() for one in some}, model, run)
    return {name: _better({kind: asked[name, kind] for kind in PROMPTS}, said) for name in read}


async def _ask(kind: str, question: Question, texts: tuple[str, ...], model: LanguageModel) -> Asked:
    return Asked(question, texts, await _fitting(kind, question.question, texts, model))


async def _complete(prompts: set[Prompt], model: LanguageModel, run: Run) -> dict[Prompt, str]:
    made_by = [model.version, MAX_TOKENS, code_version("generation")]
    keys = {prompt: fingerprint([made_by, prompt]) for prompt in prompts}

    async def complete(prompt: Prompt) -> None:
        run.put(keys[prompt], (await model.complete(prompt, GenerationParams(max_tokens=MAX_TOKENS))).text)

    missing = [prompt for prompt in prompts if keys[prompt] not in run]
    await for_each(sorted(missing, key=_length, reverse=True), complete, "baselines")
    return {prompt: run.get(key, str) for prompt, key in keys.items()}


def _length(prompt: Prompt) -> tuple[int, str]:
    return len(prompt[-1].content), prompt[-1].content


def _better(asked: Mapping[str, Sequence[Asked]], said: Mapping[Prompt, str]) -> Baseline | None:
    if not any(asked.values()):
        return None
    return max((_judged(kind, some, said) for kind, some in asked.items()), key=_merit)


def _judged(kind: str, asked: Sequence[Asked], said: Mapping[Prompt, str]) -> Baseline:
    answered = tuple(_answered(one, said[one.prompt]) for one in asked)
    kept = {key: value for key, value in figures(answered).items() if key not in _CITATIONS}
    return Baseline(kept | {"n": len(answered), "prompt": kind}, answered)


def _answered(one: Asked, text: str) -> Answered:
    question = one.question
    return Answered(question.id, question.answerable, question.answers, text, declines(text), one.texts)


def _merit(baseline: Baseline) -> tuple[float, ...]:
    # Without gold answers only the decision to answer can be compared.
    report = baseline.report
    decision = (report["answered_rate"] or 0.0) - (report["false_answer_rate"] or 0.0)
    return (report["accuracy"] or 0.0, report["f1"] or 0.0, decision)


async def _fitting(kind: str, question: str, texts: Sequence[str], model: LanguageModel) -> Prompt:
    """The prompt with as many texts as the window holds: the last go first, and a single one is halved."""
    while True:
        messages = PROMPTS[kind](question, texts)
        if not texts or await model.count_tokens(messages) + MAX_TOKENS <= model.context_window:
            return messages
        texts = texts[:-1] if len(texts) > 1 else [texts[0][: len(texts[0]) // 2]] if texts[0] else []
