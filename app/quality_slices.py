"""Figures by document, by kind of source and by version of a model. Names a document only where its owner agreed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consent import consenting
from app.models import Document, table
from app.quality_counts import Figures, add
from app.quality_figures import figures_of, rate
from app.schemas_quality import SliceBy, SourceSlice, VersionSlice

_DOCUMENTS = table(Document)
_NAMED = {"fact": "What people said about themselves", "conversation": "Earlier conversations"}
_DELETED = "deleted documents"


@dataclass(frozen=True)
class Known:
    """A document that is still there; the name is None where its owner did not agree that others see it."""

    name: str | None
    media_type: str


async def known_documents(session: AsyncSession, ids: Iterable[str]) -> dict[str, Known]:
    """Those of `ids` that are documents."""
    agreed, found, wanted = await consenting(session), dict[str, Known](), list(ids)
    columns = (_DOCUMENTS.c.id, _DOCUMENTS.c.owner_id, _DOCUMENTS.c.name, _DOCUMENTS.c.media_type)
    for start in range(0, len(wanted), 500):  # far below what SQLite takes in one statement
        query = sa.select(*columns).where(_DOCUMENTS.c.id.in_(wanted[start : start + 500]))
        for identity, owner, name, media_type in (await session.execute(query)).all():
            found[identity] = Known(name if owner in agreed else None, media_type)
    return found


def sources(total: Figures, known: Mapping[str, Known], by: SliceBy) -> list[SourceSlice]:
    """By document, or by what kind of thing was shown; those with most said against them first."""
    if by == "source":
        kinds: Figures = {}
        for key, counts in total.items():
            add(kinds, {_kind(key, known): counts})
        made = [_source(key, _NAMED.get(key, key), counts) for key, counts in kinds.items()]
    else:
        made = [
            _source(key, known[key].name if key in known else _NAMED.get(key), counts) for key, counts in total.items()
        ]
    return sorted(made, key=lambda one: (-one.wrong - one.not_relevant - one.corrected, -one.shown, one.key))


def versions(total: Figures, by: SliceBy) -> list[VersionSlice]:
    """Of one kind of model, or of all; those that answered most first."""
    made = []
    for group, counts in total.items():
        kind, version = group.split(" ", 1)
        if by in ("version", kind):
            made.append(VersionSlice(kind=kind, version=version, **dict(figures_of(counts))))
    return sorted(made, key=lambda one: (-one.turns, one.kind, one.version))


def _kind(key: str, known: Mapping[str, Known]) -> str:
    if key in _NAMED:
        return key
    return known[key].media_type if key in known else _DELETED


def _source(key: str, label: str | None, counts: Counter[str]) -> SourceSlice:
    against = counts["wrong"] + counts["not_relevant"]
    return SourceSlice(
        key=key,
        label=label,
        shown=counts["shown"],
        selected=counts["selected"],
        cited=counts["cited"],
        opened=counts["opened"],
        helped=counts["helped"],
        not_relevant=counts["not_relevant"],
        wrong=counts["wrong"],
        corrected=counts["corrected"],
        wrong_rate=rate(against, against + counts["helped"]),
    )
