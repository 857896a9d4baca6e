"""The loop learns, stops when it should, and a killed run ends where an unbroken one does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from training.fit import FitError, FitOptions, FitReport, fit

OPTIONS = FitOptions(learning_rate=0.05, steps=60, save_every=10)
SLOW = """
import sys, time
from pathlib import Path
from tests.training.test_fit import OPTIONS, batch, loss_of, model
from training.fit import fit
line = model()
def slow(number):
    time.sleep(0.03)
    return batch(number)
fit(dict(line.named_parameters()), slow, loss_of(line), OPTIONS, Path(sys.argv[1]))
"""


def model() -> torch.nn.Linear:
    torch.manual_seed(1)
    return torch.nn.Linear(3, 1)


def batch(number: int) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(16, 3, generator=torch.Generator().manual_seed(number))
    return x, x @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.3


def loss_of(line: torch.nn.Linear):  # type: ignore[no-untyped-def]  # what it returns is fit's business
    # Dropout makes the result depend on the random state, which a resumed run has to restore.
    return lambda pair: ((line(torch.nn.functional.dropout(pair[0], 0.1)) - pair[1]) ** 2).mean()


def run(checkpoint: Path, options: FitOptions = OPTIONS) -> tuple[torch.nn.Linear, FitReport]:
    line = model()
    return line, fit(dict(line.named_parameters()), batch, loss_of(line), options, checkpoint)


def test_the_loss_falls_and_its_curve_is_kept(tmp_path: Path) -> None:
    _, report = run(tmp_path / "c.pt")
    assert report.steps == 60
    assert [step for step, _ in report.losses] == [10, 20, 30, 40, 50, 60]
    assert report.losses[-1][1] < report.losses[0][1] / 2


def test_a_killed_run_ends_where_an_unbroken_one_does(tmp_path: Path) -> None:
    checkpoint = tmp_path / "killed.pt"
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(checkpoint)], env=os.environ | {"OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    line, report = run(checkpoint)
    unbroken, _ = run(tmp_path / "whole.pt")
    assert report.resumed_at
    assert 10 <= report.resumed_at[0] < 60
    assert torch.allclose(line.weight, unbroken.weight, atol=1e-6)


def test_a_run_stops_when_its_time_is_over(tmp_path: Path) -> None:
    _, report = run(tmp_path / "c.pt", FitOptions(learning_rate=0.05, minutes=0.005))
    assert 0.3 <= report.seconds < 2
    assert report.steps > 10


def test_a_finished_run_does_nothing_more(tmp_path: Path) -> None:
    first, _ = run(tmp_path / "c.pt")
    again, report = run(tmp_path / "c.pt")
    assert report.steps == 60
    assert torch.equal(first.weight, again.weight)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "c.pt")
    with pytest.raises(FitError, match="other settings"):
        run(tmp_path / "c.pt", FitOptions(learning_rate=0.01, steps=60))


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    line = model()
    with pytest.raises(FitError, match="lower learning rate"):
        fit(line.parameters(), batch, lambda pair: loss_of(line)(pair) * float("inf"), OPTIONS, tmp_path / "c.pt")


def test_gathered_batches_make_one_step(tmp_path: Path) -> None:
    asked: list[int] = []
    line = model()

    def noted(number: int) -> tuple[torch.Tensor, torch.Tensor]:
        asked.append(number)
        return batch(number)

    options = FitOptions(learning_rate=0.05, steps=3, accumulate=4)
    fit(line.parameters(), noted, loss_of(line), options, tmp_path / "c.pt")
    assert asked == list(range(12))
