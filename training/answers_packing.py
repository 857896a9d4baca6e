"""Sheets as tokens: the passages once, then each question with its target as a branch that sees no other branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from agents.prompts import trained_prompt
from generation.port import Message
from training.answers_sheets import Sheet

LONGEST = 1200  # tokens of a packed sheet; branches that would pass it are left out


@dataclass(frozen=True)
class Packed:
    """One sheet. Shapes: tokens and positions (T,), visible (T, T), the others (answer tokens,)."""

    tokens: torch.Tensor
    positions: torch.Tensor
    visible: torch.Tensor  # visible[q, k]: whether q attends to k
    read_at: torch.Tensor  # where each answer token is predicted
    targets: torch.Tensor
    weights: torch.Tensor  # sum to 1: a branch weighs the root of its length


def pack(sheet: Sheet, tokenizer: Any) -> Packed:
    """Raises ValueError if not even one question fits."""
    end = tokenizer.eos_token
    prompts = [
        _tokens(tokenizer, trained_prompt(one.question, sheet.kept, one.history, one.instruction))
        for one in sheet.asked
    ]
    answers = [tokenizer(one.target + end, add_special_tokens=False)["input_ids"] for one in sheet.asked]
    shared = _shared(prompts)
    tokens, positions, owners = list(prompts[0][:shared]), list(range(shared)), [-1] * shared
    read_at: list[int] = []
    targets: list[int] = []
    weights: list[float] = []
    for branch, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
        own = [*prompt[shared:], *answer[:-1]]
        if len(tokens) + len(own) > LONGEST:
            continue
        begin = len(tokens) + len(prompt) - shared
        read_at += [begin - 1 if begin > len(tokens) else shared - 1, *range(begin, begin + len(answer) - 1)]
        targets += answer
        weights += [len(answer) ** -0.5] * len(answer)
        positions += range(shared, shared + len(own))
        owners += [branch] * len(own)
        tokens += own
    if not targets:
        raise ValueError(f"no question over this sheet of {sheet.source} fits into {LONGEST} tokens")
    owner = torch.tensor(owners)
    visible = torch.ones(len(tokens), len(tokens), dtype=torch.bool).tril()
    visible &= (owner[None, :] == -1) | (owner[None, :] == owner[:, None])
    weight = torch.tensor(weights)
    return Packed(
        torch.tensor(tokens),
        torch.tensor(positions),
        visible,
        torch.tensor(read_at),
        torch.tensor(targets),
        weight / weight.sum(),
    )


def fits(sheet: Sheet, tokenizer: Any) -> bool:
    """Whether at least one question with its answer fits under the sheet's passages."""
    try:
        pack(sheet, tokenizer)
    except ValueError:
        return False
    return True


def loss_of(model: Any, packed: Packed) -> torch.Tensor:
    """Weighted cross entropy of the answer tokens, in nats; the head reads only their positions."""
    device = model.device
    mask = torch.zeros(packed.visible.shape, dtype=model.dtype, device=device)
    mask.masked_fill_(~packed.visible.to(device), torch.finfo(model.dtype).min)
    hidden = model.model(
        input_ids=packed.tokens[None].to(device),
        position_ids=packed.positions[None].to(device),
        attention_mask=mask[None, None],
        use_cache=False,
    ).last_hidden_state[0]
    logits = model.lm_head(hidden[packed.read_at.to(device)]).float()
    losses = torch.nn.functional.cross_entropy(logits, packed.targets.to(device), reduction="none")
    return losses @ packed.weights.to(device)


def _tokens(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    chat = [{"role": message.role, "content": message.content} for message in messages]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _shared(prompts: Sequence[list[int]]) -> int:
    """How many tokens all prompts begin with."""
    first, last = min(prompts), max(prompts)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return same
