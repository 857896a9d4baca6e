"""The embedded model itself: weights that came through the cache answer sensibly."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from generation.local import LocalModel
from generation.port import GenerationParams, Message

pytestmark = pytest.mark.model

ASKED = [Message("user", "What is the capital of France? Answer in one sentence.")]


@pytest.fixture
async def smollm2(smollm2_folder: Path) -> AsyncIterator[LocalModel]:
    model = await LocalModel.open(smollm2_folder, device="cpu")
    yield model
    await model.close()


async def test_it_answers_scores_and_keeps_to_a_schema(smollm2: LocalModel) -> None:
    """One test, because loading takes longer than all of it."""
    pieces = [delta.text async for delta in smollm2.stream(ASKED, GenerationParams(max_tokens=20))]
    assert "Paris" in "".join(pieces)
    assert len(pieces) > 4

    right = await smollm2.score(ASKED, "The capital of France is Paris.")
    wrong = await smollm2.score(ASKED, "The capital of France is London.")
    assert right.mean > wrong.mean
    assert right.total > -3

    schema = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}}, "required": ["city"]}
    completion = await smollm2.complete(ASKED, GenerationParams(max_tokens=20), schema)
    assert json.loads(completion.text)["city"] in {"Paris", "Rome"}

    assert smollm2.context_window == 8192
    assert smollm2.version.startswith("smollm2@")


def test_every_digit_is_a_token_of_its_own(smollm2_folder: Path) -> None:
    from transformers import AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(smollm2_folder).tokenize("room 2024x13")
    assert [token for token in tokens if token.isdigit()] == ["2", "0", "2", "4", "1", "3"]
