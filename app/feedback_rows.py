"""Votes and exposures as rows to train on: KTO rows, and one row for each passage that was shown. Pure but for its SQL,
which is filtered by one person."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import consent, feedback_log, turns
from app.feedback import NEXT_MESSAGE, SATISFACTION, VOTES, WITHDRAWN, state_of
from app.marks import of_sources
from app.models import Exposure, Feedback, Turn, UtilityLabel
from app.models_preferences import Edit
from app.telling import said
from personalization.satisfaction import CALIBRATED, is_calibrated

# Chances beyond which what somebody did and said next stands for a vote that they did not give.
SURE = {True: 0.95, False: 0.05}
_PLACE = {"document_id", "passage_id", "title", "text", "page", "heading", "kind"}
_SCORES = {"rank", "propensity", "score", "dense", "lexical", "utility", "marker", "selected", "cited"}


async def votes(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """Answers with whether they were wanted, in TRL's conversational form for KTO (Ethayarajh et al. 2024).

    What counts is the last vote on the model's own words: one given after the person rewrote them is about theirs.
    Answers of ours, cut off ones, and turns whose prompt was erased with a document, or quotes one that the person may
    no longer read, give none. Of an answer that nobody voted on or rewrote, what its person did and said next counts,
    where the chance that they were content was calibrated with votes given here and is beyond `SURE`: uncalibrated
    ones are right on talks written for them, and too sure on people's (docs/decisions/017).
    """
    ids = [turn.id for turn in found]
    events = await feedback_log.of_turns(session, person_id, ids)
    query = select(Edit).where(col(Edit.turn_id).in_(ids), Edit.person_id == person_id)
    edited = {
        edit.turn_id: edit.created_at
        for edit in (await session.exec(query.order_by(col(Edit.created_at).desc()))).all()
    }
    rows = []
    closed = {turn for turn, _ in await consent.out_of_reach(session, person_id, ids)}
    for turn in found:
        first_edit = edited.get(turn.id)
        about_it = [
            event
            for event in events.get(turn.id, [])
            if event.exposure_id is None
            and event.kind in VOTES
            and (first_edit is None or event.created_at <= first_edit)
        ]
        is_models = turn.state == "complete" and turn.draft and not turn.abstained
        is_open = turn.prompt and turn.id not in closed
        if not (is_open and is_models):
            continue
        if about_it:
            rows += [_wanted(turn, about_it[-1], about_it[-1].kind == "up")] if about_it[-1].kind != WITHDRAWN else []
        elif first_edit is None and (signs := _signs(events.get(turn.id, []))):
            rows.append(_wanted(turn, *signs))
    return rows


def _signs(events: Sequence[Feedback]) -> tuple[Feedback, bool] | None:
    """The last reading of how content the person was, and what it says, if it may stand for a vote. One that a vote
    went into may not: the vote was given on other words."""
    last = next((event for event in reversed(events) if event.kind == SATISFACTION), None)
    if last is None or "vote" in last.value["inputs"] or not is_calibrated(last.value["version"]):
        return None
    chance = last.value["chance"]
    return (last, True) if chance >= SURE[True] else (last, False) if chance <= SURE[False] else None


def is_sure() -> ColumnElement[bool]:
    """Whether an event is such a reading, where nothing else was said of the answer. Most are not."""
    chance, version = (col(Feedback.value)[name] for name in ("chance", "version"))
    is_beyond = or_(chance.as_float() >= SURE[True], chance.as_float() <= SURE[False])
    return (col(Feedback.kind) == SATISFACTION) & version.as_string().like(f"{CALIBRATED}%") & is_beyond


def _wanted(turn: Turn, by: Feedback, label: bool) -> dict[str, Any]:
    is_vote = by.kind in VOTES
    return {
        "prompt": turn.prompt,
        "completion": [{"role": "assistant", "content": said(turn.answer)}],
        "label": label,
        "by": "vote" if is_vote else "signals",
        "chance": None if is_vote else by.value["chance"],
        "reader": None if is_vote else by.value["version"],
        "reasons": by.value.get("reasons", []),
        "text": by.value.get("text", ""),
        "turn_id": turn.id,
        "feedback_id": by.id,
        "person_id": turn.person_id,
        "versions": turn.versions,
        "created_at": by.created_at.isoformat(),
    }


async def labels(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """Every passage that was shown and that its person may still read: where, with which propensity, by which models,
    and what was said and done about it and about the answer."""
    ids = [turn.id for turn in found]
    shown = await turns.list_exposures(session, person_id, ids)
    events = await feedback_log.of_turns(session, person_id, ids)
    labelled = await judged(session, person_id, ids)
    closed = await consent.out_of_reach(session, person_id, ids)
    rows = []
    for turn in found:
        given = events.get(turn.id, [])
        state = state_of(turn.id, given)
        marked = of_sources((event.kind, event.value) for event in given)
        answer = {
            "vote": state.vote,
            "reasons": state.reasons,
            "events": _counts(given, None),
            "next_message": next((event.value for event in given if event.kind == NEXT_MESSAGE), None),
            "satisfaction": next((event.value for event in reversed(given) if event.kind == SATISFACTION), None),
            "edited": turn.edited_answer is not None,
            "abstained": turn.abstained,
            "state": turn.state,
        }
        for exposure in shown.get(turn.id, []):
            if (turn.id, exposure.document_id) in closed:
                continue
            about_it = {
                "verdict": state.sources.get(exposure.id),
                "marked": {True: "good", False: "wrong", None: None}[marked.get(exposure.id)],
                "events": _counts(given, exposure.id),
            }
            rows.append(
                _exposure(turn, exposure)
                | {"feedback": about_it, "answer": answer, "labels": labelled.get(exposure.id, [])}
            )
    return rows


def _exposure(turn: Turn, exposure: Exposure) -> dict[str, Any]:
    return {
        "exposure_id": exposure.id,
        "turn_id": turn.id,
        "person_id": turn.person_id,
        "question": turn.standalone_question or turn.question,
        **exposure.model_dump(mode="json", include=_PLACE),
        **exposure.model_dump(mode="json", include=_SCORES),
        "versions": turn.versions,
        "created_at": turn.created_at.isoformat(),
    }


def _counts(events: Sequence[Feedback], exposure_id: str | None) -> dict[str, int]:
    """How often each kind was logged of the exposure, or of the turn itself."""
    return dict(Counter(event.kind for event in events if event.exposure_id == exposure_id))


async def judged(session: AsyncSession, person_id: str, turn_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Utility labels by exposure, oldest first; an empty list for those without."""
    query = (
        select(Exposure.id, UtilityLabel)
        .join(UtilityLabel, col(UtilityLabel.exposure_id) == Exposure.id, isouter=True)
        .where(col(Exposure.turn_id).in_(turn_ids), Exposure.person_id == person_id)
        .order_by(col(UtilityLabel.created_at), col(UtilityLabel.id))
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for exposure_id, label in (await session.exec(query)).all():
        held = found.setdefault(exposure_id, [])
        if label is not None:
            said = label.model_dump(include={"utility", "method", "model_version"})
            held.append(said | {"created_at": label.created_at.isoformat()})
    return found
