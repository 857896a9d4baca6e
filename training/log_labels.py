"""What people said and did about passages they were shown, as the worth of each for its question. Knows no model."""

from collections import Counter, defaultdict
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
from training.clicks import Impression, Pair, judge

_VERDICTS = {*HELPS, WITHDRAWN}
NO_PART = -1.0  # the worth of a passage of which nobody said anything, though it may well help

Row = tuple[str, str]  # who asked, and what
Rows = dict[Row, dict[str, float]]  # text of a passage -> worth
Opinions = dict[tuple[Row, str], float]

# A passage that is opened is worth something from this chance on; one that was seen and left is a negative: it has
# little chance because of what people did, not of where it stood. Of others nobody knows (docs/decisions/026).
_HELPS, _LEFT, _EVIDENCE = 0.5, 0.1, 0.2
_NEVER = 10  # turns without opening any source, after which somebody is taken not to look at them
_OPENERS = 2  # people who opened a passage, before their clicks say anything to others


def worths(export: Path) -> Rows:
    """By person and question, the worth of each passage that was shown: what an operator said, who saw that others
    disagreed, else what the person said of it, else of a sentence that cites it, else what people did, else what a
    language model said.

    Raises DataError."""
    rows: Rows = {}
    log = list(turns(export))
    ruled, guessed = _labelled(log, frozenset({OPERATOR})), _labelled(log, frozenset(get_args(Method)))
    said, marked, clicks = _verdicts(log), _marks(log), _Clicks(log)
    for turn in log:
        row = _row(turn)
        found = rows.setdefault(row, {})
        for shown in documents_shown(turn):
            if not (text := text_of(shown)):  # its person may not read it any more: it was shown, and teaches nothing
                continue
            pair = question_key(row[1]), text
            opinions = (ruled.get(pair), said.get((row, text)), marked.get((row, text)), clicks.worth(row[0], pair))
            spoken = next((one for one in opinions if one is not None), None)
            found[text] = worth_of_label(guessed.get(pair, NO_PART)) if spoken is None else spoken
    return rows


class _Clicks:
    """What people did with the sources of a log, read all together."""

    def __init__(self, log: Sequence[dict[str, Any]]) -> None:
        seen = list(impressions(log))
        self._judged = judge(seen)
        self._openers: dict[Pair, set[str]] = defaultdict(set)
        for one in seen:
            if one.opened:
                self._openers[one.question, one.passage].add(one.person)
        self._cited = {
            (question_key(question_of(turn)), text_of(shown))
            for turn in log
            for shown in documents_shown(turn)
            if shown.get("cited")
        }

    def worth(self, person: str, pair: Pair) -> float | None:
        """None where clicks say nothing: one person's are no evidence for others, and whoever reads an answer has no
        need to open what it cites."""
        if self._judged is None or pair not in self._judged.helps:
            return None
        chance, openers = self._judged.helps[pair], self._openers[pair]
        if chance >= _HELPS:
            return chance if person in openers or len(openers) >= _OPENERS else None
        left = chance <= _LEFT and self._judged.evidence[pair] <= _EVIDENCE
        return 0.0 if left and pair not in self._cited else None


def worth_of_label(utility: float) -> float:
    """What a label of a model teaches: a passage of some utility is neither clearly good nor a fair negative."""
    return utility if utility >= 0.5 or utility == 0 else NO_PART


def _row(turn: dict[str, Any]) -> Row:
    return str(turn["person_id"]), question_of(turn)


def _verdicts(log: Sequence[dict[str, Any]]) -> Opinions:
    """What a person said of a source, whenever they asked the same; the last word counts, also that it is withdrawn."""
    found: Opinions = {}
    for turn in log:
        last = {event["exposure_id"]: event["kind"] for event in turn["feedback"] if event["kind"] in _VERDICTS}
        for shown in documents_shown(turn):
            kind, place = last.get(shown["exposure_id"]), (_row(turn), text_of(shown))
            if kind == WITHDRAWN:
                found.pop(place, None)
            elif kind is not None:
                found[place] = float(HELPS[kind])
    return found


def _marks(log: Sequence[dict[str, Any]]) -> Opinions:
    """What a person said of sentences, as the worth of the sources that they cite."""
    found: Opinions = {}
    for turn in log:
        marked = of_sources((event["kind"], event.get("value") or {}) for event in turn["feedback"])
        for shown in documents_shown(turn):
            if shown["exposure_id"] in marked:
                found[_row(turn), text_of(shown)] = float(marked[shown["exposure_id"]])
    return found


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
    """Every passage that was shown, at its place in the list: those that the answer read first, as the page has it.

    Of people who never look at sources there is none: through the API, say, nothing can be opened."""
    blind = _never_looking(log)
    times = [datetime.fromisoformat(turn["created_at"]) for turn in log]
    newest = max(times, default=None)
    for turn, time in zip(log, times, strict=True):
        days_ago = ((newest or time) - time).total_seconds() / 86_400
        opened = {event["exposure_id"] for event in turn["feedback"] if event["kind"] in OPENED}
        asked, person = question_key(question_of(turn)), str(turn["person_id"])
        if person in blind:
            continue
        for place, shown in enumerate(sorted(documents_shown(turn), key=_place), start=1):
            if text := text_of(shown):
                yield Impression(asked, text, place, shown["exposure_id"] in opened, person, days_ago)


def _never_looking(log: Sequence[dict[str, Any]]) -> set[str]:
    asked = Counter(str(turn["person_id"]) for turn in log)
    opened = {str(turn["person_id"]) for turn in log if any(event["kind"] in OPENED for event in turn["feedback"])}
    return {person for person, count in asked.items() if count >= _NEVER and person not in opened}


def text_of(shown: Mapping[str, Any]) -> str:
    """A passage as it is searched: its title and its text."""
    return f"{shown['title']}\n{shown['text']}".strip()


def _place(shown: Mapping[str, Any]) -> tuple[float, int]:
    marker = shown.get("marker")
    return (float("inf") if marker is None else marker, shown["rank"])
