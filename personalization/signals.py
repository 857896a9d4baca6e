"""What a person's message says of the answer before it: the kinds of signal, and a message in its conversation.

The nine satisfied and nine dissatisfied kinds are WildFeedback's (ACL 2026, after SPUR, arXiv 2403.12388). What says
nothing of the answer is neutral; its kinds are ours. Knows no model and no storage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["satisfied", "dissatisfied", "neutral"]

# Kind -> what it means, as people who label read it.
SATISFIED: Mapping[str, str] = {
    "gratitude": "thanks for the answer",
    "learning": "says that something was learned or understood",
    "compliance": "does or takes what was proposed",
    "praise": "praises the answer",
    "personal_details": "confides something of the own life",
    "humor": "jokes with the assistant",
    "acknowledgment": "confirms or accepts what was said",
    "positive_closure": "ends the conversation content",
    "getting_there": "is partly satisfied: not all, but better",
}
DISSATISFIED: Mapping[str, str] = {
    "negative_feedback": "says that the answer, or what it brings, is bad or unwelcome",
    "revision": "wants it otherwise, wants another, or asks nearly the same again",
    "factual_error": "says that something is wrong",
    "unrealistic_expectation": "does not accept a limit of the assistant",
    "no_engagement": "does not take up what the assistant offers or asks",
    "ignored": "says that the request was missed",
    "lower_quality": "says that others, or earlier answers, were better",
    "insufficient_detail": "wants it more precise or more complete",
    "style": "wants another form, length or tone",
}
NEUTRAL: Mapping[str, str] = {
    "opening": "asks for something new",
    "follow_up": "asks on from the answer",
    "reply": "answers what the assistant asked",
    "topic_change": "leaves the topic",
    "closing": "ends the conversation, plainly",
}


@dataclass(frozen=True)
class Line:
    """One message of a conversation."""

    by_person: bool
    text: str


@dataclass(frozen=True)
class Utterance:
    """What a person said, and all that was said before it in the conversation, oldest first."""

    text: str
    before: tuple[Line, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """What the person said earlier, oldest first."""
        return tuple(line.text for line in self.before if line.by_person)

    @property
    def question(self) -> str:
        """What the person said last before this; empty where it is the first."""
        return self.asked[-1] if self.asked else ""

    @property
    def answer(self) -> str:
        """What the assistant has said since; empty where the person goes on talking."""
        since: list[str] = []
        for line in reversed(self.before):
            if line.by_person:
                break
            since.append(line.text)
        return "\n".join(reversed(since))

    @property
    def answers(self) -> tuple[str, ...]:
        """What the assistant said, oldest first."""
        return tuple(line.text for line in self.before if not line.by_person)


@dataclass(frozen=True)
class Signal:
    """What a message says of the answer before it: the likeliest kind, and the chance of each side, which add to 1."""

    kind: str
    satisfied: float
    dissatisfied: float

    @property
    def side(self) -> Side:
        return side_of(self.kind)


def side_of(kind: str) -> Side:
    """The side of a kind; a side is its own. Raises ValueError for an unknown one."""
    if kind in SATISFIED or kind == "satisfied":
        return "satisfied"
    if kind in DISSATISFIED or kind == "dissatisfied":
        return "dissatisfied"
    if kind in NEUTRAL or kind == "neutral":
        return "neutral"
    raise ValueError(f"{kind!r} is no kind of signal: use one of {', '.join([*SATISFIED, *DISSATISFIED, *NEUTRAL])}")


def utterances(lines: Sequence[Line]) -> list[Utterance]:
    """Each message of the person, with what was said before it."""
    return [Utterance(line.text, tuple(lines[:place])) for place, line in enumerate(lines) if line.by_person]
