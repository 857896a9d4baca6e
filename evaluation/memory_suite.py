"""`attune eval memory`: what is found again of long conversations, and which of a person's facts are brought up.

A folder whose conversations.jsonl has `user_facts` (iKAT) measures facts, any other (LoCoMo) looking back. Both
with the product's own parts; these sets are for measuring only, so nothing here fits or chooses anything.
"""

from collections.abc import Sequence
from pathlib import Path

from evaluation.memory_facts import is_of_facts, measure_facts
from evaluation.memory_past import measure_past, read_past
from evaluation.reports import Report, combine
from evaluation.workplace import encoder_of, temporary_settings


async def evaluate(folders: Sequence[Path], limit: int | None = None) -> Report:
    """Figures of each set. Raises EvaluationError."""
    from app import adapters

    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder:
            reports: dict[str, Report] = {}
            for folder in folders:
                if is_of_facts(folder):
                    reports[folder.name] = await measure_facts(folder, encoder, limit)
                else:
                    selector = adapters.make_selector(settings, encoder)
                    reports[folder.name] = await measure_past(read_past(folder), encoder, selector, limit)
            return combine(reports)
