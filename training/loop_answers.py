"""Whether answers follow: whole turns of the product with the retriever as it was and as each arm of the loop left it.

Knows the turns of `attune eval answers`, and nothing of how a retriever came to be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation.answers import Answered, figures, intervals, ratios
from evaluation.answers_suite import Choices, open_tools
from evaluation.answers_turns import run_turns
from evaluation.datasets import AnswerSet, even_sample, read_answers
from evaluation.runs import Run
from evaluation.statistics import paired_permutation
from retrieval.query_update import open_query_adapter

START = "start"
_MEASURED = ("accuracy", "f1", "answered_rate")
_TESTED = ("accuracy", "f1")


def read_answerable(folder: Path, asked: frozenset[str], limit: int) -> AnswerSet:
    """(An even sample of) the questions asked in the loop that have an answer. Raises DataError."""
    data = read_answers(folder)
    known = [one for one in data.questions if one.id in asked and one.answerable and one.answers]
    return replace(data, questions=even_sample(known, limit))


async def measure(data: AnswerSet, learned: Mapping[str, Path], kept: Path) -> dict[str, Any]:
    """Accuracy, F1 and the share answered at the start and with what each arm learned (name -> its folder).

    `p_values`: paired permutation over questions, each arm against the start, and corrected against raw clicks.
    """
    found: dict[str, list[Answered]] = {}
    run = Run(kept)
    async with open_tools(Choices()) as tools:
        for name, folder in {START: None, **learned}.items():
            update = open_query_adapter(folder, tools.encoder) if folder else None
            found[name], _ = await run_turns(data, "corpus", data.questions, replace(tools, update=update), run)
    return {"questions": len(data.questions), **{name: _told(name, found) for name in found}}


def _told(name: str, found: Mapping[str, Sequence[Answered]]) -> dict[str, Any]:
    values, apart = figures(found[name]), intervals(found[name])
    told: dict[str, Any] = {one: values[one] for one in _MEASURED} | {"intervals": {one: apart[one] for one in _TESTED}}
    others = [START] * (name != START) + ["raw"] * (name == "corrected" and "raw" in found)
    return told | {"p_values": {other: _p_values(found[name], found[other]) for other in others}}


def _p_values(ours: Sequence[Answered], theirs: Sequence[Answered]) -> dict[str, float]:
    first, second = ratios(ours), ratios(theirs)
    return {one: paired_permutation(first[one].numerators, second[one].numerators) for one in _TESTED}
