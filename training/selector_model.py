"""The selector's student while it learns: adapter, states that do not change, loss. Knows no files of data."""

import copy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file

from retrieval.cross_encoder import WEIGHTS, CrossConfig, CrossEncoder, through
from retrieval.index_points import terms
from retrieval.selector import MINILM
from training.lora import LowRank
from training.selector_cases import Case, Group, Texts, typed
from training.selector_states import State, States

_TRAINED_WHOLE = ("sides", "head", "residual")
_POINTWISE = 0.5  # weight of the pointwise loss beside the listwise one

Logits = npt.NDArray[np.float64]


class Student:
    """The cross-encoder with a fresh adapter, and what its frozen part says of the texts, computed once."""

    def __init__(self, base: Path, config: CrossConfig, texts: Texts, device: str, kept: Path | None) -> None:
        """`kept`: where states are kept between runs."""
        self.model = CrossEncoder(base, config).to(device)
        self._plain = copy.deepcopy(self.model.joined).eval()  # the encoder as it was, for the cosines
        self._texts = texts
        self._device = device
        self._passages = States(lambda some: self._states(some, config.passage_tokens), kept)
        self._questions = States(lambda some: self._states(some, config.question_tokens), None)
        self._terms: dict[str, frozenset[int]] = {}
        self.trained = _with_adapter(self.model)
        with torch.no_grad():
            # The cheap judge is too sure of itself: a regression on these sets gives its logit 0.42.
            self.model.residual.weight.fill_(0.5)

    def loss(self, groups: Sequence[Group]) -> torch.Tensor:
        """Mean over the groups of the listwise loss with an anchor for "none of these", and a pointwise one beside it.

        Listwise: every useful passage against the useless ones and a logit of 0 that stands for none (the anchor of
        Yan et al. 2022); where none is useful, the anchor against all.
        """
        self.model.train()
        self.model.apart.eval()
        logits = self._logits(groups)
        losses = []
        for group, found in zip(groups, logits, strict=True):
            useful = torch.tensor(group.useful, device=found.device)
            none = torch.cat([found[~useful], found.new_zeros(1)]).logsumexp(0)
            listwise = torch.nn.functional.softplus(none - found[useful]).mean() if useful.any() else none
            pointwise = torch.nn.functional.binary_cross_entropy_with_logits(found, useful.to(found.dtype))
            losses.append(listwise + _POINTWISE * pointwise)
        return torch.stack(losses).mean()

    @torch.no_grad()
    def judge(self, case: Case) -> tuple[Logits, Logits]:
        """The student's and the cheap judge's logits of the case's passages: golds first, then negatives."""
        self.model.eval()
        group = Group(case.question, (*case.golds, *case.negatives), (), 0)
        return self._logits([group])[0].double().cpu().numpy(), self.cheap(group).double().numpy()

    def cheap(self, group: Group) -> torch.Tensor:
        """Logits of the encoder's selector, from cosine and shared words."""
        question = self._texts.questions[group.question]
        (state,) = self._questions.of([question])
        asked = self._words(question)
        rows = [
            (
                float(state.vector @ passage.vector),
                len(asked & self._words(self._texts.passages[n])) / max(1, len(asked)),
            )
            for n, passage in zip(group.passages, self._passages_of(group), strict=True)
        ]
        return torch.tensor(MINILM.logits(np.array(rows)), dtype=torch.float32)

    def unread(self, cheap: Logits) -> Logits:
        """Logits if reading added nothing."""
        return float(self.model.residual.weight.detach()) * cheap + float(self.model.residual.bias.detach())

    @torch.no_grad()
    def temper(self, share: float) -> None:
        """Let what was learned by reading weigh `share` of what it weighs; 0 leaves the cheap judge alone."""
        self.model.head.weight.mul_(share)
        self.model.head.bias.mul_(share)

    def prepare(self, cases: Sequence[Case]) -> None:
        """Compute and keep the states of all passages of `cases`, so that every later use is cheap."""
        wanted = sorted({number for case in cases for number in (*case.golds, *case.negatives)})
        self._passages.of([self._texts.passages[number] for number in wanted])
        self._passages.keep()

    def save(self, folder: Path) -> None:
        """The adapter in half the bytes, the rest as it is."""
        parts = {name: parameter.detach().cpu().contiguous() for name, parameter in self.trained.items()}
        slim = {name: part.bfloat16() if name.endswith((".a", ".b")) else part for name, part in parts.items()}
        save_file(slim, folder / WEIGHTS)

    def _logits(self, groups: Sequence[Group]) -> list[torch.Tensor]:
        residuals = torch.cat([self.cheap(group) for group in groups])
        texts = [typed(self._texts.questions[group.question], group.typing) for group in groups]
        limit = self.model.config.question_tokens
        with torch.no_grad():
            asked = self.model.read_apart(self.model.tokens(texts, limit))
        questions = [states for states, group in zip(asked, groups, strict=True) for _ in group.passages]
        passages = [state.tokens.to(self._device).float() for group in groups for state in self._passages_of(group)]
        found = self.model.read_joined(questions, passages, residuals)
        return list(found.split([len(group.passages) for group in groups]))

    def _passages_of(self, group: Group) -> list[State]:
        return self._passages.of([self._texts.passages[number] for number in group.passages])

    @torch.no_grad()
    def _states(self, texts: Sequence[str], limit: int) -> list[State]:
        self.model.apart.eval()
        states = self.model.read_apart(self.model.tokens(texts, limit))
        return [State(one.half().cpu(), vector) for one, vector in zip(states, self._embedded(states), strict=True)]

    def _embedded(self, states: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Unit vectors as the encoder gives them: the mean of the last layer."""
        padded = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True)
        sizes = torch.tensor([[len(one)] for one in states], device=padded.device)
        mask = torch.arange(padded.shape[1], device=padded.device) < sizes
        last = through(self._plain, padded, mask)
        mean = (last * mask.unsqueeze(-1)).sum(1) / sizes
        return list(torch.nn.functional.normalize(mean, dim=1).cpu())

    def _words(self, text: str) -> frozenset[int]:
        if text not in self._terms:
            self._terms[text] = terms(text)
        return self._terms[text]


def _with_adapter(model: CrossEncoder) -> dict[str, torch.nn.Parameter]:
    """Freeze the model but for what is trained: adapters beside the joined layers, sides, head and residual."""
    model.requires_grad_(False)
    trained: dict[str, torch.nn.Parameter] = {}
    linear = [(name, part) for name, part in model.joined.named_modules() if isinstance(part, torch.nn.Linear)]
    for name, part in linear:
        adapter = LowRank(part, model.config.rank, model.config.alpha)
        above, _, leaf = name.rpartition(".")
        setattr(model.joined.get_submodule(above), leaf, adapter)
        trained |= {f"joined.{name}.a": adapter.a, f"joined.{name}.b": adapter.b}
    for name, parameter in model.named_parameters():
        if name.startswith(_TRAINED_WHOLE):
            parameter.requires_grad_(True)
            trained[name] = parameter
    return trained
