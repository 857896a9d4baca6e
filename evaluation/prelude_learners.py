"""The learners that are compared, by name, each made afresh for a task and a seed. Knows none from the inside.

The oracle lives here and not in the product: it alone is told the hidden style.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agents.prompts import follows_rules
from evaluation.errors import EvaluationError
from generation.port import LanguageModel
from personalization.attune import Attune
from personalization.baselines import Continual, EditExamples, ExploreExploit, NoLearning
from personalization.canonical import Canonical
from personalization.cipher import Cipher
from personalization.ports import ContextEncoder, Guidance, Learner


@dataclass(frozen=True)
class Materials:
    """What a learner may be made of. `truth` leads from a context to its hidden description: for the oracle only."""

    model: LanguageModel
    encoder: ContextEncoder
    truth: Mapping[str, str]


class Oracle:
    """Puts the true description into the prompt, as every learner could if it had found it."""

    def __init__(self, truth: Mapping[str, str]) -> None:
        self._truth = truth

    async def guide(self, context: str) -> Guidance:
        return Guidance(self._truth[context])

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:
        """There is nothing left to learn."""


LEARNERS: dict[str, Callable[[Materials], Learner]] = {
    "none": lambda _: NoLearning(),
    "oracle": lambda given: Oracle(given.truth),
    "cipher-1": lambda given: Cipher(given.model, given.encoder, 1),
    "cipher-5": lambda given: Cipher(given.model, given.encoder, 5),
    "icl-edit": lambda given: EditExamples(given.encoder),
    "continual": lambda given: Continual(given.model),
    "explore-exploit": lambda given: ExploreExploit(given.model),
    "canonical": lambda given: Canonical(given.encoder),
    "attune": lambda given: Attune(given.encoder, given.model if follows_rules(given.model.version) else None),
}
REFERENCES = ("none", "oracle")  # regret lies between them


def chosen(names: str) -> tuple[str, ...]:
    """`all`, or learners with commas between them, beside the two they are measured against. Raises EvaluationError."""
    if names == "all":
        return tuple(LEARNERS)
    wanted = [name.strip() for name in names.split(",")]
    if unknown := next((name for name in wanted if name not in LEARNERS), None):
        raise EvaluationError(f"--learner {unknown!r} is unknown: use all, or some of {', '.join(LEARNERS)}")
    return tuple(dict.fromkeys([*REFERENCES, *wanted]))
