"""What the help of a measurement offers can be asked for."""

from typing import get_args

import pytest

from evaluation.choices import selector_settings
from evaluation.errors import EvaluationError
from evaluation.flags import SelectorName


def test_no_selector_is_offered_that_does_not_exist() -> None:
    offered = get_args(SelectorName)[1].help
    with pytest.raises(EvaluationError, match="no language model selects passages"):
        selector_settings("llm")
    assert "llm" not in offered
