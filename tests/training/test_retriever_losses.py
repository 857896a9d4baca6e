"""What each loss rewards, on scores small enough to work out by hand."""

import math

import pytest
import torch

from training.retriever_losses import LOSSES, disj_info_nce, info_nce, lse_pair, scale_calibrated_kl, simans

SCORES = torch.tensor([[2.0, 1.0, 0.0, 5.0]])
WORTH = torch.tensor([[1.0, 1.0, 0.0, -1.0]])  # two help, one does not, the last takes no part


def test_any_passage_that_helps_is_enough() -> None:
    expected = -math.log((math.e**2 + math.e) / (math.e**2 + math.e + 1))
    assert disj_info_nce(SCORES, WORTH).item() == pytest.approx(expected, abs=1e-5)


def test_every_pair_in_the_wrong_order_counts() -> None:
    assert lse_pair(SCORES, WORTH).item() == pytest.approx(math.log(1 + math.e**-2 + math.e**-1), abs=1e-5)


def test_one_passage_that_helps_is_drawn_and_the_other_takes_no_part() -> None:
    possible = {round(math.log(1 + math.e**-score), 5) for score in (2.0, 1.0)}
    torch.manual_seed(0)
    assert {round(info_nce(SCORES, WORTH).item(), 5) for _ in range(30)} == possible


def test_a_calibrated_score_is_the_log_odds_of_the_worth() -> None:
    worth = torch.tensor([[0.8, 0.3]])
    scores = torch.logit(worth).requires_grad_()
    scale_calibrated_kl(scores, worth).backward()
    assert scores.grad is not None
    assert scores.grad.abs().max().item() < 1e-6
    shifted = torch.logit(worth) + 1.0  # the order is right, the scale is not
    assert scale_calibrated_kl(shifted, worth) > scale_calibrated_kl(scores, worth) + 0.01


@pytest.mark.parametrize("name", LOSSES)
def test_a_step_down_the_slope_raises_what_helps_over_what_does_not(name: str) -> None:
    torch.manual_seed(0)
    scores = torch.zeros(1, 4, requires_grad=True)
    LOSSES[name](scores, torch.tensor([[0.9, 0.0, 0.0, -1.0]])).backward()
    assert scores.grad is not None
    slope = scores.grad[0]
    assert slope[0] < slope[1] == slope[2]
    assert slope[3] == 0


def test_negatives_are_drawn_near_the_passage_that_helps() -> None:
    torch.manual_seed(0)
    scores = torch.tensor([[0.6, 0.58, 0.1, 0.62, 0.05]])
    worth = torch.tensor([[1.0, 0.0, 0.0, 0.0, -1.0]])
    for _ in range(20):
        assert simans(scores, worth, 2).tolist() == [[1.0, 0.0, -1.0, 0.0, -1.0]]


def test_where_there_are_fewer_negatives_than_wanted_all_are_taken() -> None:
    worth = torch.tensor([[1.0, 0.0, 0.0]])
    assert simans(torch.tensor([[0.5, 0.4, 0.0]]), worth, 9).tolist() == worth.tolist()
