"""Streams of text from streams of tokens."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from generation.local_text import Sampler, TextStream
from generation.port import GenerationParams


@pytest.fixture(scope="session")
def tokenizer(tiny_folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(tiny_folder / "tokenizer.json"))


@given(text=some.text(min_size=1, max_size=40))
def test_pieces_together_are_the_text(tokenizer: Any, text: str) -> None:
    stream = TextStream(tokenizer, ())
    pieces = [stream.push(token) for token in tokenizer.encode(text).ids]
    assert "".join(pieces) + stream.flush() == text


@given(text=some.text("abc🙂é ", min_size=4, max_size=40), cut=some.data())
def test_a_stop_string_is_found_wherever_tokens_divide_it(tokenizer: Any, text: str, cut: Any) -> None:
    start = cut.draw(some.integers(0, len(text) - 2))
    stop = text[start : start + cut.draw(some.integers(2, 5))]
    stream = TextStream(tokenizer, (stop,))
    said = ""
    for token in tokenizer.encode(text).ids:
        said += stream.push(token)
        if stream.stopped:
            break
    assert stream.stopped
    assert said + stream.flush() == text[: text.find(stop)]


def test_the_beginning_of_a_stop_string_is_held_back_until_it_is_none(tokenizer: Any) -> None:
    stream = TextStream(tokenizer, ("\n\nUser:",))
    said = [stream.push(token) for token in tokenizer.encode("one\n\nUs two").ids]
    assert "".join(said) == "one\n\nUs two"
    assert not stream.stopped


def test_half_a_character_at_the_end_is_dropped(tokenizer: Any) -> None:
    stream = TextStream(tokenizer, ())
    tokens = tokenizer.encode("x🜚").ids
    said = "".join(stream.push(token) for token in tokens[:-1]) + stream.flush()
    assert said == "x"


def test_top_p_leaves_the_tail_out() -> None:
    import torch

    logits = torch.tensor([0.6, 0.3, 0.1]).log()
    drawn = {Sampler(GenerationParams(temperature=1, top_p=0.7, seed=seed), "cpu").choose(logits) for seed in range(60)}
    assert drawn == {0, 1}


def test_a_tiny_top_p_is_greedy() -> None:
    import torch

    logits = torch.tensor([0.1, 2.0, 0.3])
    assert {Sampler(GenerationParams(temperature=9, top_p=0.01, seed=s), "cpu").choose(logits) for s in range(20)} == {
        1
    }
