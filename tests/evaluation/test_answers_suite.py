"""`attune eval answers` end to end with a scripted model: the whole turn, real index, hashing encoder."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.versions import MANIFEST
from evaluation.answers import Answered
from evaluation.answers_cases import gold_of, source_of
from evaluation.answers_suite import Choices, differences, evaluate, measure
from evaluation.answers_turns import Tools
from evaluation.datasets import AnswerSet, Question, read_answers
from evaluation.errors import EvaluationError
from evaluation.runs import Run
from generation.scripted import ScriptedModel
from retrieval.encoder_hash import HashEncoder
from retrieval.selector import KeepAll
from tests.evaluation.conftest import Write
from tests.evaluation.translated import fitted, write_set

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
    report = await evaluate([folder], Choices(limit=2, selector="none"))
    assert (report["n"], report["selector"]) == (2, "none")
    assert report["generator"] == "scripted@1"


@pytest.mark.parametrize(("source", "message"), [("corpus", "corpus: .* has none"), ("web", "'web' is unknown")])
async def test_a_source_that_does_not_exist_is_refused(folder: Path, source: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=f"--source {message}"):
        await evaluate([folder], Choices(source=source))


async def test_only_what_is_held_back_is_asked(write_rows: Write) -> None:
    rows = [
        question(f"q{n}", "Who?", ["Rush"], [{**RIGHT, "id": f"r{n}", "title": "", "text": f"Rush {n}."}])
        for n in range(10)
    ]
    folder = write_rows("questions.jsonl", *rows).parent
    assert (await evaluate([folder], Choices(held_back=True)))["n"] == 3


async def test_a_killed_run_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    first, again = ScriptedModel(), ScriptedModel()
    whole = await measure(read_answers(folder), "passages", replace(tools(), model=first), run=Run(tmp_path / "run"))
    asked = len(first.prompts)
    results = tmp_path / "run" / "results.jsonl"
    lines = results.read_bytes().splitlines(keepends=True)
    results.write_bytes(b"".join(lines[:-2]) + lines[-2][:20])  # one is lost, one was cut while it was written

    resumed = await measure(read_answers(folder), "passages", replace(tools(), model=again), run=Run(tmp_path / "run"))

    assert resumed == whole
    assert (asked, len(again.prompts)) == (len(lines) - 1, 2)  # one question ended before the model was asked


async def test_other_settings_do_not_find_the_turns_of_these_but_the_same_baselines(
    folder: Path, tmp_path: Path
) -> None:
    first, other = ScriptedModel(), ScriptedModel()
    await measure(read_answers(folder), "passages", replace(tools(), model=first), run=Run(tmp_path))
    changed = replace(tools(), model=other, conditions={"adapter": "shipped"})
    await measure(read_answers(folder), "passages", changed, run=Run(tmp_path))
    turns = [prompt for prompt in other.prompts if prompt[0].role == "system"]
    assert len(turns) == len(other.prompts) == 2


async def test_baselines_are_the_stock_models_also_where_the_turns_are_not(folder: Path) -> None:
    stock, own = ScriptedModel(), ScriptedModel()
    await measure(read_answers(folder), "passages", replace(tools(), model=own, stock=stock))
    assert {prompt[0].role for prompt in own.prompts} == {"system"}
    assert {prompt[0].role for prompt in stock.prompts} == {"user"}


def test_differences_are_over_the_questions_that_both_answered() -> None:
    ours = [Answered(str(n), True, ("Rush",), "Rush", False) for n in range(4)]
    theirs = [Answered("1", True, ("Rush",), "Tides", False), Answered("3", True, ("Rush",), "Rush", False)]
    assert differences(ours, theirs)["accuracy"] == {"value": 0.5, "interval": (0, 1)}


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


async def test_a_trained_retriever_finds_what_the_stock_one_cannot(tmp_path: Path) -> None:
    """Questions and passages share no word: the stock retriever's hits are chance."""
    adapter = await fitted(tmp_path / "out", poisoned=False)
    folder = write_set(tmp_path / "translated", 12)
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    passages = [json.loads(line)["text"] for line in (folder / "corpus.jsonl").read_text().splitlines()]
    rows = [
        {"id": query["_id"], "question": query["text"], "answers": [passage]}
        for query, passage in zip(queries, passages, strict=True)
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    reports = [await evaluate([folder], Choices(selector="none", retriever=name)) for name in ("stock", str(adapter))]
    assert [report["retriever"] for report in reports] == [
        "stock",
        json.loads((adapter / MANIFEST).read_text())["version"],
    ]
    assert reports[0]["accuracy"] < 0.5
    assert reports[1]["accuracy"] > 0.9
    with pytest.raises(EvaluationError, match="--retriever 'nothing' is no folder"):
        await evaluate([folder], Choices(retriever="nothing"))
