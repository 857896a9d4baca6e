"""What is said when the documents do not answer or not support, and how a model's refusal is recognised. Pure texts."""

import re
from collections.abc import Sequence

from agents.events import AbstainReason
from retrieval.types import Hit

# The form that the prompt asks for; the expression below knows its usual variations.
STATED = "The documents do not answer this question."

# Said under an answer that cites nothing. The person has read the stream by then: taking the text back would protect
# nobody, a word of caution may.
UNSUPPORTED = "(I found no passage in your documents that supports this answer: check it before you rely on it.)"

_DECLINES = re.compile(
    r"^\W*(?:(?:i'?m|i am) (?:sorry|afraid)\W+(?:but )?)?(?:unfortunately\W+)?(?:based on [^.,]{0,60}, )?"
    r"(?:(?:the|these|those|your|none of the|no) (?:provided |given |available )?(?:documents?|passages?|text|context"
    r"|sources?|information)(?: (?:provided|given|above|you (?:provided|gave)))?"
    r" (?:(?:do|does|did) ?n[o']t|cannot|lacks?|answers?)\b"
    r"|(?:i )?(?:can ?not|can't|could not|couldn't|am unable to|was unable to) (?:find|answer|determine)\b"
    r"|there is (?:no|not enough) (?:information|answer)\b)",
    re.IGNORECASE,
)
_NEAREST = 3

_SAID: dict[AbstainReason, str] = {
    "no_documents": "There are no documents here that I could answer from yet. Add some (upload them, or run "
    "`attune ingest PATH`), then ask again.",
    "nothing_useful": "I could not find an answer to this in your documents, so I will not guess.",
    "model_declined": "I read the passages that came closest, but they do not answer this, so I will not guess.",
    "nothing_remembered": "I found nothing about this in our earlier conversations, so I will not guess.",
    "rules_leave_nothing": "None of your documents may be used for this, so I searched nothing.",
    "empty_answer": "The model wrote no answer to this. Ask again in other words, or choose another model.",
}


def declines(draft: str) -> bool:
    """Whether the model itself says that the passages do not answer."""
    return bool(_DECLINES.search(draft.replace("’", "'")))


def explain(reason: AbstainReason, hits: Sequence[Hit], rules: Sequence[str] = ()) -> str:
    """The sentence for the person, with the rules of theirs that narrowed the search and the closest passages."""
    said = _SAID[reason]
    if rules:
        kept = " and ".join(f"“{rule}”" for rule in rules)
        said += f" I keep to what you told me: {kept}. You can switch that off on the page About me."
    places = dict.fromkeys(place(hit) for hit in hits)
    if not places:
        return said
    nearest = "\n".join(f"- {where}" for where in list(places)[:_NEAREST])
    return f"{said} The closest passages are in:\n{nearest}"


def place(hit: Hit) -> str:
    """Document and page of a hit, or its heading where the format has no pages."""
    passage = hit.passage
    where = f"page {passage.page}" if passage.page is not None else passage.heading
    return f"{passage.title}, {where}" if where else passage.title
