"""Whether an edit changes what is claimed or only how it is said, change by change; knows no preferences."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from personalization.diff import Span, difference
from personalization.lexicon import NO_CLAIM
from personalization.prose import words


@dataclass(frozen=True)
class FactChange:
    """A claim that was taken back, made, or (both) replaced."""

    removed: str
    added: str


@dataclass(frozen=True)
class Split:
    """An edit in two: the draft with only its changes of style, and its changes of fact.

    `is_fact[i]` belongs to the i-th span of `difference(draft, edited)`."""

    style_only: str
    facts: tuple[FactChange, ...]
    is_fact: tuple[bool, ...]


def split(draft: str, edited: str, passages: Sequence[str] = (), framing: Collection[str] = ()) -> Split:
    """Tell the changes of one edit apart; what cannot be told is a fact.

    Sentences added from `passages` claim nothing new, and neither do those of `framing`, which the person is known to
    put around any text."""
    spans = difference(draft, edited)
    claims = [tuple(word for word in words(span.text.lower()) if word not in NO_CLAIM) for span in spans]
    is_fact = [span.change != "same" and bool(claim) for span, claim in zip(spans, claims, strict=True)]
    kept = [span.text for span, fact in zip(spans, is_fact, strict=True) if (span.change == "removed") == fact]
    facts = tuple(_named(span) for span, fact in zip(spans, is_fact, strict=True) if fact)
    return Split("".join(kept), facts, tuple(is_fact))


def _named(span: Span) -> FactChange:
    text = span.text.strip()
    return FactChange(text, "") if span.change == "removed" else FactChange("", text)
