"""CIPHER exactly: nearest contexts, aggregation, what an acceptance keeps, and no empty preference."""

from collections.abc import Sequence

import numpy as np

from generation.scripted import ScriptedModel
from personalization.cipher import Cipher
from personalization.ports import Guidance, Vectors


class Compass:
    """An encoder of angles: "30" is a context thirty degrees from "0"."""

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        angles = np.radians([float(text) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


async def learned(nearest: int, *edits: tuple[str, str]) -> tuple[Cipher, ScriptedModel]:
    """A learner that concluded the given preference in each context."""
    model = ScriptedModel()
    cipher = Cipher(model, Compass(), nearest)
    for context, preference in edits:
        model.enqueue(preference)
        await cipher.learn(context, "It sank.", "It sank!", Guidance())
    return cipher, model


async def test_before_any_edit_there_is_no_instruction() -> None:
    cipher, model = await learned(5)
    assert await cipher.guide("0") == Guidance()
    assert not model.prompts


async def test_the_nearest_context_gives_its_preference_without_the_model() -> None:
    cipher, model = await learned(1, ("0", "bullets"), ("90", "short"))
    asked = len(model.prompts)
    assert (await cipher.guide("70")).instruction == "short"
    assert (await cipher.guide("20")).instruction == "bullets"
    assert len(model.prompts) == asked


async def test_several_preferences_are_aggregated_by_the_model_and_the_far_ones_left_out() -> None:
    cipher, model = await learned(2, ("0", "bullets"), ("10", "short"), ("90", "formal"))
    model.enqueue("short bullets")
    assert (await cipher.guide("4")).instruction == "short bullets"
    listed = model.prompts[-1][-1].content
    assert "- bullets\n- short\n" in listed
    assert "formal" not in listed


async def test_one_distinct_preference_needs_no_aggregation() -> None:
    cipher, model = await learned(5, ("0", "bullets"), ("10", "bullets"))
    asked = len(model.prompts)
    assert (await cipher.guide("5")).instruction == "bullets"
    assert len(model.prompts) == asked


async def test_an_accepted_draft_keeps_what_was_used_and_asks_nothing() -> None:
    cipher, model = await learned(1, ("0", "bullets"))
    asked = len(model.prompts)
    await cipher.learn("90", "It sank.", "It sank.", Guidance("bullets"))
    assert (await cipher.guide("90")).instruction == "bullets"
    assert len(model.prompts) == asked


async def test_empty_preferences_are_skipped_so_that_neighbours_speak() -> None:
    cipher, model = await learned(1, ("0", "bullets"))
    await cipher.learn("90", "It sank.", "It sank.", Guidance())
    model.enqueue("  ")
    await cipher.learn("80", "It sank.", "It swam.", Guidance())
    assert (await cipher.guide("85")).instruction == "bullets"


async def test_inference_sees_the_edit_but_neither_context_nor_what_was_used() -> None:
    cipher, model = await learned(1)
    model.enqueue("loud")
    await cipher.learn("45", "It sank.", "It sank!", Guidance("whisper"))
    asked = model.prompts[-1][-1].content
    assert "It sank." in asked
    assert "It sank!" in asked
    assert "45" not in asked
    assert "whisper" not in asked
