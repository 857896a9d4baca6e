"""Which sentences of a passage an answer rests on, by their words. Pure; knows no table and no model.

The claim that carries a marker is compared with each sentence of the passage it names: those that hold most of what
the claim says are the used ones. It sees words, not meaning, as agents/attribution.py does.
"""

import re
from collections.abc import Iterable, Iterator

from agents.citations import cited, without_markers
from app.schemas import TurnPublic
from retrieval.words import content_stems, sentences

_LEADING = re.compile(r"(?:\s*\[[0-9]+\])+")
_MORE = 2  # stems that a sentence must hold, and a further one add
_MOST = 2  # sentences of a passage for one claim


def with_used(turn: TurnPublic) -> TurnPublic:
    """The turn with the used sentences of each cited exposure. A millisecond each, so not for whole conversations."""
    said = _claims(turn.answer) if turn.citations else {}
    exposures = [
        exposure.model_copy(update={"used": used_in(exposure.text, said[exposure.marker])})
        if exposure.cited and exposure.marker in said
        else exposure
        for exposure in turn.exposures
    ]
    return turn.model_copy(update={"exposures": exposures})


def used_in(passage: str, said: Iterable[frozenset[str]]) -> list[tuple[int, int]]:
    """Where in `passage` the sentences stand that hold what `said` says, in order and apart."""
    spans = sentences(passage)
    stems = [frozenset(content_stems(passage[start:end])) for start, end in spans]
    return [spans[place] for place in sorted({place for claim in said for place in _holding(claim, stems)})]


def _claims(answer: str) -> dict[int, list[frozenset[str]]]:
    """By marker, the stems of each sentence that carries it; one behind the full stop belongs to the one before it."""
    found: dict[int, list[frozenset[str]]] = {}
    for claim, markers in _marked(answer):
        for marker in markers:
            found.setdefault(marker, []).append(claim)
    return found


def _marked(answer: str) -> Iterator[tuple[frozenset[str], tuple[int, ...]]]:
    before: frozenset[str] = frozenset()
    for start, end in sentences(answer):
        piece = answer[start:end]
        leading = _LEADING.match(piece)
        if leading:
            yield before, cited(leading.group())
            piece = piece[leading.end() :]
        before = frozenset(content_stems(without_markers(piece))) or before
        yield before, cited(piece)


def _holding(claim: frozenset[str], stems: list[frozenset[str]]) -> list[int]:
    """The places of the sentences that together hold most of the claim; none where none holds anything of it."""
    missing, chosen = claim, list[int]()
    while missing and len(chosen) < _MOST:
        best = max(range(len(stems)), key=lambda place: (len(missing & stems[place]), -place), default=None)
        # One shared word, a name say, shows nothing; a claim of one word can share no more.
        if best is None or len(missing & stems[best]) < min(_MORE, len(claim)):
            break
        chosen.append(best)
        missing = missing - stems[best]
    return chosen
