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
from training.voices import drawn

_VERDICTS = {*HELPS, WITHDRAWN}
NO_PART = -1.0  # the worth of a passage of which nobody said anything, though it may well help

Row = tuple[str, str]  # who asked, and what
Rows = dict[Row, dict[str, float]]  # text of a passage -> worth
Opinions = dict[tuple[Row, str], float]

# A passage that is opened is worth something from this chance on; one that was seen and left is a negative: it has
# little chance because of what people did, not of where it stood. Of others nobody knows (docs/decisions/026).
_HELPS, _LEFT, _EVIDENCE = 0.5, 0.1, 0.2
_NEVER = 10  # turns without opening any source, after which somebody is taken not to look at them
# Clicks say something to others where people opened a passage who otherwise open what others open, too: so many of
# them, each with so many such clicks on other questions, and at least half of theirs there.
_OPENERS, _AGREED = 2, 3


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
        self._asked: dict[str, set[str]] = defaultdict(set)  # question -> who was shown something for it
        self._openers: dict[Pair, set[str]] = defaultdict(set)
        self._opened: dict[str, set[Pair]] = defaultdict(set)
        self._taught: dict[Pair, frozenset[str]] = {}
        for one in seen:
            self._asked[one.question].add(one.person)
            if one.opened:
                self._openers[one.question, one.passage].add(one.person)
                self._opened[one.person].add((one.question, one.passage))
        self._cited = {
            (question_key(question_of(turn)), text_of(shown))
            for turn in log
            for shown in documents_shown(turn)
            if shown.get("cited")
        }

    def worth(self, person: str, pair: Pair) -> float | None:
        """None where clicks say nothing: a few people's are no evidence for all, and whoever reads an answer has no
        need to open what it cites."""
        if self._judged is None or pair not in self._judged.helps:
            return None
        chance, is_opener = self._judged.helps[pair], person in self._openers[pair]
        if chance >= _HELPS:
            return chance if is_opener or person in self._gains(pair) else None
        left = chance <= _LEFT and self._judged.evidence[pair] <= _EVIDENCE and not is_opener
        return 0.0 if left and pair not in self._cited else None

    def _gains(self, pair: Pair) -> frozenset[str]:
        """In whose rows a passage counts that others opened: of no more people than opened it and are in accord with
        the rest, so that accounts that open a passage together move it for at most as many others as they are."""
        if pair not in self._taught:
            openers = self._openers[pair]
            opened = {one for person in openers for one in self._opened[person]}
            vouched = {one for one in opened if not self._openers[one] <= openers}  # once for all openers
            count = sum(self._is_in_accord(one, pair[0], vouched) for one in openers)
            others = sorted(self._asked[pair[0]] - openers, key=lambda one: drawn(f"{one} {pair[0]}"))
            self._taught[pair] = frozenset(others[:count] if count >= _OPENERS else ())
        return self._taught[pair]

    def _is_in_accord(self, person: str, question: str, vouched: AbstractSet[Pair]) -> bool:
        """Whether people who did not open this pair open what this person opens for other questions: who opened it,
        too, vouches for nobody."""
        elsewhere = [one for one in self._opened[person] if one[0] != question]
        return sum(one in vouched for one in elsewhere) >= max(_AGREED, len(elsewhere) / 2)


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
