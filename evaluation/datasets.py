"""Readers for data sets in the three forms the suites measure: retrieval, answers, documents. Knows no metric."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from evaluation.errors import DataError

Label = Literal["gold", "distractor", "misinfo", "noise", "unknown"]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
# What may lie beside the documents of a set without being one of them.
_NOT_DOCUMENTS = {".jsonl", ".tsv"}


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Entry(Row):
    """One text of a corpus: the unit that is judged. A long one is cut into several passages."""

    id: str = Field(alias="_id")
    title: Text = ""
    text: Text
    group: str | None = None


class SearchQuery(Row):
    """A query with judgements. It searches only within its group."""

    id: str = Field(alias="_id")
    text: str
    group: str | None = None
    person: str | None = None  # who asked, where the set says so; for figures by person, never a reader
    split: str | None = None  # where the set itself says what may be trained on: "train"


class LabelledPassage(Row):
    """A passage that came with a question, and what it is worth for the answer."""

    id: str
    title: Text = ""
    text: Text
    label: Label = "unknown"
    page: int | None = None


class PastMessage(Row):
    role: Literal["user", "assistant"]
    content: str


class Question(Row):
    """A question with its gold answers; without any, only the decision to answer can be judged."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    passages: tuple[LabelledPassage, ...] | None = None
    history: tuple[PastMessage, ...] = ()
    group: str | None = None
    person: str | None = None  # as of a query
    split: str | None = None  # as of a query
    document: str | None = None
    pdf: bool = True  # False: the document that answers is not in the folder


class _DocumentRow(Row):
    doc_name: str
    file: str


Kind = TypeVar("Kind", bound=BaseModel)
Item = TypeVar("Item")
Qrels = dict[str, dict[str, int]]  # query id -> entry id -> grade, only grades above 0


@dataclass(frozen=True)
class RetrievalSet:
    """Form R: every query has at least one relevant entry."""

    name: str
    entries: tuple[Entry, ...]
    queries: tuple[SearchQuery, ...]
    qrels: Qrels


@dataclass(frozen=True)
class AnswerSet:
    """Form A. `entries` and `qrels` are empty where no corpus lies beside the questions."""

    name: str
    questions: tuple[Question, ...]
    entries: tuple[Entry, ...]
    qrels: Qrels


@dataclass(frozen=True)
class DocumentSet:
    """Form D: files to ingest and questions about them. `names` leads from a file's path to the name questions use."""

    name: str
    files: tuple[Path, ...]
    names: dict[Path, str]
    questions: tuple[Question, ...]


def read_retrieval(folder: Path) -> RetrievalSet:
    """Read corpus.jsonl, queries.jsonl and qrels.tsv. Raises DataError."""
    entries = read_entries(folder)
    queries = read_queries(folder)
    qrels = read_qrels(folder / "qrels.tsv")
    unknown = qrels.keys() - {query.id for query in queries}
    if unknown:
        raise DataError(f"{folder / 'qrels.tsv'}: query {min(unknown)!r} is judged but not in queries.jsonl")
    return RetrievalSet(folder.name, entries, tuple(query for query in queries if query.id in qrels), qrels)


def read_answers(folder: Path) -> AnswerSet:
    """Read questions.jsonl, and the corpus with its judgements where there is one. Raises DataError."""
    questions = read_questions(folder)
    judged = folder / "qrels.tsv"
    entries = read_entries(folder) if (folder / "corpus.jsonl").exists() else ()
    if not entries and all(question.passages is None for question in questions):
        raise DataError(f"{folder}: the questions carry no passages and there is no corpus.jsonl to search")
    return AnswerSet(folder.name, questions, entries, read_qrels(judged) if judged.exists() else {})


