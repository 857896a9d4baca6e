"""`attune eval answers` end to end with a scripted model: the whole turn, real index, hashing encoder."""

from pathlib import Path
from typing import Any

import pytest

from evaluation.answers_suite import Tools, evaluate, gold_of, measure, source_of
from evaluation.datasets import AnswerSet, Question, read_answers
from evaluation.errors import EvaluationError
from generation.scripted import ScriptedModel
from retrieval.encoder_hash import HashEncoder
from retrieval.selector import KeepAll
from tests.evaluation.conftest import Write

pytestmark = pytest.mark.usefixtures("no_models")

# The scripted model answers with the first sentence of the first passage and cites it.
RIGHT = {
    "id": "r",
    "title": "Rush",
    "text": "Rush released the album Counterparts in 1993. It sold well.",
    "label": "gold",
}
OTHER = {"id": "o", "title": "Tides", "text": "The tide follows the moon. It rises twice a day.", "label": "distractor"}
TIDE = {**OTHER, "label": "gold"}


def question(identity: str, text: str, answers: list[str], passages: Any, answerable: bool = True) -> dict[str, Any]:
    return {"id": identity, "question": text, "answers": answers, "answerable": answerable, "passages": passages}


@pytest.fixture
def folder(write_rows: Write) -> Path:
    return write_rows(
        "questions.jsonl",
        question("right", "Who released the album Counterparts?", ["Rush"], [OTHER, RIGHT]),
        question("wrong", "What does the tide follow?", ["the sun"], [TIDE, {**RIGHT, "label": "noise"}]),
        question("empty", "Who released the album Counterparts?", [], [], answerable=False),
    ).parent


def tools() -> Tools:
    return Tools(HashEncoder(), ScriptedModel(), KeepAll())


async def test_all_figures_follow_from_what_the_scripted_model_says(folder: Path) -> None:
    report = await measure(read_answers(folder), "passages", tools())
    figures = {key: report[key] for key in ("accuracy", "citation_precision", "citation_recall", "abstain_precision")}
    # One of the two answers is right; both cite the one passage that is labelled gold (each ranks first); with no
    # passage at all the turn abstains, and rightly so.
    assert figures == {"accuracy": 0.5, "citation_precision": 1, "citation_recall": 1, "abstain_precision": 1}
    assert (report["abstain_recall"], report["answered_rate"], report["false_answer_rate"]) == (1, 1, 0)
    # "rush released album counterparts in 1993" against "rush", and nothing in common with "sun": (2 * 1 / 7) / 2
    assert report["f1"] == pytest.approx(1 / 7)
    assert report["n"] == 3
    assert report["sec_per_turn"] > 0
    assert report["overflowed"] == 0


async def test_baselines_run_in_the_same_run_with_the_better_prompt(folder: Path) -> None:
    baselines = (await measure(read_answers(folder), "passages", tools()))["baselines"]
    assert set(baselines) == {"no_passages", "all_passages", "gold_passages"}
    # The scripted model repeats the question, which begins with the passages. The plain prompt begins with the
    # passage of the answer where the gold ones are given; the short one adds words of its own.
    assert baselines["gold_passages"]["accuracy"] == 0.5
    assert baselines["gold_passages"]["n"] == 2
    assert baselines["no_passages"]["accuracy"] == 0
    assert baselines["no_passages"]["n"] == 3
    assert baselines["all_passages"]["prompt"] in {"plain", "short"}


async def test_without_gold_passages_there_is_no_such_baseline(write_rows: Write) -> None:
    unknown = {"id": "u", "text": "The tide follows the moon."}
    rows = question("q", "What does the tide follow?", [], [unknown])
    report = await measure(read_answers(write_rows("questions.jsonl", rows).parent), "passages", tools())
    assert report["baselines"]["gold_passages"] is None
    assert report["citation_precision"] is None
    assert report["accuracy"] is None
    assert report["answered_rate"] == 1


async def test_over_a_corpus_only_the_judged_texts_are_gold(write_rows: Write) -> None:
    write_rows(
        "corpus.jsonl", *({"_id": one["id"], "title": one["title"], "text": one["text"]} for one in (RIGHT, OTHER))
    )
    folder = write_rows(
        "questions.jsonl", {"id": "q", "question": "Who released the album Counterparts?", "answers": ["Rush"]}
    ).parent
    (folder / "qrels.tsv").write_text("q\tr\t1\n")
    report = await measure(read_answers(folder), "corpus", tools())
    assert (report["accuracy"], report["citation_precision"], report["citation_recall"]) == (1, 1, 1)
    assert report["baselines"]["all_passages"] is None
    assert report["baselines"]["gold_passages"]["n"] == 1


async def test_passages_of_other_questions_are_never_found(write_rows: Write) -> None:
    folder = write_rows(
        "questions.jsonl",
        question("has", "Who released the album Counterparts?", ["Rush"], [RIGHT]),
        question("has not", "Who released the album Counterparts?", [], [], answerable=False),
    ).parent
    report = await measure(read_answers(folder), "passages", tools())
    assert (report["answered_rate"], report["false_answer_rate"]) == (1, 0)


async def test_a_question_that_does_not_fit_counts_as_wrong(folder: Path) -> None:
    small = Tools(HashEncoder(), ScriptedModel(context_window=400), KeepAll())
    report = await measure(read_answers(folder), "passages", small)
    assert report["overflowed"] == 2
    assert report["accuracy"] == 0


async def test_the_command_runs_with_the_settings_in_force(folder: Path) -> None:
    report = await evaluate([folder], limit=2, selector="none")
    assert report["n"] == 2
    assert report["generator"] == "scripted@1"


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"selector": "student"}, "--selector student is not available in this version"),
        ({"selector": "llm"}, "--selector llm is not available in this version"),
        ({"selector": "best"}, "--selector 'best' is unknown"),
        ({"generator": "shipped"}, "--generator shipped is not available in this version"),
        ({"source": "corpus"}, "--source corpus: .* has none"),
        ({"source": "web"}, "--source 'web' is unknown"),
    ],
)
async def test_what_does_not_exist_is_refused(folder: Path, choice: dict[str, str], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        await evaluate([folder], **choice)  # type: ignore[arg-type]  # the keys are names of parameters


def test_passages_win_over_a_corpus_beside_them() -> None:
    carried = Question.model_validate({"id": "q", "question": "?", "passages": [RIGHT]})
    bare = Question.model_validate({"id": "q", "question": "?"})
    assert source_of(AnswerSet("set", (carried,), (), {}), None) == "passages"
    assert source_of(AnswerSet("set", (bare,), (), {}), None) == "corpus"


def test_gold_is_unknown_only_where_labels_are() -> None:
    labels = {"unknown": None, "distractor": frozenset(), "gold": frozenset({"r"})}
    for label, gold in labels.items():
        one = Question.model_validate({"id": "q", "question": "?", "passages": [{**RIGHT, "label": label}]})
        assert gold_of(AnswerSet("set", (one,), (), {}), "passages", one) == gold
