from collections.abc import Sequence
from pathlib import Path

import torch

from training.selector_states import State, States


class Counting:
    """Says a text's length, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[State]:
        self.asked += texts
        return [State(torch.full((len(text), 2), float(len(text))), torch.tensor([float(len(text))])) for text in texts]


def test_a_text_is_computed_once(tmp_path: Path) -> None:
    encode = Counting()
    states = States(encode, tmp_path)
    assert [float(state.vector) for state in states.of(["a", "bb", "a"])] == [1.0, 2.0, 1.0]
    states.of(["bb", "ccc"])
    assert encode.asked == ["a", "bb", "ccc"]


def test_what_was_kept_is_read_in_the_next_run(tmp_path: Path) -> None:
    first = States(Counting(), tmp_path)
    first.of([f"text {number}" for number in range(300)])  # a file is full before the end
    first.of(["later"])
    first.keep()
    again = Counting()
    assert [float(s.vector) for s in States(again, tmp_path).of(["text 7", "later", "new"])] == [6.0, 5.0, 3.0]
    assert again.asked == ["new"]


def test_a_killed_run_loses_the_last_few_only(tmp_path: Path) -> None:
    States(Counting(), tmp_path).of([f"text {number}" for number in range(300)])
    (tmp_path / "states-00001.part").write_bytes(b"torn")
    again = Counting()
    States(again, tmp_path).of([f"text {number}" for number in range(300)])
    assert 0 < len(again.asked) < 60
