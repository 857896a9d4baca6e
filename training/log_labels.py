"""What people said and did about passages they were shown, as the worth of each for its question. Knows no model."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from app.feedback import HELPS, OPENED, WITHDRAWN
from app.marks import of_sources
from app.same_question import question_key
from app.schemas_training import Method
from app.training_runs_labels import OPERATOR
from training.annotation_sources import documents_shown, question_of, turns
from training.clicks import Impression, Judged, Pair, judge

NO_PART = -1.0  # the worth of a passage of which nobody said anything, though it may well help

Rows = dict[tuple[str, str], dict[str, float]]  # (who says so, question) -> text of a passage -> worth

# What a person said of a source, the last word counting. Other events say nothing of a single passage.
_SAID: Mapping[str, float] = {kind: float(helps) for kind, helps in HELPS.items()} | {WITHDRAWN: NO_PART}
# A passage that is opened is worth something from this chance on; one that was seen and left is a negative: it has
# little chance because of what people did, not of where it stood. Of others nobody knows (docs/decisions/026).
_HELPS, _LEFT, _EVIDENCE = 0.5, 0.1, 0.2


def worths(export: Path) -> Rows:
    """By person and question, the worth of each passage that was shown: what an operator said, who saw that others
    disagreed, else what the person said of it, else of a sentence that cites it, else what people did, else what a
    language model said.

    Raises DataError."""
    rows: Rows = {}
    log = list(turns(export))
    judged = judge(list(impressions(log)))
    ruled = _labelled(log, frozenset({OPERATOR}))
    guessed = _labelled(log, frozenset(get_args(Method)))
    for turn in log:
        last = {event["exposure_id"]: event["kind"] for event in turn["feedback"] if event["kind"] in _SAID}
        said = {exposure: _SAID[kind] for exposure, kind in last.items() if kind != WITHDRAWN}
        marked = of_sources((event["kind"], event.get("value") or {}) for event in turn["feedback"])
        found, asked = rows.setdefault((str(turn["person_id"]), question_of(turn)), {}), question_key(question_of(turn))
        for shown in documents_shown(turn):
            if not (text := text_of(shown)):  # its person may not read it any more: it was shown, and teaches nothing
                continue
            if (worth := ruled.get((asked, text))) is not None:
                found[text] = worth
            elif shown["exposure_id"] in said:
                found[text] = said[shown["exposure_id"]]
            elif shown["exposure_id"] in marked:
                found[text] = float(marked[shown["exposure_id"]])
            else:  # what was said when the same was asked before still holds
                done = _worth(judged, (asked, text))
                found.setdefault(text, worth_of_label(guessed.get((asked, text), NO_PART)) if done == NO_PART else done)
    return rows


def worth_of_label(utility: float) -> float:
    """What a label of a model teaches: a passage of some utility is neither clearly good nor a fair negative."""
    return utility if utility >= 0.5 or utility == 0 else NO_PART


def _labelled(log: Sequence[dict[str, Any]], methods: AbstractSet[str]) -> dict[tuple[str, str], float]:
    """What was said by these methods of a question and a text, whoever asked; the last word counting."""
    said = [
        (label.get("created_at", ""), question_key(question_of(turn)), text_of(shown), float(label["utility"]))
        for turn in log
        for shown in documents_shown(turn)
        for label in shown.get("labels", ())
        if label["method"] in methods
    ]
    return {(asked, text): utility for _, asked, text, utility in sorted(said, key=lambda one: one[0])}


def impressions(log: Sequence[dict[str, Any]]) -> Iterator[Impression]:
    """Every passage that was shown, at its place in the list: those that the answer read first, as the page has it."""
    times = [datetime.fromisoformat(turn["created_at"]) for turn in log]
    newest = max(times, default=None)
    for turn, time in zip(log, times, strict=True):
        days_ago = ((newest or time) - time).total_seconds() / 86_400
        opened = {event["exposure_id"] for event in turn["feedback"] if event["kind"] in OPENED}
        asked, person = question_key(question_of(turn)), str(turn["person_id"])
        for place, shown in enumerate(sorted(documents_shown(turn), key=_place), start=1):
            if text := text_of(shown):
                yield Impression(asked, text, place, shown["exposure_id"] in opened, person, days_ago)


def text_of(shown: Mapping[str, Any]) -> str:
    """A passage as it is searched: its title and its text."""
    return f"{shown['title']}\n{shown['text']}".strip()


def _place(shown: Mapping[str, Any]) -> tuple[float, int]:
    marker = shown.get("marker")
    return (float("inf") if marker is None else marker, shown["rank"])


def _worth(judged: Judged | None, pair: Pair) -> float:
    if judged is None or pair not in judged.helps:
        return NO_PART
    chance = judged.helps[pair]
    if chance >= _HELPS:
        return chance
    return 0.0 if chance <= _LEFT and judged.evidence[pair] <= _EVIDENCE else NO_PART
