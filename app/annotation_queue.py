"""Which passages are worth a person's look and which a model may label, and what operators said of them.

A label is worth most where those who judged disagree, and where a little more or less would have changed what was
shown; what is asked often comes before what is asked once (docs/decisions/022). Shows what people who agreed were
shown, and nobody else's.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from app import annotation_queue_rows, consent
from app.annotation_queue_rows import Shown
from app.feedback import HELPS
from app.models import Exposure, UtilityLabel
from app.models_training import Annotation
from app.problems import not_found
from app.same_question import question_key
from app.schemas_training import AnnotationQueuePublic, QueuedPassage, Route, Said, Why
from app.training_runs_labels import OPERATOR

NEAR = 0.1  # of the selector's utility, from what divides chosen from left out
OFTEN = 5  # times shown
_AT_ONCE = 100  # passages that are looked up together
_WORTH: Mapping[Why, float] = {"conflict": 3.0, "disagreement": 2.0, "threshold": 1.0, "traffic": 0.0}
_UTILITY: Mapping[Said, float] = {"helps": 1.0, "not_relevant": 0.0, "wrong": 0.0}

Key = tuple[str, str]  # of a question, and a passage


@dataclass
class Case:
    """One passage for one question, however often it was shown."""

    shown: list[Shown] = field(default_factory=list)  # newest first
    verdicts: Counter[str] = field(default_factory=Counter)
    labels: list[float] = field(default_factory=list)
    why: list[Why] = field(default_factory=list)
    times: int = 0  # that the passage was shown, for whatever question

    @property
    def worth(self) -> float:
        return sum(_WORTH[one] for one in self.why) + math.log2(1 + self.times) / 4

    @property
    def route(self) -> Route:
        """A person where those who judged disagree, or where much hangs on a close call; else a model is enough."""
        close_and_often = {"threshold", "traffic"} <= set(self.why)
        return "operator" if close_and_often or {"conflict", "disagreement"} & set(self.why) else "model"


async def queue(session: AsyncSession, route: Route, limit: int) -> AnnotationQueuePublic:
    """What waits for this one, the most worth first."""
    people = await consent.consenting(session)
    recent = await annotation_queue_rows.recent(session, people)
    said = await annotation_queue_rows.verdicts(session, {one.turn_id for one in recent})
    labelled = await annotation_queue_rows.labels(session, {one.id for one in recent})
    by_models = route == "model"
    annotated = await annotation_queue_rows.annotated(session, by_models=by_models)
    done = {_key(question, passage) for question, passage in annotated}
    found = cases(recent, said, labelled)
    waiting = [case for key, case in found.items() if case.why and case.route == route and key not in done]
    if by_models:  # one model's word is enough; where it is against the selector's, an operator has it
        waiting = [case for case in waiting if not case.labels]
    waiting.sort(key=lambda case: (-case.worth, case.shown[0].id))
    items = list[QueuedPassage]()
    for start in range(0, len(waiting), _AT_ONCE):  # of some the documents are out of reach by now
        if len(items) >= limit:
            break
        items += await _items(session, waiting[start : start + _AT_ONCE])
    return AnnotationQueuePublic(items=items[:limit], waiting=len(waiting), looked_at=len(recent))


def cases(recent: Sequence[Shown], said: Mapping[str, str], labelled: Mapping[str, Sequence[float]]) -> dict[Key, Case]:
    """Every passage for every question, with why it is worth a look; `said` and `labelled` by exposure."""
    times = Counter(one.passage_id for one in recent)
    dividing = _boundaries(recent)
    found: dict[Key, Case] = defaultdict(Case)
    for one in recent:
        case = found[_key(one.question, one.passage_id)]
        case.shown.append(one)
        case.times = times[one.passage_id]
        case.verdicts.update([said[one.id]] if one.id in said else [])
        case.labels += labelled.get(one.id, ())
    for case in found.values():
        case.why = _why(case, dividing)
    return dict(found)


def _key(question: str, passage_id: str) -> Key:
    return question_key(question), passage_id


def _boundaries(recent: Iterable[Shown]) -> dict[str, float]:
    """By turn, the utility that divides what was chosen from what was left out; none where all or nothing was."""
    chosen: dict[str, float] = {}
    left: dict[str, float] = {}
    for one in recent:
        if one.utility is not None and one.selected:
            chosen[one.turn_id] = min(one.utility, chosen.get(one.turn_id, math.inf))
        elif one.utility is not None:
            left[one.turn_id] = max(one.utility, left.get(one.turn_id, -math.inf))
    return {turn: (chosen[turn] + left[turn]) / 2 for turn in chosen.keys() & left.keys()}


def _why(case: Case, dividing: Mapping[str, float]) -> list[Why]:
    people = [HELPS[kind] for kind in case.verdicts.elements()]
    judged = [*people, *(utility >= 0.5 for utility in case.labels)]
    newest = case.shown[0]
    near = newest.turn_id in dividing and abs((newest.utility or 0.0) - dividing[newest.turn_id]) <= NEAR
    holds: dict[Why, bool] = {
        "conflict": len(set(people)) > 1,
        "disagreement": any(helps is not newest.selected for helps in judged),
        "threshold": newest.utility is not None and near and not people,
        "traffic": case.times >= OFTEN and not people,
    }
    return [why for why, true in holds.items() if true]


async def _items(session: AsyncSession, waiting: Sequence[Case]) -> list[QueuedPassage]:
    rows = await annotation_queue_rows.exposures(session, [case.shown[0].id for case in waiting])
    readable = await consent.readable(session, await consent.consenting(session), rows.values())
    return [_item(case, rows[case.shown[0].id]) for case in waiting if case.shown[0].id in readable]


_FIELDS = {"title", "text", "page", "heading", "document_name", "rank", "selected", "cited", "utility"}


def _item(case: Case, row: Exposure) -> QueuedPassage:
    newest = case.shown[0]
    return QueuedPassage(
        exposure_id=row.id,
        question=newest.question,
        **row.model_dump(include=_FIELDS),
        verdicts=dict(case.verdicts),
        labels=case.labels,
        shown=case.times,
        why=case.why,
        route=case.route,
        worth=round(case.worth, 3),
        created_at=newest.created_at,
    )


async def annotate(session: AsyncSession, exposure_id: str, said: Said, by: str) -> UtilityLabel | None:
    """Write what an operator says of a passage, and the label that follows, in place of what operators said before;
    None for `skip`, which takes that back.

    Raises Problem 404 for what was shown to nobody who agreed."""
    agreed = await consent.consenting(session)
    found = (await annotation_queue_rows.find(session, agreed, [exposure_id])).get(exposure_id)
    if found is None or not await consent.readable(session, agreed, found[:1]):
        raise not_found("exposure", exposure_id)
    exposure, turn = found
    question = turn.standalone_question or turn.question
    session.add(Annotation(exposure_id=exposure_id, said=said, said_by=by))
    await annotation_queue_rows.take_back(session, question, exposure.passage_id)
    if said == "skip":
        return None
    label = UtilityLabel(
        exposure_id=exposure.id,
        question=question,
        passage_id=exposure.passage_id,
        utility=_UTILITY[said],
        method=OPERATOR,
        model_version=by,
    )
    session.add(label)
    return label
