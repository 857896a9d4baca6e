"""What a changed claim says about the source it was cited to. Pure: makes rows, writes none."""

import re
import uuid
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from agents.citations import cited
from app.models import Exposure, Feedback, UtilityLabel
from app.models_preferences import Edit
from retrieval.words import content_stems, sentences

WHOLESALE = 0.5  # normalised cost from which on an edit is another text, and no correction of this one
_FEW = 6  # words
_WORD = re.compile(r"\w+")
_SPELLING = 0.75  # likeness from which two words with the same first letter are one: metres, meters
_WITHOUT_MARKERS = re.compile(r"\s*\[[0-9]+\]")
_MARKERS_BEHIND = re.compile(r"(?:\s*\[[0-9]+\])*")


def corrections(
    edit: Edit, shown: Sequence[Exposure], spans: Sequence[dict[str, Any]]
) -> tuple[list[Feedback], list[UtilityLabel]]:
    """Of every source of a claim that was replaced: an event that says so, and whether its passage helps to answer.

    A passage that says what the person wrote and not what they took out was right, and the model misread it.
    A claim that was only taken out says nothing about its source: it may be right and not wanted. Neither does a text
    that was written anew, or translated: only a few words put for a few others correct them, and only where it is sure
    that they are not other words for the same.
    """
    if edit.cost_normalised > WHOLESALE:
        return [], []
    cited_by = {exposure.marker: exposure for exposure in shown if exposure.marker}
    feedback: dict[str, Feedback] = {}
    labels: dict[str, UtilityLabel] = {}
    for removed, added, at in _replaced(spans):
        for marker in markers_at(edit.draft, at):
            if (source := cited_by.get(marker)) is None:
                continue
            right = _says(source.text, added) and not _says(source.text, removed)
            event, label = (str(uuid.uuid5(uuid.UUID(edit.id), f"{kind} {source.id}")) for kind in ("event", "label"))
            feedback[event] = Feedback(
                id=event,
                person_id=edit.person_id,
                turn_id=edit.turn_id,
                exposure_id=source.id,
                kind="source_misread" if right else "source_wrong",
                value={"edit_id": edit.id, "removed": removed, "added": added},
            )
            labels[label] = UtilityLabel(
                id=label,
                exposure_id=source.id,
                question=edit.context,
                passage_id=source.passage_id,
                utility=float(right),
                method="edit",
                model_version="person",
            )
    return list(feedback.values()), list(labels.values())


def _replaced(spans: Sequence[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """(removed, added, where in the draft) of each claim that another one took the place of."""
    found, at = [], 0
    for span, following in pairwise([*spans, {"change": "same", "text": "", "fact": False}]):
        if span["change"] == "removed" and following["change"] == "added" and (span["fact"] or following["fact"]):
            removed, added = span["text"].strip(), following["text"].strip()
            if span.get("sure", True) and _corrects(removed, added):
                found.append((removed, added, at))
        at += len(span["text"]) if span["change"] != "added" else 0
    return found


def _corrects(removed: str, added: str) -> bool:
    """Whether a few words that say something took the place of a few others, and not another spelling of them."""
    if not all(content_stems(text) and len(_WORD.findall(text)) <= _FEW for text in (removed, added)):
        return False
    if any(map(str.isdigit, removed + added)):
        return _WITHOUT_MARKERS.sub("", removed) != _WITHOUT_MARKERS.sub("", added)
    return removed[0] != added[0] or SequenceMatcher(None, removed, added).ratio() < _SPELLING


def markers_at(draft: str, at: int) -> tuple[int, ...]:
    """The markers of the sentence that holds this place, those behind its full stop too."""
    done = 0  # markers that begin a sentence belong to the one before
    for start, end in sentences(draft):
        behind = _MARKERS_BEHIND.match(draft, end)
        until = behind.end() if behind else end
        if at < until:
            return cited(draft[max(start, done) : until])
        done = until
    return ()


def _says(passage: str, claim: str) -> bool:
    said = set(content_stems(claim))
    return bool(said) and said <= set(content_stems(passage))
