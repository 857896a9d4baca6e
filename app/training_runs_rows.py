"""Every SQL statement about training runs and their policy. They belong to the home, and to nobody in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cursor import Key, newest_first
from app.job_rows import LIVE
from app.metrics import Counts
from app.models import Person, Promotion, UtilityLabel, utc_now
from app.models_training import TrainingPolicy, TrainingRun
from app.training_runs_labels import OPERATOR

Decided = tuple[TrainingRun, Promotion | None]


async def page(session: AsyncSession, limit: int, before: Key | None) -> Sequence[Decided]:
    """Newest first, each with the gate's decision."""
    query = newest_first(select(TrainingRun), TrainingRun.created_at, TrainingRun.id, limit, before)
    runs = (await session.exec(query)).all()
    wanted = [run.promotion_id for run in runs if run.promotion_id]
    decided = await session.exec(select(Promotion).where(col(Promotion.id).in_(wanted)))
    by_id = {one.id: one for one in decided}
    return [(run, by_id.get(run.promotion_id or "")) for run in runs]


async def find(session: AsyncSession, run_id: str) -> Decided | None:
    run = await session.get(TrainingRun, run_id)
    if run is None:
        return None
    return run, await session.get(Promotion, run.promotion_id) if run.promotion_id else None


async def live(session: AsyncSession, kind: str | None = None) -> Sequence[TrainingRun]:
    """Runs that have not ended; of one kind, or all."""
    query = select(TrainingRun).where(col(TrainingRun.state).in_(LIVE))
    return (await session.exec(query.where(TrainingRun.kind == kind) if kind else query)).all()


async def last(session: AsyncSession, kind: str, method: str | None) -> TrainingRun | None:
    """The newest run of a kind, also one that was cancelled: what it was begun for begins no other."""
    query = select(TrainingRun).where(TrainingRun.kind == kind, col(TrainingRun.method).is_not_distinct_from(method))
    return (await session.exec(query.order_by(col(TrainingRun.created_at).desc()).limit(1))).first()


async def begin(session: AsyncSession, run_id: str) -> TrainingRun | None:
    """Mark the run as running and return it; None if it has ended or is gone."""
    statement = update(TrainingRun).where(col(TrainingRun.id) == run_id, col(TrainingRun.state).in_(LIVE))
    started = func.coalesce(col(TrainingRun.started_at), utc_now())
    begun = await session.execute(statement.values(state="running", started_at=started).returning(TrainingRun))
    return begun.scalar_one_or_none()


async def tell(session: AsyncSession, run_id: str, **values: Any) -> bool:
    """Write what is known of a running run; False if it was cancelled or is gone."""
    statement = update(TrainingRun).where(col(TrainingRun.id) == run_id, col(TrainingRun.state) == "running")
    return bool((await session.execute(statement.values(**values))).rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


async def end(session: AsyncSession, run_id: str, state: str, **values: Any) -> bool:
    """Write how a run ended; False if it had ended before."""
    statement = update(TrainingRun).where(col(TrainingRun.id) == run_id, col(TrainingRun.state).in_(LIVE))
    done = await session.execute(statement.values(state=state, ended_at=utc_now(), **values))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _ended(query: Any, since: datetime | None) -> Any:
    """Also where nobody noted when: then before anybody looked."""
    return query.where(col(TrainingRun.ended_at) > since if since else col(TrainingRun.ended_at).is_not(None))


async def ended_since(session: AsyncSession, since: datetime | None, limit: int) -> Sequence[Decided]:
    """The newest runs that ended after this moment, or ever, each with the gate's decision."""
    query = _ended(select(TrainingRun, Promotion), since)
    query = query.join(Promotion, col(Promotion.id) == TrainingRun.promotion_id, isouter=True)
    found = await session.exec(query.order_by(col(TrainingRun.ended_at).desc(), col(TrainingRun.id)).limit(limit))
    return [(run, decided) for run, decided in found]


async def count_ended_since(session: AsyncSession, since: datetime | None) -> int:
    return int((await session.exec(_ended(select(func.count()).select_from(TrainingRun), since))).one())


async def announce(session: AsyncSession) -> Sequence[Decided]:
    """Mark runs that have ended as announced; those that this marked, each with the gate's decision."""
    is_news = (col(TrainingRun.announced_at).is_(None), col(TrainingRun.ended_at).is_not(None))
    if (await session.exec(select(TrainingRun.id).where(*is_news).limit(1))).first() is None:
        return []  # looking is not worth a lock on the tables
    marked = update(TrainingRun).where(*is_news).values(announced_at=utc_now()).returning(col(TrainingRun.id))
    ids = (await session.execute(marked)).scalars().all()
    return [found for run_id in ids if (found := await find(session, run_id))]


async def decisions(session: AsyncSession, kind: str, holdout: str) -> int:
    """How often the gate has decided on a version of this kind by exactly these questions."""
    query = select(func.count()).where(TrainingRun.kind == kind, TrainingRun.holdout == holdout)
    return (await session.exec(query.where(col(TrainingRun.promotion_id).is_not(None)))).one()


async def forget_labeller(session: AsyncSession, person_id: str) -> None:
    """Let labels that this person gave as an operator be nobody's."""
    mine = (col(UtilityLabel.method) == OPERATOR, col(UtilityLabel.model_version) == person_id)
    await session.execute(update(UtilityLabel).where(*mine).values(model_version="forgotten"))


async def mark(session: AsyncSession, since: datetime) -> None:
    """Note on every run since then that somebody or a document in its log is erased."""
    statement = update(TrainingRun).where(col(TrainingRun.created_at) >= since)
    await session.execute(statement.values(forgotten=TrainingRun.forgotten + 1))


async def counts(session: AsyncSession) -> Counts:
    """(kind, trigger, state) -> runs."""
    columns = (col(TrainingRun.kind), col(TrainingRun.trigger), col(TrainingRun.state))
    found = await session.exec(select(*columns, func.count()).group_by(*columns))
    return {(kind, trigger, state): count for kind, trigger, state, count in found}


async def policy(session: AsyncSession) -> TrainingPolicy:
    """The policy in force; before anybody has changed it, one that begins nothing."""
    return await session.get(TrainingPolicy, "policy") or TrainingPolicy(kinds=["retriever", "selector", "generator"])


async def keeper(session: AsyncSession, policy: TrainingPolicy) -> str | None:
    """Who keeps the jobs that the policy begins: whoever changed it last, else the oldest admin."""
    if policy.changed_by is not None:
        return policy.changed_by
    admins = select(Person.id).where(Person.role == "admin").order_by(col(Person.created_at))
    return (await session.exec(admins.limit(1))).first()
