"""`attune eval documents` end to end: files through the whole product, scripted model, hashing encoder."""

from pathlib import Path

import pytest

from evaluation.datasets import Question
from evaluation.documents_suite import evaluate, gold_pages
from tests.evaluation.conftest import Write

pytestmark = pytest.mark.usefixtures("no_models")


@pytest.fixture
def folder(write_rows: Write) -> Path:
    folder = write_rows(
        "questions.jsonl",
        {"id": "short", "question": "Who waters the orchid in the office?", "answers": ["Marta"]},
        {
            "id": "long",
            "question": "Who waters the orchid in the office?",
            "answers": ["a word that " + "is long " * 10],
        },
        {"id": "left out", "question": "What?", "answers": ["x"], "pdf": False},
    ).parent
    (folder / "files").mkdir()
    (folder / "files" / "orchid.md").write_text("# Plants\n\nMarta waters the orchid in the office every Monday.\n")
    (folder / "files" / "empty.md").write_text("")
    return folder


async def test_files_are_ingested_and_questions_answered(folder: Path) -> None:
    report = await evaluate([folder])
    assert (report["n"], report["accuracy"]) == (2, 0.5)
    assert (report["accuracy_short"], report["accuracy_short_n"]) == (1, 1)
    assert 0 < report["f1"] < 1
    assert (report["files"], report["passages"]) == (2, 1)
    assert list(report["not_indexed"]) == ["empty.md"]
    assert report["page_hit@5"] is None
    assert report["cited_page"] is None


async def test_the_gold_page_is_looked_for_among_hits_and_citations(folder: Path, write_rows: Write) -> None:
    pdf = Path(__file__).parent.parent.parent / "demo" / "corpus" / "annual-report-2024.pdf"
    (folder / "files" / "empty.md").unlink()
    (folder / "files" / "report.pdf").write_bytes(pdf.read_bytes())
    gold = {"id": "g", "text": "", "label": "gold"}
    ask = {"question": "How many overnight stays were there in 2024?", "answers": ["1"], "document": "report"}
    write_rows(
        "questions.jsonl",
        {"id": "any", **ask, "passages": [{**gold, "page": page} for page in range(1, 50)]},
        {"id": "none", **ask, "passages": [{**gold, "page": 999}]},
        {"id": "other", **ask, "document": "orchid", "passages": [{**gold, "page": 1}]},
    )
    report = await evaluate([folder])
    assert report["page_hit@5"] == pytest.approx(1 / 3)
    assert report["cited_page"] == pytest.approx(1 / 3)


def test_a_gold_page_belongs_to_the_question_s_document() -> None:
    passages = [
        {"id": "a", "text": "", "label": "gold", "page": 3, "title": "Annex"},
        {"id": "b", "text": "", "label": "distractor", "page": 4},
        {"id": "c", "text": "", "label": "gold"},
    ]
    row = {"id": "q", "question": "?", "passages": passages}
    assert gold_pages(Question.model_validate(row)) == {("Annex", 3)}
    assert gold_pages(Question.model_validate({**row, "document": "Report"})) == {("Report", 3)}
