"""What is done before a home is opened: whatever a killed process left is cleared away. Knows no model."""

import asyncio

from app import backup, documents, forgetting_note, job_rows, originals, training_runs_work, turns, versions
from app.db import Database
from app.home import Home


async def tidy(home: Home, database: Database) -> None:
    """Only for the one process of a home: what seems to be under way is not."""
    async with database.session() as session:
        await turns.fail_interrupted_turns(session)
        known = await documents.known_originals(session)
        unfinished = await job_rows.unfinished(session)
    await database.forget_deleted()  # what was erased before a kill still lies in the log
    await asyncio.to_thread(backup.sweep, home)
    await asyncio.to_thread(forgetting_note.sweep, home, unfinished)
    await asyncio.to_thread(versions.sweep, home)
    await asyncio.to_thread(originals.sweep, home, lambda owner, sha256: (owner, sha256) in known)
    await training_runs_work.sweep(home, database)
