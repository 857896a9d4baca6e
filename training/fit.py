"""One training loop for all students: it ends when its time is over and goes on after kill -9. Knows no model, no data.

A batch is asked for by its number, so that a resumed run sees the batches it would have seen.
"""

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from training.journal import note_loss

Batch = TypeVar("Batch")
_POINT = 10  # steps that one point of the loss curve is the mean of


@dataclass(frozen=True)
class FitOptions:
    """How to fit. It ends after `steps`, or when `minutes` of computing are over, whichever comes first."""

    learning_rate: float
    warmup: float = 0.05  # share of the run in which the rate rises
    weight_decay: float = 0.01
    clip: float = 1.0  # largest norm of a step's gradient
    minutes: float = 30.0
    seed: int = 0
    save_every: int = 50  # steps
    steps: int | None = None  # with a number of steps the result depends on no clock
    accumulate: int = 1  # batches that make one step


@dataclass(frozen=True)
class FitReport:
    """What a finished run did, all its pieces taken together."""

    steps: int
    seconds: float
    resumed_at: tuple[int, ...] = ()  # steps from which it went on
    losses: tuple[tuple[int, float], ...] = ()  # (step, mean loss of the ten steps before)


class FitError(Exception):
    """A run that cannot go on; the message says why and what to do."""


@dataclass
class _State:
    step: int = 0
    seconds: float = 0.0
    resumed_at: list[int] = field(default_factory=list)
    losses: list[tuple[int, float]] = field(default_factory=list)
    recent: list[float] = field(default_factory=list)


def fit(
    parameters: Mapping[str, torch.nn.Parameter] | Iterable[torch.nn.Parameter],
    batches: Callable[[int], Batch],
    loss: Callable[[Batch], torch.Tensor],
    options: FitOptions,
    checkpoint: Path,
) -> FitReport:
    """Fit `parameters` in place, with AdamW under a linear warm-up and a cosine decay to zero.

    `batches(number)` must return the same batch whenever it is asked for the same number. Raises FitError.
    """
    trained = list(parameters.values() if isinstance(parameters, Mapping) else parameters)
    optimizer = torch.optim.AdamW(trained, lr=options.learning_rate, weight_decay=options.weight_decay)
    torch.manual_seed(options.seed)
    state = _restored(checkpoint, options, trained, optimizer)
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[loss]}")
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("fit", total=1.0, loss="")
        while (done := _done(state, options)) < 1:
            began = time.monotonic()
            for group in optimizer.param_groups:
                group["lr"] = options.learning_rate * _rate(done, options.warmup)
            state.recent.append(_step(state.step, trained, optimizer, batches, loss, options))
            state.step += 1
            state.seconds += time.monotonic() - began
            if state.step % _POINT == 0:
                _note(state, checkpoint)
            if state.step % options.save_every == 0:
                _save(checkpoint, state, options, trained, optimizer)
            shown = f"step {state.step}, loss {state.losses[-1][1]:.4f}" if state.losses else f"step {state.step}"
            bar.update(task, completed=_done(state, options), loss=shown)
    if state.recent:
        _note(state, checkpoint)
    _save(checkpoint, state, options, trained, optimizer)
    return FitReport(state.step, round(state.seconds, 1), tuple(state.resumed_at), tuple(state.losses))


def _step(
    step: int,
    trained: list[torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
    batches: Callable[[int], Batch],
    loss: Callable[[Batch], torch.Tensor],
    options: FitOptions,
) -> float:
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for part in range(options.accumulate):
        value = loss(batches(step * options.accumulate + part)) / options.accumulate
        value.backward()
        total += float(value.detach())
    if not math.isfinite(total):
        raise FitError(f"the loss of step {step} is {total}: begin again with a lower learning rate")
    torch.nn.utils.clip_grad_norm_(trained, options.clip)
    optimizer.step()
    return total


def _done(state: _State, options: FitOptions) -> float:
    """Share of the run that is over."""
    by_time = state.seconds / (60 * options.minutes)
    if options.steps is None:
        return by_time
    return max(state.step / options.steps, 1.0 if by_time >= 1 else 0.0)


def _rate(done: float, warmup: float) -> float:
    if done < warmup:
        # The very first step must move, or a run by the clock would begin with one that is lost.
        return max(done / warmup, 0.01)
    return 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))


def _note(state: _State, checkpoint: Path) -> None:
    state.losses.append((state.step, round(sum(state.recent) / len(state.recent), 5)))
    state.recent.clear()
    note_loss(checkpoint.parent, checkpoint.stem, *state.losses[-1])


def _save(
    checkpoint: Path,
    state: _State,
    options: FitOptions,
    trained: list[torch.nn.Parameter],
    optimizer: torch.optim.Optimizer,
) -> None:
    """Weights, optimizer, counters and random state, whole or not at all."""
    content: dict[str, Any] = {
        "state": asdict(state),
        "options": asdict(options),
        "weights": [parameter.detach().cpu() for parameter in trained],
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    beside = checkpoint.with_name(f"{checkpoint.name}.part")
    with beside.open("wb") as handle:
        torch.save(content, handle)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(checkpoint)


def _restored(
    checkpoint: Path, options: FitOptions, trained: list[torch.nn.Parameter], optimizer: torch.optim.Optimizer
) -> _State:
    if not checkpoint.exists():
        return _State()
    content = torch.load(checkpoint, weights_only=True, map_location="cpu")
    # A longer run may go on from a shorter one; anything else would be another run under the same name.
    fixed = {"minutes": 0, "steps": 0, "save_every": 0}
    shapes = [tuple(parameter.shape) for parameter in trained]
    if content["options"] | fixed != asdict(options) | fixed or [tuple(w.shape) for w in content["weights"]] != shapes:
        raise FitError(f"{checkpoint} belongs to a run with other settings: delete it, or choose another folder")
    with torch.no_grad():
        for parameter, saved in zip(trained, content["weights"], strict=True):
            parameter.copy_(saved)
    optimizer.load_state_dict(content["optimizer"])
    torch.set_rng_state(content["random"])
    if content["random_cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(content["random_cuda"])
    state = _State(**content["state"])
    state.losses = [(step, value) for step, value in state.losses]
    state.resumed_at.append(state.step)
    return state
