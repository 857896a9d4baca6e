"""What a changed claim says about the source it was cited to. Pure: makes rows, writes none."""

import re
import uuid
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from agents.citations import cited
from app.models import Exposure, Feedback, UtilityLabel
from app.models_preferences import Edit
from retrieval.words import content_stems, sentences

_MARKERS_BEHIND = re.compile(r"(?:\s*\[[0-9]+\])*")


def corrections(
    edit: Edit, shown: Sequence[Exposure], spans: Sequence[dict[str, Any]]
) -> tuple[list[Feedback], list[UtilityLabel]]:
    """Of every source of a claim that was replaced: an event that says so, and whether its passage helps to answer.

    A passage that says what the person wrote and not what they took out was right, and the model misread it.
    A claim that was only taken out says nothing about its source: it may be right and not wanted.
    """
    cited_by = {exposure.marker: exposure for exposure in shown if exposure.marker}
    feedback: dict[str, Feedback] = {}
    labels: dict[str, UtilityLabel] = {}
    for removed, added, at in _replaced(spans):
        for marker in _markers_at(edit.draft, at):
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
            found.append((span["text"].strip(), following["text"].strip(), at))
        at += len(span["text"]) if span["change"] != "added" else 0
    return found


def _markers_at(draft: str, at: int) -> tuple[int, ...]:
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
