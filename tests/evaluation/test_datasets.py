"""The readers on good, sparse and bad input."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.datasets import even_sample, read_answers, read_documents, read_qrels, read_retrieval
from evaluation.errors import DataError


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "corpus.jsonl", {"_id": "a", "title": "A", "text": "alpha"}, {"_id": 7, "text": "seven"})
    write(tmp_path / "queries.jsonl", {"_id": "q1", "text": "first", "more": 1}, {"_id": "q2", "text": "no judgement"})
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\t7\t0\n")
    return tmp_path


def test_a_retrieval_set_holds_the_judged_queries_only(folder: Path) -> None:
    data = read_retrieval(folder)
    assert [entry.id for entry in data.entries] == ["a", "7"]
    assert [query.id for query in data.queries] == ["q1"]
    assert data.qrels == {"q1": {"a": 2}}


def test_missing_optional_keys_take_their_defaults(folder: Path) -> None:
    write(folder / "questions.jsonl", {"id": "x", "question": "Why?"})
    question = read_answers(folder).questions[0]
    assert (question.answers, question.answerable, question.passages, question.group) == ((), True, None, None)


def test_a_title_that_is_null_is_empty(folder: Path) -> None:
    write(folder / "corpus.jsonl", {"_id": "a", "title": None, "text": "alpha"})
    assert read_retrieval(folder).entries[0].title == ""


def test_passages_and_history_come_with_the_question(tmp_path: Path) -> None:
    passages = [{"id": "p", "text": "text", "label": "gold", "page": 3}, {"id": "r", "text": "other"}]
    history = [{"role": "user", "content": "Hello"}]
    write(tmp_path / "questions.jsonl", {"id": "x", "question": "Why?", "passages": passages, "history": history})
    question = read_answers(tmp_path).questions[0]
    assert question.passages is not None
    assert [(passage.label, passage.page) for passage in question.passages] == [("gold", 3), ("unknown", None)]
    assert question.history[0].content == "Hello"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n{"_id": "b"}\n', r"corpus\.jsonl:2: text: Field required"),
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n{"_id"\n', r"corpus\.jsonl:2: .*JSON"),
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n\n{"_id": "a", "text": "y"}\n', r"corpus\.jsonl:3: id 'a'"),
        ("corpus.jsonl", "", r"corpus\.jsonl: the file is empty"),
        ("qrels.tsv", "q1\ta\t2\nq1\tb\thigh\n", r"qrels\.tsv:2: expected query-id"),
        ("qrels.tsv", "q1 a 2\n", r"qrels\.tsv:1: expected query-id"),
        ("qrels.tsv", "q1\ta\t0\n", r"qrels\.tsv: no judgement"),
        ("qrels.tsv", "q9\ta\t1\n", r"qrels\.tsv: query 'q9'"),
    ],
)
def test_bad_input_is_named_with_file_and_line(folder: Path, name: str, content: str, message: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(DataError, match=message):
        read_retrieval(folder)


def test_text_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "queries.jsonl").write_bytes(b'{"_id": "q1", "text": "\xff"}')
    with pytest.raises(DataError, match=r"queries\.jsonl: not UTF-8 at byte 23"):
        read_retrieval(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"corpus\.jsonl does not exist"):
        read_retrieval(tmp_path)


def test_a_line_separator_inside_a_text_ends_no_line(folder: Path) -> None:
    text = "one\u2028two\x85three"
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": "a", "text": text}, ensure_ascii=False) + "\r\n")
    assert read_retrieval(folder).entries[0].text == text


def test_questions_without_passages_need_a_corpus(tmp_path: Path) -> None:
    write(tmp_path / "questions.jsonl", {"id": "x", "question": "Why?"})
    with pytest.raises(DataError, match="no corpus"):
        read_answers(tmp_path)


def test_qrels_may_come_without_a_header(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text("q1\ta\t1\n")
    assert read_qrels(tmp_path / "qrels.tsv") == {"q1": {"a": 1}}


def test_a_document_set_lists_its_files_and_the_questions_that_they_can_answer(tmp_path: Path) -> None:
    (tmp_path / "pdfs").mkdir()
    for name in ("pdfs/one.pdf", "pdfs/two.pdf", "ABOUT.md", ".hidden"):
        (tmp_path / name).write_text("content")
    write(tmp_path / "documents.jsonl", {"doc_name": "First report", "file": "pdfs/one.pdf"})
    write(
        tmp_path / "questions.jsonl",
        {"id": "x", "question": "Why?", "document": "First report"},
        {"id": "y", "question": "How?", "pdf": False},
    )
    data = read_documents(tmp_path)
    assert [path.name for path in data.files] == ["one.pdf", "two.pdf"]
    assert data.names == {tmp_path / "pdfs/one.pdf": "First report", tmp_path / "pdfs/two.pdf": "two"}
    assert [question.id for question in data.questions] == ["x"]


def test_a_listed_document_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.pdf").write_text("content")
    write(tmp_path / "documents.jsonl", {"doc_name": "Two", "file": "two.pdf"})
    write(tmp_path / "questions.jsonl", {"id": "x", "question": "Why?"})
    with pytest.raises(DataError, match=r"two\.pdf does not exist"):
        read_documents(tmp_path)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 5))
def test_an_even_sample_has_its_size_keeps_order_and_leaves_no_wide_gap(size: int, limit: int, seed: int) -> None:
    sample = even_sample(range(size), limit, seed)
    assert len(sample) == min(size, limit)
    assert list(sample) == sorted(set(sample))
    assert sample == even_sample(range(size), limit, seed)
    gaps = [later - earlier for earlier, later in pairwise(sample)]
    assert max(gaps, default=0) <= size / limit + 1


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="not 0"):
        even_sample(range(3), 0)
