"""SQL of what the metrics count: everybody's rows, and of a row no more than its state."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.metrics import Counts
from app.models import Document, Job


async def jobs(session: AsyncSession) -> Counts:
    """(kind, state) -> jobs."""
    query = select(Job.kind, Job.state, func.count()).group_by(col(Job.kind), col(Job.state))
    return {(kind, state): count for kind, state, count in (await session.exec(query)).all()}


async def documents(session: AsyncSession) -> Counts:
    """(status,) -> documents."""
    query = select(Document.status, func.count()).group_by(col(Document.status))
    return {(status,): count for status, count in (await session.exec(query)).all()}
