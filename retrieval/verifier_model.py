"""Does the evidence support the claim? MiniLM with a low-rank adapter reads both; an alignment head compares them token
by token. Knows no threads, no port and no training.

Claim and evidence are read apart (late interaction, as in ColBERT, Khattab and Zaharia 2020), so an evidence is read
once for all that is said of it. Each token of the claim looks for its like in the evidence (decomposable attention,
Parikh et al. 2016); what it finds is judged, and the judgements are summed by learned weights, the worst once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from retrieval.verifier_evidence import SIGNS, gathered, plain, signs

_NARROW, _HIDDEN = 64, 32
_CLAIM, _EVIDENCE = 96, 256  # tokens that are read
_AT_ONCE = 16  # texts in one pass

Tokens = list[int]


class Alignment(torch.nn.Module):
    """Logit of support from the token states of claims, shape (n, c, size), and of their evidences, (n, e, size)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.narrow = torch.nn.Linear(size, _NARROW)
        self.judge = torch.nn.Sequential(
            torch.nn.Linear(2 * _NARROW + 2, _HIDDEN), torch.nn.GELU(), torch.nn.Linear(_HIDDEN, 1)
        )
        self.weigh = torch.nn.Linear(size, 1)
        self.sharpness = torch.nn.Parameter(torch.tensor(2.5))
        self.read = torch.nn.Linear(len(SIGNS) + 3, 1)
        with torch.no_grad():  # begins as what MiniLM knows without us: the mean of the best similarities
            self.weigh.weight.zero_()
            self.read.weight.zero_()
            self.read.weight[0, 0] = 5.0
            self.read.bias.fill_(-3.5)

    def forward(
        self, claim: torch.Tensor, claim_mask: torch.Tensor, evidence: torch.Tensor, evidence_mask: torch.Tensor,
        known: torch.Tensor,
    ) -> torch.Tensor:  # fmt: skip
        judged, summed = self.parts(claim, claim_mask, evidence, evidence_mask, known)
        return judged + self.read(summed)[:, 0]

    def parts(
        self, claim: torch.Tensor, claim_mask: torch.Tensor, evidence: torch.Tensor, evidence_mask: torch.Tensor,
        known: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
        """The judgement, shape (n,), and what is read beside it, shape (n, len(SIGNS) + 3)."""
        unit, there = torch.nn.functional.normalize(claim, dim=-1), torch.nn.functional.normalize(evidence, dim=-1)
        likeness = (unit @ there.transpose(1, 2)).masked_fill(evidence_mask[:, None] == 0, -1.0)
        best = likeness.amax(2, keepdim=True)
        found = (likeness * self.sharpness.exp()).softmax(2) @ evidence
        mine, its = self.narrow(claim), self.narrow(found)
        # The likeness of the next best says whether the best is one of many.
        judged = self.judge(torch.cat([mine * its, (mine - its).abs(), best, likeness.mean(2, keepdim=True)], 2))[
            ..., 0
        ]
        out = claim_mask == 0
        weights = self.weigh(claim)[..., 0].masked_fill(out, -1e4).softmax(1)
        worst = -(-judged).masked_fill(out, -1e4).logsumexp(1)
        pooled = torch.cosine_similarity(_mean(claim, claim_mask), _mean(evidence, evidence_mask), dim=1)
        summed = torch.stack([(weights * best[..., 0]).sum(1), pooled, worst], 1)
        return (weights * judged).sum(1), torch.cat([summed, known], 1)


@dataclass(frozen=True)
class Pairs:
    """Claims with the place of each one's evidence among `evidences`, ready for the model."""

    claims: list[Tokens]
    evidences: list[Tokens]
    owners: list[int]
    signs: list[list[float]]


class SupportModel:
    """Encoder, tokenizer and head; computes in the calling thread."""

    def __init__(self, base: Path, device: str = "cpu") -> None:
        """The encoder of the folder `base` with a new head."""
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True).backend_tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.device = device
        self.encoder: Any = (
            AutoModel.from_pretrained(base, local_files_only=True, use_safetensors=True).to(device).eval()
        )
        self.head = Alignment(int(self.encoder.config.hidden_size)).to(device)

    def prepare(self, pairs: Sequence[tuple[str, str]]) -> Pairs:
        """Tokens and signs of (claim, evidence) pairs; a long evidence is cut down to what concerns the claim."""
        claims = [plain(claim) for claim, _ in pairs]
        read = [gathered(claim, plain(evidence)) for claim, (_, evidence) in zip(claims, pairs, strict=True)]
        places = {text: place for place, text in enumerate(dict.fromkeys(read))}
        return Pairs(
            claims=self._tokens(claims, _CLAIM),
            evidences=self._tokens(list(places), _EVIDENCE),
            owners=[places[text] for text in read],
            signs=[signs(claim, evidence) for claim, evidence in zip(claims, read, strict=True)],
        )

    def logits(self, pairs: Pairs) -> torch.Tensor:
        """Shape (claims,). Gradients flow where they are on."""
        found: torch.Tensor = self.head(*self._read(pairs))
        return found

    def parts(self, pairs: Pairs) -> tuple[torch.Tensor, torch.Tensor]:
        """What the logits are the sum of: see Alignment.parts."""
        return self.head.parts(*self._read(pairs))

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Estimated chance of support for each pair."""
        ready = self.prepare(pairs)
        with torch.inference_mode():
            found: list[float] = self.logits(ready).sigmoid().tolist()
        return found

    def _read(self, pairs: Pairs) -> tuple[torch.Tensor, ...]:
        evidence, evidence_mask = self._states(pairs.evidences)
        claim, claim_mask = self._states(pairs.claims)
        owners = torch.tensor(pairs.owners, device=self.device)
        known = torch.tensor(pairs.signs, device=self.device)
        return claim, claim_mask, evidence.index_select(0, owners), evidence_mask.index_select(0, owners), known

    def _tokens(self, texts: Sequence[str], limit: int) -> list[Tokens]:
        return [_cut(encoding.ids, limit) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def _states(self, texts: Sequence[Tokens]) -> tuple[torch.Tensor, torch.Tensor]:
        """Token states, shape (texts, longest, size), and the mask of what is text; texts of one length go together."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        longest = len(texts[order[-1]])
        states, masks = [], []
        for start in range(0, len(order), _AT_ONCE):
            some = [texts[i] for i in order[start : start + _AT_ONCE]]
            ids = torch.zeros(len(some), len(some[-1]), dtype=torch.long)
            mask = torch.zeros_like(ids)
            for row, tokens in enumerate(some):
                ids[row, : len(tokens)] = torch.tensor(tokens)
                mask[row, : len(tokens)] = 1
            ids, mask = ids.to(self.device), mask.to(self.device)
            found = self.encoder(ids, attention_mask=mask).last_hidden_state
            for row, tokens in enumerate(some):  # the marks of beginning and end stand for nothing that is said
                mask[row, 0] = mask[row, len(tokens) - 1] = 0
            room = longest - ids.shape[1]
            states.append(torch.nn.functional.pad(found, (0, 0, 0, room)))
            masks.append(torch.nn.functional.pad(mask, (0, room)))
        back = torch.tensor(order).argsort().to(self.device)
        return torch.cat(states).index_select(0, back), torch.cat(masks).index_select(0, back)


def _mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def _cut(ids: Tokens, limit: int) -> Tokens:
    return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]
