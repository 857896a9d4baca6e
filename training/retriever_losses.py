"""What a retriever is punished for: losses over the scores of a question's passages. Knows no model and no data.

Every loss takes `scores` (questions, passages), cosines over the temperature, and `worth` of the same shape: above 0
for a passage that helps, 0 for a negative, below 0 for one that takes no part. Each question has a passage that helps.
"""

from collections.abc import Callable

import torch

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
_OUT = -1e9  # the score of what takes no part


def info_nce(scores: torch.Tensor, worth: torch.Tensor) -> torch.Tensor:
    """-log of the softmax at one passage that helps, drawn anew at each step; the others take no part."""
    drawn = torch.multinomial(worth.clamp(min=0), 1)
    positive = scores.gather(1, drawn).squeeze(1)
    negatives = torch.logsumexp(scores.masked_fill(worth != 0, _OUT), dim=1)
    return (torch.logaddexp(positive, negatives) - positive).mean()


def disj_info_nce(scores: torch.Tensor, worth: torch.Tensor) -> torch.Tensor:
    """-log of the sum of the softmax over all that help (arXiv 2504.05220, equation 6): one of them found is enough."""
    together = torch.logsumexp(scores.masked_fill(worth < 0, _OUT), dim=1)
    return (together - torch.logsumexp(scores.masked_fill(worth <= 0, _OUT), dim=1)).mean()


def lse_pair(scores: torch.Tensor, worth: torch.Tensor) -> torch.Tensor:
    """log(1 + sum over pairs of e^(negative - positive)): every pair in the wrong order counts."""
    negatives = torch.logsumexp(scores.masked_fill(worth != 0, _OUT), dim=1)
    positives = torch.logsumexp((-scores).masked_fill(worth <= 0, _OUT), dim=1)
    return torch.nn.functional.softplus(negatives + positives).mean()


def scale_calibrated_kl(scores: torch.Tensor, worth: torch.Tensor) -> torch.Tensor:
    """Cross entropy between worth and scores as distributions, each with an absent passage at 0 beside it (after Yan et
    al. 2022): the scores keep a scale, so that the best of them says whether anything helps.

    Worth is read as a chance: its log-odds are the logits of the wanted distribution."""
    taken = worth >= 0
    wanted = torch.logit(worth.clamp(0.01, 0.99))
    absent = torch.zeros_like(scores[:, :1])
    target = torch.softmax(torch.cat([wanted.masked_fill(~taken, _OUT), absent], dim=1), dim=1)
    found = torch.log_softmax(torch.cat([scores.masked_fill(~taken, _OUT), absent], dim=1), dim=1)
    return -(target * found).sum(dim=1).mean()


LOSSES: dict[str, Loss] = {
    "info-nce": info_nce,
    "disj-info-nce": disj_info_nce,
    "lse-pair": lse_pair,
    "scale-calibrated-kl": scale_calibrated_kl,
}


def simans(scores: torch.Tensor, worth: torch.Tensor, count: int, sharpness: float = 100.0) -> torch.Tensor:
    """`worth` with all but `count` negatives of each question taken out, drawn where they are about as near as the
    passages that help (SimANS, Zhou et al. 2022): p ~ exp(-a (s_negative - s_positive)^2).

    `scores` are cosines here, between which 0.1 is much: a is a hundred times the paper's for dot products.
    """
    best = scores.masked_fill(worth <= 0, -1.0).amax(dim=1, keepdim=True)
    chance = torch.exp(-sharpness * (scores - best) ** 2).clamp(min=1e-12).masked_fill(worth != 0, 0.0)
    drawn = torch.multinomial(chance, min(count, int((worth == 0).sum(dim=1).min())))
    kept = torch.zeros_like(worth, dtype=torch.bool).scatter_(1, drawn, True)
    return worth.masked_fill((worth == 0) & ~kept, -1.0)
