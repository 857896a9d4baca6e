"""When a run begins without being told to: enough new labels, questions that are not worn, no quiet hour.

Everything that is decided by is in the database, so that a restart neither forgets a run nor begins one twice."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from app import audit, consent, training_runs, training_runs_holdout, training_runs_labels, training_runs_rows
from app.announcing import Announcer
from app.db import Database
from app.home import Home
from app.jobs import Jobs
from app.models import utc_now
from app.models_training import TrainingPolicy
from app.problems import Problem
from app.schemas_training import (
    FitMethod,
    HoldoutPublic,
    KindStanding,
    TrainedKind,
    TrainingPolicyPublic,
    TrainingPolicyUpdate,
    TrainingRunCreate,
)
from app.training_runs_holdout import MOST
from app.training_runs_labels import LEAST, form_of
from app.training_runs_steps import Workshop
from app.training_runs_work import Training

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
KINDS: tuple[TrainedKind, ...] = ("retriever", "selector", "generator")
_WAYS: tuple[tuple[TrainedKind, FitMethod | None], ...] = (
    ("retriever", None), ("selector", None), ("generator", "dpo"), ("generator", "kto"),
)  # fmt: skip


def begun(stack: AsyncExitStack, workshop: Workshop, jobs: Jobs, *, works: bool) -> "Policy":
    """The policy of this home; until `stack` closes it is followed, and what ends is announced, where jobs are worked
    on. To be called before `jobs` open."""
    jobs.register(training_runs.KIND, Training(workshop).run, retry_seconds=())
    policy = Policy(workshop.database, workshop.home, jobs)
    if works:
        announcer = Announcer(workshop.database, workshop.settings)
        following = [asyncio.create_task(one) for one in (policy.follow(), announcer.follow())]

        async def stop() -> None:
            for one in following:
                one.cancel()
            await asyncio.wait(following)

        stack.push_async_callback(stop)
    return policy


class Policy:
    """The policy of one home, read, changed and followed."""

    def __init__(self, database: Database, home: Home, jobs: Jobs) -> None:
        self._database, self._home, self._jobs = database, home, jobs

    async def read(self) -> TrainingPolicyPublic:
        """What is in force, and how far each kind is from its next run."""
        sets = await asyncio.to_thread(training_runs_holdout.sets, self._home)
        async with self._database.session() as session:
            policy = await training_runs_rows.policy(session)
            standing = await self._standings(session, policy, _WAYS)
            decisions = {kind: await self._decisions(session, kind) for kind in KINDS}
        fields = policy.model_dump(exclude={"id"})
        fields["updated_at"] = policy.updated_at if policy.changed_by else None
        holdout = HoldoutPublic(sets=[one.name for one in sets], decisions=decisions, most=MOST)
        return TrainingPolicyPublic(**fields, holdout=holdout, standing=standing)

    async def change(self, asked: TrainingPolicyUpdate, by: str) -> None:
        """Put in force what was given."""
        hours = {"quiet_from", "quiet_until"}
        given = asked.model_dump(exclude_unset=True)
        async with self._database.session() as session:
            policy = await training_runs_rows.policy(session)
            for name, value in given.items():
                if value is not None or name in hours:
                    setattr(policy, name, value)
            policy.changed_by, policy.updated_at = by, utc_now()
            session.add(policy)
        audit.note("training policy changed", by=by)

    async def follow(self) -> None:
        """Begin what is due; runs until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look(utc_now())
            except (SQLAlchemyError, OSError) as error:  # tables and files may be there again by the next look
                log.warning("whether to train could not be found out: %s", type(error).__name__)

    async def look(self, now: datetime) -> list[str]:
        """Begin what is due at this moment; the ids of the runs."""
        async with self._database.session() as session:
            policy = await training_runs_rows.policy(session)
            if not policy.enabled or is_quiet(policy, now.hour):
                return []
            trained = [way for way in _WAYS if way[0] in policy.kinds and way[1] in (None, policy.method)]
            standing = await self._standings(session, policy, trained)
            keeper = await training_runs_rows.keeper(session, policy)
        begun = []
        for one in standing:
            if one.waits_for is None and keeper is not None:
                asked = TrainingRunCreate(kind=one.kind, method=one.method or "dpo", minutes=policy.minutes)
                try:
                    run = await training_runs.start(self._database, self._jobs, keeper, asked, None)
                except Problem:  # somebody has begun one since we looked
                    continue
                log.info("%d new labels: training the %s", one.new_labels, one.kind)
                begun.append(run.id)
        return begun

    async def _standings(
        self, session: AsyncSession, policy: TrainingPolicy, ways: Sequence[tuple[TrainedKind, FitMethod | None]]
    ) -> list[KindStanding]:
        agreed = await consent.consenting(session)
        forms = {form_of(*way) for way in ways}
        enough = {form: max(policy.labels, LEAST[form]) for form in forms}
        every = {form: await training_runs_labels.count(session, form, agreed, None, enough[form]) for form in forms}
        found = []
        for kind, method in ways:
            form, last = form_of(kind, method), await training_runs_rows.last(session, kind, method)
            labels = every[form]
            since, most = last.created_at if last else None, enough[form]
            new = await training_runs_labels.count(session, form, agreed, since, most) if last else labels
            known = {"new_labels": new, "labels": labels, "least": LEAST[form], "waits_for": None}
            one = KindStanding(kind=kind, method=method, **known)
            found.append(one.model_copy(update={"waits_for": await self._waits_for(session, policy, one)}))
        return found

    async def _waits_for(self, session: AsyncSession, policy: TrainingPolicy, one: KindStanding) -> str | None:
        if not policy.enabled:
            return "the policy is off"
        if one.kind not in policy.kinds:
            return f"the policy does not train the {one.kind}"
        if one.method not in (None, policy.method):
            return f"the policy trains the {one.kind} by {policy.method}"
        if await training_runs_rows.live(session, one.kind):
            return "a run is under way"
        if one.new_labels < policy.labels or one.labels < one.least:
            return f"{one.new_labels} new labels of {policy.labels}, {one.labels} in all of {one.least} at least"
        return await self._holdout_lacks(session, one.kind)

    async def _holdout_lacks(self, session: AsyncSession, kind: TrainedKind) -> str | None:
        holdout = await asyncio.to_thread(training_runs_holdout.of_kind, self._home, kind)
        if holdout is None:
            return training_runs_holdout.missing(self._home, kind)
        decided = await training_runs_rows.decisions(session, kind, holdout.sha256)
        if decided < MOST:
            return None
        return (
            f"the questions in {training_runs_holdout.place(self._home)} have decided {decided} times: put others there"
        )

    async def _decisions(self, session: AsyncSession, kind: TrainedKind) -> int:
        holdout = await asyncio.to_thread(training_runs_holdout.of_kind, self._home, kind)
        return await training_runs_rows.decisions(session, kind, holdout.sha256) if holdout else 0


def is_quiet(policy: TrainingPolicy, hour: int) -> bool:
    """Whether nothing is to begin in this hour; a night may go over midnight."""
    if policy.quiet_from is None or policy.quiet_until is None:
        return False
    if policy.quiet_from <= policy.quiet_until:
        return policy.quiet_from <= hour < policy.quiet_until
    return hour >= policy.quiet_from or hour < policy.quiet_until
