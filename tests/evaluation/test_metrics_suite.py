"""`attune eval metrics` end to end with a scripted model: real index, hashing encoder, lists of three searches."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from evaluation.metrics_suite import Judged, metrics, report_of
from evaluation.udcg import Read
from tests.evaluation.conftest import Write

SUBJECTS = ("otter", "heron", "badger", "falcon", "marten", "lynx")


def judged(number: int, *, right: bool) -> Judged:
    reads = (Read(right, 0.1), Read(False, 0.9))
    return Judged(f"q{number}", "fused", float(right), float(right), reads, 0.5, 0.5, float(right), 0.5)


def test_a_metric_that_follows_the_answers_is_told_from_one_that_never_varies() -> None:
    found = report_of([judged(number, right=number % 3 == 0) for number in range(30)])
    assert found["accuracy"]["udcg"]["value"] == pytest.approx(1.0)
    assert found["accuracy"]["recall"]["value"] == pytest.approx(1.0)
    assert found["accuracy"]["ndcg"] is None
    assert found["questions"] == 30


def test_the_learned_form_is_never_fitted_to_the_questions_it_judges() -> None:
    # Only the first fold's lists are three long, and always answered rightly: whoever fits without them sees neither.
    some = [judged(number, right=number % 2 == 0) for number in range(50)]
    third = Read(True, 0.0)
    longer = [
        replace(one, accuracy=1.0, reads=(*one.reads, third)) if number % 5 == 0 else one
        for number, one in enumerate(some)
    ]
    found, known = metrics(some)["udcg_learned"], metrics(longer)["udcg_learned"]
    assert known[::5] == pytest.approx(found[::5])
    assert known[1::5] != pytest.approx(found[1::5])


def test_the_command_answers_from_lists_of_three_searches(write_rows: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_LLM", "scripted")
    corpus = [
        {"_id": f"t{n}", "title": one, "text": f"The {one} sleeps in a place called den {n}."}
        for n, one in enumerate(SUBJECTS)
    ]
    folder = write_rows("corpus.jsonl", *corpus).parent
    asked = [{"id": f"q{n}", "question": f"Where does the {one} sleep?"} for n, one in enumerate(SUBJECTS)]
    write_rows("questions.jsonl", *({**one, "answers": [f"den {n % 5}"]} for n, one in enumerate(asked)))
    (folder / "qrels.tsv").write_text("".join(f"q{n}\tt{n}\t1\n" for n in range(6)))
    result = CliRunner().invoke(app, ["eval", "metrics", "--data", str(folder), "--run", str(folder / "run"), "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["lists"], found["questions"]) == (18, 6)
    kept = [json.loads(line)["value"] for line in Path(folder / "run" / "results.jsonl").read_text().splitlines()]
    assert {one["mode"] for one in kept} == {"fused", "dense", "lexical"}
    assert {len(one["reads"]) for one in kept if one["mode"] == "dense"} == {5}
