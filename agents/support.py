"""Checks each sentence of an answer against the passages it cites, by a verifier. Knows no graph, prompt or model.

A sentence that its passages do not support is cited to one that does, or loses its markers: a marker says "you can read
it there", and one that says so wrongly is worse than none. A sentence without markers gets one where a passage supports
it. A figure that a passage does not have is not supported by it, whatever the verifier says. Words are never taken out
or added; docs/decisions/011 says why, and how the thresholds were chosen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.citations import cited, without_markers
from agents.figures import figures_missing
from retrieval.ports import Verifier
from retrieval.words import content_stems, sentences

DOUBTED = 0.3  # support below which a marker that the model wrote goes
SURE = 0.6  # support from which a marker is set that the model did not write
_CANDIDATES = 2  # other passages that are asked about one sentence: those that share most words with it
_SAYS_LITTLE = 4  # new stems; with fewer, the sentence is read together with the question that it answers
_LEADING = re.compile(r"^(?:\s*\[[0-9]+\])+")
_CLOSING = '.!?。！？"”’)'


@dataclass(frozen=True)
class Checked:
    """An answer whose markers were checked."""

    answer: str
    added: frozenset[int] = frozenset()  # markers that stand nowhere by the model's own word
    unsupported: int = 0  # sentences that lost their markers


@dataclass(frozen=True)
class _Sentence:
    start: int
    end: int
    text: str  # without markers
    markers: tuple[int, ...]


async def checked(answer: str, question: str, passages: Sequence[str], verifier: Verifier) -> Checked:
    """`answer`, whose markers are [n] for passages[n - 1], with the markers that the verifier stands by."""
    said = [one for one in _sentences(answer) if content_stems(one.text)]
    claims = [_claim(one.text, question) for one in said]
    stems = [frozenset(content_stems(passage)) for passage in passages]
    joined = ["\n\n".join(passages[n - 1] for n in one.markers) for one in said]
    cited_at = [place for place, one in enumerate(said) if one.markers]
    own_texts = [_Reading(said[i].text, claims[i], joined[i]) for i in cited_at]
    held = dict(zip(cited_at, await _support(verifier, question, own_texts), strict=True))
    asked = [
        (i, n)
        for i in range(len(said))
        if held.get(i, 0.0) < DOUBTED
        for n in _nearest(claims[i], stems)
        if (n,) != said[i].markers
    ]
    others = [_Reading(said[i].text, claims[i], passages[n - 1]) for i, n in asked]
    found = await _support(verifier, question, others)
    best: dict[int, tuple[float, int]] = {}
    for (i, n), support in zip(asked, found, strict=True):
        if support >= SURE:
            best[i] = max(best.get(i, (0.0, 0)), (support, n), key=lambda pair: pair[0])
    own = {n for i in cited_at if held[i] >= DOUBTED for n in said[i].markers}
    changed = {i: (n,) for i, (_, n) in best.items()} | {i: () for i in cited_at if held[i] < DOUBTED and i not in best}
    text = _with_markers(answer, [(said[i], markers) for i, markers in sorted(changed.items())])
    return Checked(text, frozenset(cited(text)) - own, sum(not markers for markers in changed.values()))


@dataclass(frozen=True)
class _Reading:
    """A sentence and what is asked about it: can it be read in this text?"""

    sentence: str
    claim: str
    text: str


async def _support(verifier: Verifier, question: str, asked: Sequence[_Reading]) -> list[float]:
    """Support of each sentence by its text, in [0, 1]; none where the text lacks a figure of the sentence."""
    judged = await verifier.support([(one.claim, one.text) for one in asked])
    return [
        0.0 if figures_missing(one.sentence, one.text, question) else support
        for one, support in zip(asked, judged, strict=True)
    ]


def _claim(text: str, question: str) -> str:
    """What is asked about: a fragment such as "Four weeks." means nothing without its question."""
    new = set(content_stems(text)) - set(content_stems(question))
    return text if len(new) >= _SAYS_LITTLE or not question else f"{question} {text}"


def _nearest(claim: str, stems: Sequence[frozenset[str]]) -> list[int]:
    wanted = frozenset(content_stems(claim))
    order = sorted(range(len(stems)), key=lambda place: (-len(wanted & stems[place]), place))
    return [place + 1 for place in order[:_CANDIDATES] if wanted & stems[place]]


def _sentences(answer: str) -> list[_Sentence]:
    """Sentences with their markers, those behind the full stop too."""
    spans = sentences(answer)
    found = []
    for place, (first, last) in enumerate(spans):
        start = first + (_leading(answer[first:last]) if place else 0)
        after, until = spans[place + 1] if place + 1 < len(spans) else (last, last)
        end = after + own if (own := _leading(answer[after:until])) else last
        if start < end:
            piece = answer[start:end]
            found.append(_Sentence(start, end, without_markers(piece).strip(), cited(piece)))
    return found


def _leading(piece: str) -> int:
    match = _LEADING.match(piece)
    return match.end() if match else 0


def _with_markers(answer: str, changes: Sequence[tuple[_Sentence, tuple[int, ...]]]) -> str:
    pieces, done = [], 0
    for sentence, markers in changes:
        bare = without_markers(answer[sentence.start : sentence.end])
        body = bare.rstrip() if markers else bare
        core = body.rstrip(_CLOSING) if markers else body
        shown = "".join(f"[{n}]" for n in markers)
        pieces += [answer[done : sentence.start], core, f" {shown}" if shown else "", body[len(core) :]]
        done = sentence.end
    return "".join(pieces) + answer[done:]
