"""Which questions of a trainable set are held back from training, by document. Knows not who trains or measures.

Questions that share a passage, an article's title, a document or a group are joined, also through others, and are held
back together: no text of a held-back question is trained on. What is shared in part or in other words is not seen.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TypeVar

from evaluation.datasets import Entry, Question, SearchQuery, read_entries, read_qrels, read_queries, read_questions
from evaluation.errors import EvaluationError

SHARE = 0.30  # of a set's questions, at most

Item = TypeVar("Item", Question, SearchQuery)
Marks = Mapping[str, AbstractSet[str]]  # question id -> what it shares with others: texts, titles, document, group


def held_back(folder: Path) -> frozenset[str]:
    """Ids of the questions to measure on; the same whenever and wherever it is asked. Raises DataError.

    Whole components in the order of their hashes, as many as fit into SHARE; where the set has a `split` of its own,
    all that is not its train part.
    """
    asked = _asked(folder)
    if any(one.split for one in asked):
        return frozenset(one.id for one in asked if one.split != "train")
    room = SHARE * len(asked)
    held: set[str] = set()
    for component in sorted(components(marks(folder)), key=_hash):
        if len(held) + len(component) <= room:
            held |= component
    return frozenset(held)


def kept_back(asked: Sequence[Item], folder: Path) -> tuple[Item, ...]:
    """Those of a folder's questions or queries that are held back. Raises EvaluationError where there are none."""
    held = held_back(folder)
    kept = tuple(one for one in asked if one.id in held)
    if not kept:
        raise EvaluationError(f"--held-back: none of the {len(asked)} questions of {folder} is held back; leave it out")
    return kept


def trainable(folders: Sequence[Path]) -> dict[Path, frozenset[str]]:
    """Ids of the questions that may be trained on together: not held back, and sharing no text and no article with
    what another of these sets holds back (within a set its components or its split already see to it).

    Raises DataError."""
    marked = {folder: marks(folder) for folder in folders}
    held = {folder: held_back(folder) for folder in folders}
    taken = {folder: {mark for one in held[folder] for mark in _texts(marked[folder][one])} for folder in folders}
    return {
        folder: frozenset(
            one
            for one, known in marked[folder].items()
            if one not in held[folder] and not any(known & taken[other] for other in folders if other != folder)
        )
        for folder in folders
    }


def components(marked: Marks) -> list[frozenset[str]]:
    """Questions that are joined through shared marks, directly or through others (union-find)."""
    above: dict[str, str] = {}

    def root(mark: str) -> str:
        while (higher := above.setdefault(mark, mark)) != mark:
            above[mark] = above[higher]
            mark = above[mark]
        return mark

    for question, known in marked.items():
        for mark in known:
            above[root(f"question {question}")] = root(mark)
    found: dict[str, set[str]] = {}
    for question in marked:
        found.setdefault(root(f"question {question}"), set()).add(question)
    return [frozenset(component) for component in found.values()]


def marks(folder: Path) -> dict[str, frozenset[str]]:
    """What each question of a folder shares with others: its passages, those judged for it, document and group."""
    entries = {entry.id: entry for entry in _entries(folder)}
    found: dict[str, set[str]] = {}
    for one in _asked(folder):
        found.setdefault(one.id, set()).update(_own_marks(one))
    for path in sorted(folder.glob("qrels*.tsv")):
        for question, judged in read_qrels(path).items():
            for entry in judged.keys() & entries.keys():
                found.setdefault(question, set()).update(_text_marks(entries[entry].title, entries[entry].text))
    return {question: frozenset(known) for question, known in found.items()}


def _asked(folder: Path) -> list[Question | SearchQuery]:
    """Questions and queries; they share their ids where a folder has both."""
    found: list[Question | SearchQuery] = []
    if (folder / "questions.jsonl").exists():
        found += read_questions(folder)
    known = {one.id for one in found}
    if (folder / "queries.jsonl").exists():
        found += [query for query in read_queries(folder) if query.id not in known]
    return found


def _entries(folder: Path) -> Sequence[Entry]:
    return read_entries(folder) if (folder / "corpus.jsonl").exists() else ()


def _own_marks(one: Question | SearchQuery) -> set[str]:
    found = {f"group {one.group}"} if one.group else set()
    if isinstance(one, Question):
        found |= {f"document {one.document}"} if one.document else set()
        for passage in one.passages or ():
            found |= _text_marks(passage.title, passage.text)
    return found


def _text_marks(title: str, text: str) -> set[str]:
    plain = {"title": _plain(title), "text": _plain(text)}
    return {f"{kind} {words}" for kind, words in plain.items() if words}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _texts(known: AbstractSet[str]) -> set[str]:
    # Groups and documents are named within their set: "1" here is not "1" there.
    return {mark for mark in known if mark.startswith(("title ", "text "))}


def _hash(component: AbstractSet[str]) -> str:
    return hashlib.sha256(min(component).encode()).hexdigest()
