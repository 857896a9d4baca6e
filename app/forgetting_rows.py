"""SQL of forgetting a person or a document: what is theirs, what would give a leftover away, what others hold too, what
was trained on it, and the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa
from sqlmodel import SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import AutoString

from app import documents, groups, people, training_runs_rows
from app.feedback_export import Format
from app.forgetting_traces import Sign, lowered, signs_of
from app.job_rows import LIVE
from app.models import (
    Conversation,
    Document,
    Exposure,
    Feedback,
    Job,
    ModelVersion,
    Person,
    Turn,
    UtilityLabel,
)
from app.models_groups import Collection
from app.models_identities import Identity
from app.models_memory import PersonFact
from app.models_preferences import Edit, Preference

KIND = "forget"
# The names by which a manifest of `attune train` says that it read what people did, one a form of export.
LOGS = frozenset(f"{form}.jsonl" for form in get_args(Format))
_EACH = 6  # texts of a kind that are looked for afterwards
_OWNERS = ("person_id", "owner_id")
_NAMES = {
    "apitoken": "tokens",
    "personfact": "facts",
    "preferenceevidence": "preference_evidence",
    "preferenceuse": "preference_uses",
    "groupmember": "memberships",
    "identity": "identities",
    "borrowed": "borrowed",
    "turnvector": "turn_vectors",
    "feedback": "feedback",
}
_TOLD: dict[str, tuple[Any, ...]] = {
    "documents": (Document.name, Document.title, Document.source),
    "collections": (Collection.name,),
    "conversations": (Conversation.title,),
    "questions": (Turn.question, Turn.standalone_question),
    "answers": (Turn.answer, Turn.draft, Turn.edited_answer),
    "exposures": (Exposure.text,),
    "edits": (Edit.text, Edit.context),
    "preferences": (Preference.description, Preference.context, Preference.scope),
    "facts": (PersonFact.text,),
    "identities": (Identity.subject,),
    "feedback": (Feedback.value,),
}


def owned_tables() -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Every table whose rows are somebody's, with the column that says whose."""
    tables = SQLModel.metadata.sorted_tables
    return [(table, table.c[name]) for table in tables for name in _OWNERS if name in table.c]


async def counts(session: AsyncSession, person_id: str) -> dict[str, int]:
    """Kind -> how many of it are this person's."""
    found = {}
    for table, owner in owned_tables():
        counted = await session.execute(sa.select(func.count()).select_from(table).where(owner == person_id))
        found[_NAMES.get(table.name, f"{table.name}s")] = int(counted.scalar_one())
    labels = select(func.count()).select_from(UtilityLabel).join(Exposure, col(UtilityLabel.exposure_id) == Exposure.id)
    found["utility_labels"] = (await session.exec(labels.where(Exposure.person_id == person_id))).one()
    passages = select(func.coalesce(func.sum(Document.passages), 0)).where(Document.owner_id == person_id)
    found["passages"] = int((await session.exec(passages)).one())
    return found


async def signs(session: AsyncSession, person: Person) -> list[Sign]:
    """Strings of this person's that nothing may hold afterwards."""
    found = [Sign("e-mail", person.email), Sign("person id", person.id)]
    for what, columns in _TOLD.items():
        for column in columns:
            table = column.class_.__table__
            owner = next(table.c[name] for name in _OWNERS if name in table.c)
            query = sa.select(column).where(owner == person.id, column.is_not(None)).limit(_EACH)
            values = (await session.execute(query)).scalars().all()
            found += signs_of(what, [text for value in values for text in _texts(value)])
    return found


def _texts(value: Any) -> list[str]:
    """Every text in a column's value."""
    if isinstance(value, dict | list):
        return [text for part in (value.values() if isinstance(value, dict) else value) for text in _texts(part)]
    return [value] if isinstance(value, str) else []


async def jobs_of(session: AsyncSession, person_id: str) -> Sequence[str]:
    """All but those that forget others."""
    query = select(Job.id).where(Job.person_id == person_id, Job.kind != KIND)
    return (await session.exec(query)).all()


