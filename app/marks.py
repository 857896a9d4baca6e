"""Pieces of an answer that its person marked: what they hold, which still stand, what they say of sources. Pure.

Places are those of the answer as the model gave it: whoever rewrites an answer says more with that.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from agents.citations import without_markers
from app.corrections import markers_at
from app.models import Exposure, Turn
from app.problems import Problem
from app.schemas_feedback import MarkedSpan, Span
from app.used_sentences import used_in
from retrieval.words import content_stems, sentences

_LEADING = re.compile(r"(?:\[[0-9]+\]\s*)+")
MARKS: Mapping[str, Literal["good", "wrong"] | None] = {
    "span_good": "good",
    "span_wrong": "wrong",
    "span_cleared": None,
}


def marked(turn: Turn, shown: Sequence[Exposure], kind: str, span: Span) -> dict[str, Any]:
    """What an event of this kind holds: the place, its text, and the sources that it is about. Raises Problem 409 where
    the answer is not the model's any more, and 422 for a place that is not in it."""
    if turn.edited_answer is not None:
        raise Problem(409, "the answer was rewritten, which says more than a mark: mark pieces of what the model wrote")
    if span.end > len(turn.answer):
        detail = f"the span ends at {span.end}, and the answer has {len(turn.answer)} letters: count code points"
        raise Problem(422, detail)
    by_marker = {exposure.marker: exposure for exposure in shown if exposure.marker is not None}
    sources = dict[str, None]()
    for begin, end in sentences(turn.answer):
        start = _behind_markers(turn.answer, begin)
        if start < end and start < span.end and span.start < end:
            claim = frozenset(content_stems(without_markers(turn.answer[start:end])))
            cited = [by_marker[one] for one in markers_at(turn.answer, start) if one in by_marker]
            sources |= {one.id: None for one in cited if kind != "span_wrong" or used_in(one.text, [claim])}
    return {**span.model_dump(), "text": turn.answer[span.start : span.end], "sources": list(sources)}


def _behind_markers(answer: str, start: int) -> int:
    """Where a sentence begins to say something: markers before that are of the one before it."""
    found = _LEADING.match(answer, start)
    return found.end() if found else start


def span_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a mark holds, the span that its person gave."""
    return {name: value[name] for name in Span.model_fields}


def mark_public(kind: str, value: Mapping[str, Any]) -> MarkedSpan | None:
    """The mark of an event; None of an event that is none."""
    return MarkedSpan(**value, mark=MARKS[kind]) if kind in MARKS else None


def standing(events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[MarkedSpan]:
    """The last word on each span, in the order of the text; `events` are (kind, value) of one turn, oldest first."""
    last = {(value["start"], value["end"]): (kind, value) for kind, value in events if kind in MARKS}
    found = [cast(MarkedSpan, mark_public(*last[place])) for place in sorted(last)]
    return [one for one in found if one.mark is not None]


def of_sources(events: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, bool]:
    """By exposure, whether it helped, as far as marks tell; a source of both good and wrong pieces is left out."""
    said: dict[str, set[bool]] = {}
    for one in standing(events):
        for source in one.sources:
            said.setdefault(source, set()).add(one.mark == "good")
    return {source: helps.pop() for source, helps in said.items() if len(helps) == 1}
