"""Multiple choice under a stated preference: options shuffled, baselines beside it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evaluation.errors import DataError
from evaluation.prelude_choices import Choice, evaluate, measure, read_choices
from generation.port import Completion, GenerationParams, JsonSchema, Message, Usage
from generation.scripted import ScriptedModel

ROWS = [
    {
        "id": f"row-{number}",
        "preference": "I never eat fish.",
        "question": "What shall I cook?",
        "classification_task_options": [f"Beans {number}", "Tuna with much lemon", "Carp", "Eel"],
    }
    for number in range(24)
]
CHOICES = [Choice.model_validate(row) for row in ROWS]


class Attentive(ScriptedModel):
    """Picks the beans when it was told about fish, and the first letter otherwise."""

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        asked = messages[-1].content
        beans = next(line for line in asked.split("\n") if ". Beans" in line)
        return Completion(json.dumps(beans[0] if "never eat fish" in asked else "A"), "stop", Usage())


async def test_the_preference_is_what_makes_the_difference() -> None:
    report = await measure(CHOICES, Attentive())
    assert (report["accuracy"], report["n"]) == (1, 24)
    assert report["baselines"]["no_preference"] < 0.6
    assert (report["baselines"]["longest_option"], report["baselines"]["chance"]) == (0, 0.25)
    assert report["p_value"] < 0.01


def test_the_right_option_is_shown_at_every_place() -> None:
    assert {choice.shuffled().index(choice.options[0]) for choice in CHOICES} == {0, 1, 2, 3}


async def test_the_suite_reads_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LLM": "scripted", "CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)
    (tmp_path / "mcq.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    report = await evaluate(tmp_path, limit=8)
    assert (report["n"], report["accuracy"]) == (8, report["baselines"]["no_preference"])


def test_wrong_rows_are_told(tmp_path: Path) -> None:
    (tmp_path / "mcq.jsonl").write_text('{"id": "1", "preference": "a", "question": "b"}')
    with pytest.raises(DataError, match=r"mcq.jsonl:1: classification_task_options: Field required"):
        read_choices(tmp_path)
