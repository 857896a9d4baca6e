"""What a passage is worth for a question: the port of all who say so, and the label they give. Knows no method."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evaluation.datasets import LabelledPassage
from generation.port import Completion, ContinuationScore, GenerationParams, LanguageModel, Message, Usage


@dataclass(frozen=True)
class Asked:
    """A question with the passages that were, or would be, shown for it."""

    id: str
    question: str
    passages: tuple[LabelledPassage, ...]
    answers: tuple[str, ...] = ()  # accepted ones; none where nobody wrote them down
    exposures: tuple[str | None, ...] = ()  # ids, where the passages were shown to a person; as many as passages


@dataclass(frozen=True)
class UtilityLabel:
    """One line of a file of labels: the row of the table of the same name, and the keys that recipes join by."""

    example: str  # id of the question
    question: str
    passage: str  # id
    utility: float
    method: str
    model_version: str
    cost_tokens: int
    text: str  # of the passage, so that a label outlives its document's next cut
    exposure: str | None = None


class Annotator(Protocol):
    """Says what each passage is worth for the question, in [0, 1]; None for a passage it will not judge."""

    @property
    def method(self) -> str: ...

    async def utilities(self, asked: Asked, model: "Metered") -> Sequence[float | None]:
        """One value for each passage. Raises GenerationError."""


class Metered:
    """A language model, and the tokens that one question has cost of it: others ask the same model meanwhile."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.spent = Usage()

    async def complete(self, messages: Sequence[Message], params: GenerationParams) -> Completion:
        done = await self._model.complete(messages, params)
        self.spent += done.usage
        return done

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        scored = await self._model.score(messages, continuation)
        self.spent += Usage(await self._model.count_tokens(messages) + len(scored.token_logprobs), 0)
        return scored


async def annotate(annotator: Annotator, asked: Asked, model: LanguageModel) -> list[UtilityLabel]:
    """The labels of one question; what it has cost is shared out evenly, the remainder to the first."""
    metered = Metered(model)
    utilities = await annotator.utilities(asked, metered)
    exposures = asked.exposures or (None,) * len(asked.passages)
    judged = [one for one in zip(asked.passages, utilities, exposures, strict=True) if one[1] is not None]
    spent = metered.spent.prompt_tokens + metered.spent.completion_tokens
    each, rest = divmod(spent, len(judged)) if judged else (0, 0)
    return [
        UtilityLabel(
            asked.id,
            asked.question,
            passage.id,
            round(float(utility or 0.0), 6),
            annotator.method,
            model.version,
            each + (rest if not place else 0),
            text_of(passage),
            exposure,
        )
        for place, (passage, utility, exposure) in enumerate(judged)
    ]


def text_of(passage: LabelledPassage) -> str:
    """What the encoder and a generator read of it."""
    return f"{passage.title}\n{passage.text}".strip()
