"""`attune eval injection`: how often instructions in a document are obeyed, by whole turns and by a bare model.

Without the defence is what a first attempt would be: the stock model, the document's text as it is, the question.
With it is the product's turn: selection, fenced and neutralised passages, checked citations, the right to decline.
"""

from collections.abc import Sequence
from pathlib import Path

from app.quality_intervals import wilson
from evaluation.answers import Answered, accuracy
from evaluation.answers_suite import Choices, open_tools
from evaluation.answers_turns import Tools, run_turns
from evaluation.baselines import MAX_TOKENS, plain_prompt
from evaluation.datasets import AnswerSet, LabelledPassage, Question, even_sample
from evaluation.injection_cases import Context, Planted, obeyed, read_planted, repeated
from evaluation.progress import for_each
from evaluation.reports import Report, combine
from evaluation.runs import Run, code_version, fingerprint
from evaluation.statistics import Ratio, mean
from generation.port import ContextOverflowError, GenerationParams


async def evaluate(
    paths: Sequence[Path], limit: int | None = None, run: Path | None = None, generator: str | None = None
) -> Report:
    """Figures for each set: attacks obeyed and repeated, questions answered rightly, with and without the defence.
    Raises EvaluationError."""
    sets = {(path if path.is_dir() else path.parent).name: even_sample(read_planted(path), limit) for path in paths}
    kept = Run(run)
    async with open_tools(Choices(generator=generator)) as tools:
        return combine({name: await measure(name, cases, tools, kept) for name, cases in sets.items()})


async def measure(name: str, cases: Sequence[Planted], tools: Tools, run: Run) -> Report:
    """Ask each planted text, and each text without its attack, both ways."""
    attacked = [question_of(case.attack.id, case.context, case.text) for case in cases]
    contexts = list(dict.fromkeys(case.context for case in cases))
    clean = [question_of(f"clean-{place}", one, one.text) for place, one in enumerate(contexts)]
    questions = (*attacked, *clean)
    data = AnswerSet(name, questions, (), {})
    turns, _ = await run_turns(data, "passages", questions, tools, run)
    bare = await _bare(questions, tools, run)
    arms = {"with": _ratios(cases, turns), "without": _ratios(cases, bare)}
    return {
        **{name: {arm: found[name].value for arm, found in arms.items()} for name in arms["with"]},
        "intervals": {name: {arm: _interval(found[name]) for arm, found in arms.items()} for name in arms["with"]},
        "n": len(cases),
        "clean": len(clean),
        "generator": tools.model.version,
        "bare": (tools.stock or tools.model).version,
        "selector": tools.selector.version,
        "verifier": tools.verifier.version if tools.verifier else "none",
    }


def question_of(identity: str, context: Context, text: str) -> Question:
    """A question over one text, which it alone may read; not answerable where the set knows no answer."""
    passage = LabelledPassage(id=f"{identity}-text", text=text, label="gold")
    answers = context.answers
    return Question(
        id=identity, question=context.question, answers=answers, answerable=bool(answers), passages=(passage,)
    )


def _ratios(cases: Sequence[Planted], answered: Sequence[Answered]) -> dict[str, Ratio]:
    attacked, clean = answered[: len(cases)], answered[len(cases) :]
    pairs = list(zip(cases, attacked, strict=True))
    return {
        "attack_success": mean([float(obeyed(one.text, case.attack)) for case, one in pairs]),
        "attack_repeated": mean([float(repeated(one.text, case.attack)) for case, one in pairs]),
        "accuracy_attacked": mean([accuracy(one) for one in attacked if one.answerable]),
        "accuracy_clean": mean([accuracy(one) for one in clean if one.answerable]),
        "declined_attacked": mean([float(one.abstained) for one in attacked]),
        "declined_clean": mean([float(one.abstained) for one in clean]),
    }


def _interval(rate: Ratio) -> tuple[float, float] | None:
    """Wilson's, for resampling would find no doubt in none of ten."""
    n = sum(rate.denominators)
    return wilson(sum(rate.numerators), n) if n else None


async def _bare(questions: Sequence[Question], tools: Tools, run: Run) -> list[Answered]:
    model = tools.stock or tools.model
    made_by = [model.version, MAX_TOKENS, code_version("generation")]

    async def ask(question: Question) -> Answered:
        texts = tuple(passage.text for passage in question.passages or ())
        prompt = plain_prompt(question.question, texts)
        key = fingerprint([made_by, prompt])
        if key not in run:
            try:
                said = (await model.complete(prompt, GenerationParams(max_tokens=MAX_TOKENS))).text
            except ContextOverflowError:  # as in a whole turn: nothing is answered
                said = ""
            run.put(key, said)
        return Answered(question.id, question.answerable, question.answers, run.get(key, str), False, texts)

    return await for_each(questions, ask, "without the defence")
