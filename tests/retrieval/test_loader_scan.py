"""Whatever the OCR process does, the other pages are read, and the reason names those that were not."""

import time
from pathlib import Path

import pytest

from retrieval.loader_scan import ScanReader, name_pages


def reader(seconds: float = 60.0) -> ScanReader:
    return ScanReader(Path("unused"), "pdf", time.monotonic() + seconds, module="tests.retrieval.scripted_ocr")


def test_pages_are_read_in_one_process() -> None:
    scans = reader()
    assert list(scans.read([0, 0])) == [(0, "a page"), (0, "a page")]
    assert scans.note() is None


@pytest.mark.parametrize(("page", "reason"), [(1, "it ran out of memory"), (2, "it crashed"), (3, "more than 60 s")])
def test_a_page_that_fails_costs_no_other(page: int, reason: str) -> None:
    scans = reader()
    assert list(scans.read([page, 0])) == [(0, "a page")]
    assert f"page {page + 1} could not be read by OCR" in (scans.note() or "")
    assert reason in (scans.note() or "")


def test_a_process_that_keeps_crashing_is_not_started_for_ever() -> None:
    scans = reader()
    assert list(scans.read([2] * 3 + [0])) == []
    assert "crashed 3 times" in scans.failures[0]


def test_the_time_of_a_file_is_kept() -> None:
    scans = reader(seconds=2.0)
    started = time.monotonic()
    assert list(scans.read([0, 4, 5, 6])) == [(0, "a page")]
    assert time.monotonic() - started < 10
    assert "pages 5-7 could not be read by OCR: the time" in (scans.note() or "")


def test_pages_are_named_in_runs_counted_from_one() -> None:
    assert name_pages([2]) == "page 3"
    assert name_pages([2, 6, 7, 8]) == "pages 3, 7-9"
