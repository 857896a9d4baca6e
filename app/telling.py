"""What an edit changes of how things are said, and what of what is said. Pure but for the encoder; writes no row."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from agents.abstention import UNSUPPORTED
from app.models_preferences import Edit
from personalization.ports import ContextEncoder

if TYPE_CHECKING:
    from personalization.swaps import Agreed, Swap


@dataclass(frozen=True)
class Rewritten:
    """An edit, what the model had answered from which passages, and what the person puts around any text."""

    edit: Edit
    answer: str
    passages: Sequence[str]
    framing: set[str]


@dataclass(frozen=True)
class Told:
    """An edit with its style told from its facts."""

    written: str
    style: str  # as the person wants it, with the claims of the draft
    is_about_style: bool
    facts: list[dict[str, Any]]
    difference: list[dict[str, Any]]


async def tell_apart(encoder: ContextEncoder, given: Rewritten) -> Told:
    """What counts is the first draft and the last text; what is shown is the last step."""
    from personalization.swaps import agreement, certain

    agreed = await agreement(encoder, await asyncio.to_thread(_asked, given))
    told = await asyncio.to_thread(_told, given, agreed)
    exchanged = exchanges(given.edit.draft, told.difference)
    sure = await certain(encoder, [swap for _, swap in exchanged])
    for (at, _), is_sure in zip(exchanged, sure, strict=True):
        for span in told.difference[at : at + 2]:
            span["sure"] = is_sure
    return told


def _asked(given: Rewritten) -> set["Swap"]:
    from personalization.facts import swaps

    edit, around = given.edit, (given.passages, given.framing)
    return {*swaps(said(given.answer), said(edit.text), *around), *swaps(edit.draft, edit.text, *around)}


def _told(given: Rewritten, agreed: "Agreed") -> Told:
    from personalization.facts import split

    edit, first = given.edit, said(given.answer)
    whole = split(first, said(edit.text), given.passages, given.framing, agreed)
    step = split(edit.draft, edit.text, given.passages, given.framing, agreed)
    return Told(
        edit.written,
        whole.style_only,
        whole.style_only != first,
        [{"removed": change.removed, "added": change.added} for change in whole.facts],
        spans_of(edit.draft, edit.text, step.is_fact),
    )


def exchanges(draft: str, spans: Sequence[dict[str, Any]]) -> list[tuple[int, "Swap"]]:
    """Each claim that another one took the place of, with its place among the spans, in its sentence."""
    from personalization.claims import read
    from personalization.swaps import Swap

    found, at, sentences = [], 0, read(draft)
    for place, (span, following) in enumerate(pairwise(spans)):
        if span["change"] == "removed" and following["change"] == "added" and (span["fact"] or following["fact"]):
            end = at + len(span["text"])
            around = [one for one in sentences if one.start < end and one.end > at]
            left, right = (min(around[0].start, at), max(around[-1].end, end)) if around else (at, end)
            after = draft[left:at] + following["text"] + draft[end:right]
            found.append((place, Swap(span["text"].strip(), following["text"].strip(), draft[left:right], after)))
        at += len(span["text"]) if span["change"] != "added" else 0
    return found


def spans_of(draft: str, text: str, is_fact: Sequence[bool] = ()) -> list[dict[str, Any]]:
    """The difference of two texts as it is stored and shown."""
    from personalization.diff import difference

    spans = difference(draft, text)
    facts = is_fact or [False] * len(spans)
    return [{"change": one.change, "text": one.text, "fact": fact} for one, fact in zip(spans, facts, strict=True)]


def said(answer: str) -> str:
    """An answer without our own warning under it: who takes that out says nothing about style."""
    return answer.removesuffix(UNSUPPORTED).rstrip()


def habits(earlier: Sequence[Edit]) -> set[str]:
    """What the person added to several answers word for word belongs to none of them: it is how they write."""
    counts = Counter(change["added"] for edit in earlier for change in edit.facts if change["added"])
    return {added for added, times in counts.items() if times > 1}