def read_documents(folder: Path) -> DocumentSet:
    """Read questions.jsonl and list the files; questions whose document is missing (pdf: false) are left out.

    documents.jsonl (doc_name, file) names the files; without it a file goes by its stem. Raises DataError."""
    listing = folder / "documents.jsonl"
    rows = [row for _, row in _rows(listing, _DocumentRow)] if listing.exists() else []
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file() and is_document(folder, path)))
    if not files:
        raise DataError(f"{folder}: no documents to ingest lie in this folder")
    names = {path: path.stem for path in files} | {folder / row.file: row.doc_name for row in rows}
    missing = sorted(str(path) for path in names.keys() - set(files))
    if missing:
        raise DataError(f"{listing}: {missing[0]} does not exist")
    questions = tuple(q for q in read_questions(folder) if q.pdf)
    return DocumentSet(folder.name, files, names, questions)


def read_entries(folder: Path) -> tuple[Entry, ...]:
    """Read corpus.jsonl. Raises DataError."""
    return unique_rows(folder / "corpus.jsonl", Entry)


def read_queries(folder: Path) -> tuple[SearchQuery, ...]:
    """Read queries.jsonl, those without a judgement too. Raises DataError."""
    return unique_rows(folder / "queries.jsonl", SearchQuery)


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Read questions.jsonl. Raises DataError."""
    return unique_rows(folder / "questions.jsonl", Question)


def read_qrels(path: Path) -> Qrels:
    """Read tab-separated (query-id, corpus-id, score), with or without a header. Raises DataError."""
    qrels: Qrels = {}
    for number, line in _lines(path):
        fields = line.split("\t")
        if number == 1 and fields[-1].strip().lower() == "score":
            continue
        try:
            query, entry, grade = fields[0], fields[1], int(fields[2])
        except (IndexError, ValueError):
            raise DataError(f"{path}:{number}: expected query-id, corpus-id, score, found {line!r}") from None
        if grade > 0:
            qrels.setdefault(query, {})[entry] = grade
    if not qrels:
        raise DataError(f"{path}: no judgement above 0")
    return qrels


def even_sample(items: Sequence[Item], limit: int | None, seed: int = 0) -> tuple[Item, ...]:
    """`limit` items at equal distances from a seeded start, in their order: every part of the set is represented."""
    if limit is None or limit >= len(items):
        return tuple(items)
    if limit < 1:
        raise ValueError(f"--limit must be at least 1, not {limit}")
    step = len(items) / limit
    start = random.Random(seed).random() * step
    return tuple(items[min(int(start + step * turn), len(items) - 1)] for turn in range(limit))


def is_document(folder: Path, path: Path) -> bool:
    """Whether a file below `folder` is one of its documents: not about them, not hidden, no rows of a data set."""
    about = path.parent == folder and path.name == "ABOUT.md"
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not (about or hidden or path.suffix.lower() in _NOT_DOCUMENTS)


def unique_rows(path: Path, kind: type[Kind]) -> tuple[Kind, ...]:
    """Rows of a .jsonl file, whose ids must differ. Raises DataError."""
    found: dict[str, Kind] = {}
    for number, row in _rows(path, kind):
        identity: Any = row.__dict__["id"]
        if identity in found:
            raise DataError(f"{path}:{number}: id {identity!r} was used before")
        found[identity] = row
    if not found:
        raise DataError(f"{path}: the file is empty")
    return tuple(found.values())


def read_rows(path: Path, kind: type[Kind]) -> tuple[Kind, ...]:
    """Rows of a .jsonl file in its order, none of which has to have an id. Raises DataError."""
    return tuple(row for _, row in _rows(path, kind))


def _rows(path: Path, kind: type[Kind]) -> Iterator[tuple[int, Kind]]:
    for number, line in _lines(path):
        try:
            yield number, kind.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DataError(f"{path}:{number}: {place + ': ' if place else ''}{first['msg']}") from None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        # Only "\n" ends a line: JSON texts may hold other separators, which splitlines would cut at.
        lines = path.read_bytes().decode().split("\n")
    except FileNotFoundError:
        raise DataError(f"{path} does not exist") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise DataError(f"{path}: {error}") from None
    return ((number, line.rstrip("\r")) for number, line in enumerate(lines, start=1) if line.strip())
