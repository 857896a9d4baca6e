"""Fidelity counts words that were kept, and whether their order was."""

from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.fidelity import Fidelity, compare, measure, read_references, summary


def test_words_count_in_order_whatever_the_markup() -> None:
    assert compare("# One\n\n[two](http://x) three", "one two three") == (1.0, 1.0)


def test_words_out_of_order_are_kept_but_not_faithful() -> None:
    assert compare("one two three four", "three four one two") == (0.5, 1.0)


def test_lost_words_lower_both() -> None:
    assert compare("one two three four", "one two") == (0.5, 0.5)


def test_a_reference_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no words"):
        compare("---", "text")


async def test_files_are_read_and_compared_with_what_the_manifest_names(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Keep the door shut")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "all.json").write_text('{"one": {"articleBody": "Keep the window shut"}, "two": {"articleBody": "x"}}')
    (tmp_path / "manifest.csv").write_text(
        "file,format,reference\na.txt,txt,all.json#one\nb.bin,bin.gz,all.json#two\nc,txt,\n"
    )
    rows = await measure(list(read_references(tmp_path, tmp_path)))
    assert [(row.format, row.in_order, row.kept) for row in rows] == [("txt", 0.75, 0.75), ("bin", 0.0, 0.0)]


def test_means_are_taken_by_format() -> None:
    rows = [Fidelity("a", "md", 1.0, 1.0), Fidelity("b", "md", 0.5, 0.5), Fidelity("c", "pdf", 0.0, 0.9)]
    assert summary(rows)["md"] == {"fidelity": 0.75, "kept": 0.75, "n": 2}
    assert summary(rows)["all"]["n"] == 3


def test_a_folder_without_a_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"manifest\.csv"):
        list(read_references(tmp_path, tmp_path))
