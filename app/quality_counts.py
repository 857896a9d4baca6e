"""What is counted of turns: figures that add up over hours, days and months. Pure; knows neither SQL nor intervals."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.feedback import NEXT_MESSAGE, OPENED, VERDICTS, VOTES
from app.quality_intervals import duration_bin

What = Literal["all", "versions", "documents"]
WHATS: tuple[What, ...] = ("all", "versions", "documents")
Figures = dict[str, Counter[str]]  # group -> name -> count; of `all` the one group is ""

CORRECTED = "source_wrong"  # what an edit says of a source
LATENCY = "ms "  # before the number of a bin of durations


@dataclass(frozen=True)
class Shown:
    """A passage that was shown: its id, what it is of, and what the answer did with it."""

    id: str
    source: str  # the document's id, or `fact` or `conversation`
    selected: bool
    cited: bool


@dataclass(frozen=True)
class Event:
    """An event on a turn, or on one of its exposures; `value` is JSON, of next messages only."""

    exposure_id: str | None
    kind: str
    value: str | None = None


@dataclass(frozen=True)
class Asked:
    """A turn that has ended, with all that is counted of it; events are oldest first."""

    state: str
    abstained: bool
    written: bool  # whether a model wrote something
    versions: Mapping[str, Any]
    timings: Mapping[str, float]
    cost: float | None = None  # what was changed of its answer; None: nothing
    events: Sequence[Event] = ()
    shown: Sequence[Shown] = ()
    is_question: bool = True  # False: another answer to a question that was counted with an earlier one


def count(turns: Iterable[Asked]) -> dict[What, Figures]:
    """The figures of these turns: of all, by version of each model, by source of what was shown."""
    found: dict[What, Figures] = {"all": {}, "versions": {}, "documents": {}}
    for turn in turns:
        counts = _counts(turn)
        groups = [f"{kind} {version}" for kind, version in turn.versions.items() if isinstance(version, str)]
        add(found["all"], {"": counts})
        add(found["versions"], dict.fromkeys(groups, counts))
        for shown in turn.shown:
            add(found["documents"], {shown.source: _of_source(shown, turn.events)})
    return found


def add(total: Figures, more: Mapping[str, Mapping[str, float]]) -> None:
    """Count `more` in."""
    for group, counts in more.items():
        held = total.get(group)
        if held is None:
            held = total[group] = Counter()
        for name, number in counts.items():
            held[name] += number  # type: ignore[assignment]  # counts of next messages and of costs are no integers


def _counts(turn: Asked) -> Counter[str]:
    counts: Counter[str] = Counter(turns=1, questions=int(turn.is_question))
    if turn.state == "complete":
        counts.update(complete=1, abstained=int(turn.abstained))
        counts[f"{LATENCY}{duration_bin(_milliseconds(turn.timings))}"] += 1
    if turn.state == "complete" and turn.written and not turn.abstained:
        cost = turn.cost or 0.0
        add({"": counts}, {"": {"answers": 1, "edited": int(turn.cost is not None), "cost": cost, "cost²": cost**2}})
    votes = [event.kind for event in turn.events if event.exposure_id is None and event.kind in VOTES]
    if votes and (vote := VOTES[votes[-1]]):
        counts[vote] += 1
    for event in turn.events:
        if event.kind == NEXT_MESSAGE and event.value:
            add({"": counts}, {"": _next_message(json.loads(event.value))})
    if any(shown.cited for shown in turn.shown):
        counts.update(cited=1, opened=int(any(event.kind in OPENED for event in turn.events)))
    return +counts


def _next_message(value: Mapping[str, Any]) -> dict[str, float]:
    satisfied, dissatisfied = float(value["satisfied"]), float(value["dissatisfied"])
    return {
        "read": 1,
        "satisfied": satisfied,
        "satisfied²": satisfied**2,
        "dissatisfied": dissatisfied,
        "dissatisfied²": dissatisfied**2,
    }


def _milliseconds(timings: Mapping[str, float]) -> float:
    """Of the whole turn; the first token is a part of its step."""
    return sum(spent for step, spent in timings.items() if step != "first_token")


def _of_source(shown: Shown, events: Sequence[Event]) -> Counter[str]:
    """The last verdict on the passage counts, and of openings whether there was one."""
    about = [event.kind for event in events if event.exposure_id == shown.id]
    verdicts = [kind for kind in about if kind in VERDICTS]
    counts = Counter(shown=1, selected=int(shown.selected), cited=int(shown.cited))
    counts.update(opened=int(any(kind in OPENED for kind in about)), corrected=int(CORRECTED in about))
    if verdicts and verdicts[-1] != "withdrawn":
        counts[verdicts[-1]] += 1
    return +counts
