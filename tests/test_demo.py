"""The demo corpus holds what its fact sheet says, and can be made again from its sources."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import kreuzberg
import pytest

DEMO = Path(__file__).parent.parent / "demo"
CORPUS = DEMO / "corpus"
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in (DEMO / "questions.jsonl").read_text().splitlines()]
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]
BUILDERS = ("reportlab", "docx", "openpyxl", "pptx")


def page_texts(path: Path) -> list[str]:
    """Text of each page of a PDF; of any other file one text."""
    config = kreuzberg.ExtractionConfig(pages=kreuzberg.PageConfig(extract_pages=True))
    result = kreuzberg.extract_file_sync(str(path), config=config)
    if path.suffix == ".pdf":
        return [page["content"] for page in result.pages]
    return [result.content]


def plain(text: str) -> str:
    return " ".join(text.split()).casefold()


@pytest.fixture(scope="module")
def texts() -> dict[str, list[str]]:
    return {path.name: page_texts(path) for path in sorted(CORPUS.iterdir())}


def test_the_corpus_has_twenty_pages_in_eight_formats(texts: dict[str, list[str]]) -> None:
    assert sum(len(pages) for pages in texts.values()) >= 20
    assert len({Path(name).suffix for name in texts}) >= 8


def test_no_page_is_empty(texts: dict[str, list[str]]) -> None:
    assert [name for name, pages in texts.items() if any(len(plain(page)) < 200 for page in pages)] == []


def test_the_corpus_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in CORPUS.iterdir()) < 2_000_000


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_an_answer_stands_on_the_page_that_the_fact_sheet_names(
    question: dict[str, Any], texts: dict[str, list[str]]
) -> None:
    pages = texts[question["document"]]
    page = question["page"]
    text = pages[page - 1] if page and len(pages) > 1 else pages[0]
    assert any(plain(answer) in plain(text) for answer in question["answers"])


def test_every_document_but_the_withdrawn_ones_answers_a_question(texts: dict[str, list[str]]) -> None:
    asked = {question["document"] for question in ANSWERABLE}
    superseded = {"generator-manual-2024.pdf", "price-list-2024.xlsx"}
    assert set(texts) - asked == superseded | {"cheese-delivery.eml"}


def test_some_questions_have_no_answer() -> None:
    unanswerable = [question for question in QUESTIONS if not question["answerable"]]
    assert len(unanswerable) >= 5
    assert all(question["answers"] == [] and question["document"] is None for question in unanswerable)


def test_the_second_manual_contradicts_the_first(texts: dict[str, list[str]]) -> None:
    first, second = (" ".join(texts[f"generator-manual-{year}.pdf"]) for year in (2024, 2025))
    assert "250 operating hours" in first
    assert "200 operating hours" not in first
    assert "200 operating hours" in second


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in BUILDERS),
    reason="rebuilding the corpus needs `pip install -e '.[demo]'`",
)
def test_the_sources_still_make_the_committed_files(tmp_path: Path, texts: dict[str, list[str]]) -> None:
    subprocess.run([sys.executable, "-m", "demo.make_corpus", "--out", tmp_path], check=True, cwd=DEMO.parent)
    made = {path.name: page_texts(path) for path in tmp_path.iterdir()}
    assert len(made) >= 8
    # Texts, not bytes: another release of an Office library may write other bytes.
    assert made == {name: texts[name] for name in made}
