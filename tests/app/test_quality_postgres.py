"""The figures of quality on PostgreSQL: the same log, the same figures, by other triggers."""

# ruff: noqa: F401 (fixtures and tests are found by their names here)

import pytest

from tests.app.test_quality import (
    log,
    test_slices_count_what_was_said_of_each_document_and_by_each_version,
    test_the_figures_are_those_that_are_counted_by_hand,
    test_what_comes_late_is_erased_or_forgotten_changes_the_figures_of_its_day,
)
from tests.app.test_themes import read, test_words_are_of_people_who_agreed_and_counts_of_all

pytestmark = pytest.mark.postgres
