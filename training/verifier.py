"""Fits the citation check: a low-rank adapter in MiniLM and the alignment head, on cases made by program.

Knows the model and the cases; nothing of how either is stored or what a recipe is.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from retrieval.verifier_model import Pairs, SupportModel
from training.lora import LowRank
from training.verifier_cases import Case

ALPHA = 16.0
_FIRST_LAYER = 3  # of six: what lies below is read without gradients, which halves the time
_CASES_AT_ONCE = 12
_CLAIMS_OF_A_CASE = 6


@dataclass(frozen=True)
class Batch:
    pairs: Pairs
    supported: torch.Tensor
    weight: torch.Tensor


class Student:
    """A support model with an adapter beside each of the encoder's linear weights."""

    def __init__(self, model: SupportModel, rank: int) -> None:
        self.model = model
        self.adapters = _insert(model.encoder, rank)

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        """What is learned, by name."""
        found = {f"head.{name}": parameter for name, parameter in self.model.head.named_parameters()}
        for name, adapter in self.adapters.items():
            found |= {f"encoder.{name}.a": adapter.a, f"encoder.{name}.b": adapter.b}
        return found


class Batches:
    """Batches by number: cases in a random order, anew for each round, with some claims of each."""

    def __init__(self, cases: Sequence[Case], model: SupportModel, seed: int) -> None:
        self._cases, self._model, self._seed = cases, model, seed
        claims = [claim for case in cases for claim in case.claims]
        self._share = sum(claim.supported for claim in claims) / len(claims)

    def __call__(self, number: int) -> Batch:
        per_round = max(1, len(self._cases) // _CASES_AT_ONCE)
        order = list(range(len(self._cases)))
        random.Random(f"{self._seed}/{number // per_round}").shuffle(order)
        place = number % per_round * _CASES_AT_ONCE
        rng = random.Random(f"{self._seed}/{number}")
        chosen = [
            (claim, self._cases[i].evidence)
            for i in order[place : place + _CASES_AT_ONCE]
            for claim in rng.sample(self._cases[i].claims, min(_CLAIMS_OF_A_CASE, len(self._cases[i].claims)))
        ]
        supported = torch.tensor([float(claim.supported) for claim, _ in chosen])
        # Both kinds weigh the same, so that 0.5 is the threshold of balanced accuracy.
        weight = torch.where(supported > 0, 0.5 / self._share, 0.5 / (1 - self._share))
        return Batch(self._model.prepare([(claim.text, evidence) for claim, evidence in chosen]), supported, weight)


def loss(model: SupportModel, batch: Batch) -> torch.Tensor:
    """Cross entropy, balanced."""
    return torch.nn.functional.binary_cross_entropy_with_logits(
        model.logits(batch.pairs), batch.supported.to(model.device), batch.weight.to(model.device)
    )


def _insert(encoder: torch.nn.Module, rank: int) -> dict[str, LowRank]:
    encoder.requires_grad_(False)
    wanted = {n: m for n, m in encoder.named_modules() if isinstance(m, torch.nn.Linear) and _layer(n) >= _FIRST_LAYER}
    adapters = {}
    for name, module in wanted.items():
        adapters[name] = LowRank(module, rank, ALPHA)
        parent, _, leaf = name.rpartition(".")
        setattr(encoder.get_submodule(parent), leaf, adapters[name])
    return adapters


def _layer(name: str) -> int:
    """Number of the layer a weight stands in; -1 outside of them."""
    numbers = [part for part in name.split(".") if part.isdigit()]
    return int(numbers[0]) if numbers else -1
