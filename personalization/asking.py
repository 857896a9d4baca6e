"""What is uncertain about a lesson: where it holds, or which of two wishes was meant. Knows no row and asks nobody."""

import re
from collections.abc import Sequence

from personalization.explanation import joined
from personalization.ports import ContextEdit, Transformation, Vectors
from personalization.proposals import copied, proposals
from personalization.replay import Replay

_UNLIKE = 0.3  # mean cosine of contexts below which a wish may hold for all of them, and for all others
_NEARLY = 0.8  # share of what one explanation saves from which on another is as good
_SURE = 3  # edits in like contexts, from which on there is nothing to ask
# Two wishes are told apart by what they do to this.
_ELSEWHERE = (
    "The hall doesn't open before 9, and it can't close at 10 [1]. Perhaps 40 guests come; Anna Weber greets them. "
    "However, they do not stay overnight (it is not allowed). The fee is 1,200 euros a year. Late guests pay more [2]."
)
_KINDS = {
    "e-mails": r"e-?mails?",
    "letters": r"letters?",
    "summaries": r"summar(?:y|ies|i[sz]e)|sum up",
    "reports": r"reports?",
    "messages": r"messages?|tweets?|posts?",
    "speeches": r"speech(?:es)?",
    "translations": r"translat(?:e|ions?)",
    "lists": r"lists?",
}


def kind_of(context: str) -> str | None:
    """The kind of text that a question asks for, as a person would say it."""
    return next((kind for kind, said in _KINDS.items() if re.search(rf"(?i)(?<!\w)(?:{said})(?!\w)", context)), None)


def is_open(contexts: Vectors) -> bool:
    """Whether edits in these contexts, shape (n, dimension), leave open if a wish holds everywhere or there alone."""
    count = len(contexts)
    if count < 2:
        return count == 1
    mean = (float((contexts @ contexts.T).sum()) - count) / (count * (count - 1))
    return mean < _UNLIKE or count < _SURE


def rival(new: ContextEdit, meant: Transformation, company: Sequence[Transformation] = ()) -> Transformation | None:
    """Another wish about the same thing that explains an edit as well as `meant` in its company, and would do something
    else elsewhere: all sentences, or the last one."""
    replay, others = Replay(), [one for one in company if one.key != meant.key]
    without = replay.cost(new, others)
    gain = without - replay.cost(new, [*others, meant])
    done = meant.apply(_ELSEWHERE)
    found = [
        (replay.cost(new, joined(others, one)), one)
        for one in proposals(new.written, new.edited)
        if _subject(one) == _subject(meant) and not copied(one, new.written) and one.apply(_ELSEWHERE) != done
    ]
    if not found or gain <= 0:
        return None
    cost, best = min(found, key=lambda one: one[0])
    # what saves more beside the other explains another part of the edit
    together = without - replay.cost(new, joined([*others, meant], best))
    return best if without - cost >= _NEARLY * gain and together <= gain / _NEARLY else None


def _subject(one: Transformation) -> str:
    return str(one.parameters.get("shape") or one.parameters.get("dimension"))