async def first_logged(session: AsyncSession, person_id: str) -> datetime | None:
    """Since when the log holds something of this person's: a question, or a passage of theirs that somebody was
    shown."""
    asked = (await session.exec(select(func.min(Turn.created_at)).where(Turn.person_id == person_id))).one()
    shown = await _first_shown(session, select(Document.id).where(Document.owner_id == person_id))
    return min((time for time in (asked, shown) if time is not None), default=None)


async def is_shown(session: AsyncSession, document_id: str) -> bool:
    """Whether the log holds something of this document."""
    return await _first_shown(session, [document_id]) is not None


async def _first_shown(session: AsyncSession, document_ids: Any) -> datetime | None:
    query = select(func.min(Turn.created_at)).join(Exposure, col(Exposure.turn_id) == Turn.id)
    return (await session.exec(query.where(col(Exposure.document_id).in_(document_ids)))).one()


async def other_admin(session: AsyncSession, person_id: str) -> str | None:
    """The id of the oldest admin but this person."""
    query = select(Person.id).where(Person.role == "admin", Person.id != person_id)
    return (await session.exec(query.order_by(col(Person.created_at)).limit(1))).first()


async def live_order(session: AsyncSession, person_id: str) -> Job | None:
    """The job that is forgetting this person already."""
    about = col(Job.arguments)["person_id"].as_string() == person_id
    return (await session.exec(select(Job).where(Job.kind == KIND, col(Job.state).in_(LIVE), about).limit(1))).first()


async def end(session: AsyncSession, person_id: str, job_id: str, since: datetime | None) -> None:
    """Remove the person with every row that is theirs, and their id from the job that forgets them.

    Jobs that forget others on their behalf go on for another admin."""
    if await session.get(Person, person_id) is None:
        return  # a repetition after a crash
    await session.execute(update(Job).where(col(Job.id) == job_id).values(arguments={}))
    if keeper := await other_admin(session, person_id):
        theirs = (col(Job.person_id) == person_id, col(Job.kind) == KIND)
        await session.execute(update(Job).where(*theirs).values(person_id=keeper))
    await _mark(session, since)
    await training_runs_rows.forget_labeller(session, person_id)
    owned = select(Document.id).where(Document.owner_id == person_id)
    await documents.blank_shared(session, person_id, owned)
    await people.delete_person(session, person_id)
    await groups.remove_empty(session)


async def erase_document(session: AsyncSession, owner_id: str, document_id: str) -> None:
    """Remove the row and every copy of the document's text in the log, and mark what was trained on them."""
    await _mark(session, await _first_shown(session, [document_id]))
    await documents.erase(session, owner_id, document_id)


async def _mark(session: AsyncSession, since: datetime | None) -> None:
    """Note on every run since then, and on every version that read the log, that something in it was erased."""
    if since is None:  # nothing of it was ever in the log
        return
    await training_runs_rows.mark(session, since)
    trained = select(ModelVersion).where(col(ModelVersion.path).is_not(None), ModelVersion.created_at >= since)
    for version in (await session.exec(trained)).all():
        if reads_log(version.manifest):
            version.forgotten += 1
            session.add(version)


async def marked(session: AsyncSession) -> list[str]:
    """Versions that were trained on a log of which something was erased since, with its person or its document."""
    return list(await session.exec(select(ModelVersion.id).where(ModelVersion.forgotten > 0)))


def reads_log(manifest: dict[str, Any]) -> bool:
    return any(used.get("name") in LOGS for used in manifest.get("data") or ())


async def holding(session: AsyncSession, sign: Sign) -> list[str]:
    """Tables of an SQLite database in whose rows the sign stands; after the end they are somebody else's."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        columns = [column for column in table.c if isinstance(column.type, AutoString | sa.String | sa.JSON)]
        spelled = [
            func.instr(func.lower(sa.cast(column, sa.Text)), spelling.decode()) > 0
            for column in columns
            for spelling in sign.spellings
        ]
        query = sa.select(sa.literal(1)).select_from(table).where(sa.or_(*spelled)).limit(1)
        if spelled and (await session.execute(query)).first():
            found.append(table.name)
    return found


def stands_in(sign: Sign, text: str) -> bool:
    return any(spelling in lowered(text) for spelling in sign.spellings)
