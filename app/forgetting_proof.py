"""The proof that a person is gone: the home's bytes are searched for strings that were theirs. Erases nothing."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import documents, forgetting_note, forgetting_rows
from app.db import Database
from app.forgetting_traces import Sign, places
from app.home import Home
from retrieval.index_words import words
from retrieval.ports import PassageIndex


@dataclass
class Proof:
    """What was searched, where a trace is left, and which strings only others still have: (what, where) each."""

    files: int = 0
    bytes: int = 0
    strings: int = 0
    traces: set[tuple[str, str]] = field(default_factory=set)
    held_by_others: set[tuple[str, str]] = field(default_factory=set)
    not_searched: list[str] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        listed = {
            name: [{"what": what, "where": where} for what, where in sorted(found)]
            for name, found in (("traces", self.traces), ("held_by_others", self.held_by_others))
        }
        searched = {"files": self.files, "bytes": self.bytes, "strings": self.strings}
        return {**searched, **listed, "not_searched": self.not_searched}


async def prove(database: Database, home: Home, index: PassageIndex, signs: Sequence[Sign]) -> Proof:
    """Search everything below the home, but for others' originals, whose bytes are what they uploaded.

    A string that the rows or passages of others hold says nothing of a leftover, and is told apart.
    """
    found = await asyncio.to_thread(places, home.root, signs, await _others_files(database))
    proof = Proof(found.files, found.bytes, len(signs))
    in_index = await _in_passages(index, {sign for sign, path in found.places if path.parts[0] == "index"})
    for sign, path in found.places:
        where = path.parts[0] if path.parts[0] != "models" else "/".join(path.parts[:2])
        holders = await _holders(database, sign, path, in_index)
        (proof.held_by_others if holders else proof.traces).add((sign.what, holders or where))
    if not database.url.startswith("sqlite"):
        proof.not_searched.append("the files of the PostgreSQL server: VACUUM there overwrites what was deleted")
    return proof


async def _others_files(database: Database) -> Callable[[Path], bool]:
    async with database.session() as session:
        known = await documents.known_originals(session)

    def skip(path: Path) -> bool:
        inside, *rest = path.parts
        return inside == forgetting_note.FOLDER or (inside == "originals" and (rest[0], path.name) in known)

    return skip


async def _in_passages(index: PassageIndex, signs: Iterable[Sign]) -> set[Sign]:
    """Those that stand in a passage of somebody, as it is or as the index spells it."""
    missing = set(signs)
    held: set[Sign] = set()
    if missing:
        async for passage, readers in index.scroll():
            text = "\n".join([passage.indexed_text, passage.document_id, words(passage.indexed_text), *sorted(readers)])
            held |= {sign for sign in missing if forgetting_rows.stands_in(sign, text)}
            missing -= held
    return held


async def _holders(database: Database, sign: Sign, path: Path, in_index: set[Sign]) -> str | None:
    """Who has the string that was read at this path; None: nobody, so it is a leftover."""
    if path.parts[0] == "index":
        return "index" if sign in in_index else None
    if path.name.startswith("attune.db"):
        async with database.session() as session:
            tables = await forgetting_rows.holding(session, sign)
        return f"attune.db ({', '.join(tables)})" if tables else None
    return None
