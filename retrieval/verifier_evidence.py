"""What a claim has to do with its evidence by words: the sentences that matter, and cheap signs. Knows no model."""

import re
from collections.abc import Sequence
from itertools import pairwise

from retrieval.words import content_stems, sentences

ROOM = 170  # words of evidence that are read for one claim; with the tokens of names and numbers they fit the window
SIGNS = ("stems", "pairs of stems", "stems in one sentence", "numbers", "names")
_MARKER = re.compile(r"\s*\[\d+\](?=[\s.,;:!?\[<]|$)|</s>")
_NAME = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][\w'’-]+")


def plain(text: str) -> str:
    """The text without citation markers, on one line for each of its own."""
    return _MARKER.sub("", text).strip()


def gathered(claim: str, evidence: str, room: int = ROOM) -> str:
    """The sentences of `evidence`, in their order, that share most with `claim`, no more than `room` words of them.

    First those that together hold as many of the claim's stems as possible, then those that each hold most. An evidence
    that fits comes back as it is.
    """
    if len(evidence.split()) <= room:
        return evidence
    parts = [evidence[start:end] for start, end in sentences(evidence)]
    sizes = [len(part.split()) for part in parts]
    wanted = frozenset(content_stems(claim))
    shared = [wanted & frozenset(content_stems(part)) for part in parts]
    chosen: list[int] = []
    missing = wanted
    while len(chosen) < len(parts):
        best = max(
            (i for i in range(len(parts)) if i not in chosen),
            key=lambda i: (len(missing & shared[i]), len(shared[i]) / (5 + sizes[i]), -i),
        )
        if sum(sizes[i] for i in (*chosen, best)) > room:
            break
        chosen.append(best)
        missing = missing - shared[best]
    # One endless "sentence", as tables are: its beginning is all that can be read.
    return " ".join(parts[i] for i in sorted(chosen)) or " ".join(evidence.split()[:room])


def signs(claim: str, evidence: str) -> list[float]:
    """The SIGNS, each in [0, 1]: shares of the claim's stems, pairs, numbers and names that the evidence has."""
    said, there = content_stems(claim), content_stems(evidence)
    wanted, known = frozenset(said), frozenset(there)
    own = [wanted & frozenset(content_stems(evidence[start:end])) for start, end in sentences(evidence)]
    numbers = [stem for stem in wanted if stem[0].isdigit()]
    names = {stem for name in _NAME.findall(claim) for stem in content_stems(name)}
    return [
        _share(wanted, known),
        _share(list(pairwise(said)), set(pairwise(there))),
        max((len(one) for one in own), default=0) / max(1, len(wanted)),
        _share(numbers, known),
        _share(names, known),
    ]


def _share(wanted: Sequence[object] | frozenset[str] | set[str], known: object) -> float:
    return sum(one in known for one in wanted) / len(wanted) if wanted else 1.0  # type: ignore[operator]  # sets
