"""How content a person was with an answer: the evidence that the log holds, what models add where a setting lets them,
and the one chance that follows. Every chance is logged with its inputs and its version; it ranks nothing."""

import logging
import math
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import feedback_log
from app.comparisons_rows import choice_of
from app.feedback import NEXT_MESSAGE, SATISFACTION, VOTES, state_of
from app.models import Feedback, Turn
from app.models_preferences import Edit
from app.serving import Serving
from app.settings import Settings
from generation.port import GenerationError
from personalization.follow_ups import follow_up_likelihood
from personalization.rubric import judge
from personalization.satisfaction import Calibration, Evidence, calibrated, chance
from personalization.signals import Utterance

log = logging.getLogger(__name__)

_SMALL = 0.02  # what both chances of a message count more, so that none makes the odds endless
_VOTES, _OF_ONE = 2_000, 50  # votes that teach the calibration: of all, the latest; and of one person
_STALE_SECONDS = 3600.0


@dataclass
class Satisfaction:
    """Reads answers after the next message. Keeps the calibration for an hour: votes are counted, not followed."""

    settings: Settings
    serving: Serving
    _known: tuple[float, Calibration] | None = None

    async def judged(self, said: Utterance) -> dict[str, Any]:
        """What models say of the answer, as inputs by name. A model that fails says nothing."""
        found: dict[str, Any] = {}
        if not (self.settings.flr or self.settings.rubric):
            return found
        with self.serving.lease() as models:
            try:
                if self.settings.flr:
                    found["follow_ups"] = round(await follow_up_likelihood(models.generator.thing, said.before), 4)
                if self.settings.rubric:
                    found["rubric"] = round((await judge(models.generator.thing, said)).score, 4)
            except GenerationError as error:
                log.warning("a model does not say how content somebody was: %s", error)
        return found

    async def event(self, session: AsyncSession, turn: Turn, about: str, judged: dict[str, Any]) -> Feedback:
        """The event on the answer `about` once what the message of `turn` says is an event, with all that was
        done until now."""
        calibration = await self._calibration(session)
        evidence = (await evidence_of(session, [about], {about: judged}))[about]
        value: dict[str, Any] = {
            "chance": round(chance(evidence, calibration), 4),
            "inputs": evidence.known,
            "version": calibration.version,
            "by": turn.id,
        }
        identity = str(uuid.uuid5(uuid.UUID(turn.id), f"feedback {SATISFACTION}"))
        return Feedback(id=identity, person_id=turn.person_id, turn_id=about, kind=SATISFACTION, value=value)

    async def _calibration(self, session: AsyncSession) -> Calibration:
        if self._known is None or time.monotonic() - self._known[0] > _STALE_SECONDS:
            self._known = (time.monotonic(), calibrated(await voted(session)))
        return self._known[1]


async def evidence_of(
    session: AsyncSession, turn_ids: Sequence[str], judged: dict[str, dict[str, Any]] | None = None
) -> dict[str, Evidence]:
    """What is known of each of these answers; those of which nothing is known are left out. The ids say whose they
    are: whoever asks has looked them up in their owner's name."""
    events = await feedback_log.of_all(session, turn_ids)
    query = select(Edit.turn_id, func.sum(Edit.cost_normalised), func.min(Edit.created_at))
    edited = (await session.exec(query.where(col(Edit.turn_id).in_(turn_ids)).group_by(Edit.turn_id))).all()
    costs = {turn: min(1.0, float(cost)) for turn, cost, _ in edited}
    since = {turn: at for turn, _, at in edited}
    return {
        turn: _evidence(
            [event for event in events.get(turn, []) if not _is_of_edited(event, since.get(turn))],
            costs.get(turn),
            (judged or {}).get(turn, {}),
        )
        for turn in {*events, *costs}
    }


def _is_of_edited(event: Feedback, since: Any) -> bool:
    """A vote that came after the person rewrote the answer is about their own text."""
    return event.exposure_id is None and event.kind in VOTES and since is not None and event.created_at > since


def _evidence(events: Sequence[Feedback], edit_cost: float | None, judged: dict[str, Any]) -> Evidence:
    """`events` are of one turn, oldest first."""
    said = {event.kind: event.value for event in events}  # of each kind the last
    state = state_of("", events)
    models = {name: value for name, value in said.get(SATISFACTION, {}).get("inputs", {}).items() if name in _JUDGED}
    return Evidence(
        vote={"up": 1.0, "down": -1.0}.get(state.vote or ""),
        compared={"a": 1.0, "b": -1.0}.get(choice_of(events) or ""),
        edit_cost=edit_cost,
        sources_helped=sum(verdict == "helped" for verdict in state.sources.values()),
        sources_wrong=sum(verdict == "wrong" for verdict in state.sources.values()) + ("source_wrong" in said),
        copied="copied" in said,
        citations_opened=bool({"citation_opened", "source_opened"} & said.keys()),
        regenerated="regenerated" in said,
        stopped="stopped" in said,
        abandoned="abandoned" in said,
        reasked="reasked" in said,
        next_message=_odds(said[NEXT_MESSAGE]) if NEXT_MESSAGE in said else None,
        **(models | judged),
    )


_JUDGED = {"follow_ups", "rubric"}


def _odds(value: dict[str, Any]) -> float:
    return round(math.log((value["satisfied"] + _SMALL) / (value["dissatisfied"] + _SMALL)), 4)


async def voted(session: AsyncSession) -> list[tuple[Evidence, bool]]:
    """The latest answers that were voted on, of everybody, and whether up; of one person no more than `_OF_ONE`, so
    that nobody's taste is everybody's calibration."""
    query = select(Feedback.turn_id, Feedback.person_id).where(col(Feedback.kind).in_(["up", "down"]))
    found = (await session.exec(query.order_by(col(Feedback.created_at).desc()).limit(_VOTES))).all()
    counts: dict[str, int] = {}
    chosen = []
    for turn, person in dict.fromkeys(found):
        counts[person] = counts.get(person, 0) + 1
        if counts[person] <= _OF_ONE:
            chosen.append(turn)
    known = await evidence_of(session, chosen)
    return [(known[turn], known[turn].vote == 1.0) for turn in chosen if turn in known and known[turn].vote]
