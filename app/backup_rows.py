"""SQL of a restored home: everybody's documents, and which of them have to be read again. No request may call this."""

from collections.abc import Sequence

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Document, Job


async def everybodys(session: AsyncSession) -> Sequence[Document]:
    """All documents of all people."""
    return (await session.exec(select(Document))).all()


async def read_again(session: AsyncSession, document: Document) -> None:
    """Let the next process that works in this home index the document anew."""
    document.status, document.reason = "queued", None
    session.add(document)
    arguments = {"document_id": document.id, "replaces": []}
    session.add(Job(person_id=document.owner_id, kind="ingest", stage="queued", arguments=arguments))
