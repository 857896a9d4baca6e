"""How much one person may keep. In SQLite two uploads at the same moment may both find the last room."""

from collections.abc import Sequence

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import documents
from app.models import Document, Person
from app.problems import Problem
from app.rate_limits import limit_of
from app.settings import Settings


async def require_room(
    session: AsyncSession, settings: Settings, owner_id: str, size: int, replaced: Sequence[Document]
) -> None:
    """Raises Problem 403 where another document of `size` bytes is more than its owner may keep; `replaced` go for
    it."""
    most, most_bytes = limit_of(settings, "documents_per_person"), limit_of(settings, "bytes_per_person")
    if not (most or most_bytes):
        return
    # In PostgreSQL one person's uploads go in one after the other, whichever process takes them in.
    await session.exec(select(Person.id).where(Person.id == owner_id).with_for_update(key_share=True))
    kept, kept_bytes = await documents.usage(session, owner_id)
    kept, kept_bytes = kept - len(replaced), kept_bytes - sum(old.size for old in replaced)
    if most and kept >= most:
        raise _full(f"you keep {kept} documents, and {most} are the most here", "DOCUMENTS_PER_PERSON")
    if most_bytes and kept_bytes + size > most_bytes:
        said = f"the file has {size} bytes, you keep {kept_bytes}, and {most_bytes} are the most here"
        raise _full(said, "BYTES_PER_PERSON")


def _full(said: str, setting: str) -> Problem:
    return Problem(403, f"{said} (ATTUNE_{setting}): delete some, or ask whoever runs this", title="No room left")
