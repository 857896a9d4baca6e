"""Scripted retriever, selector and recall for tests of the graph: what they are told to return, and what they were asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from personalization.ports import Recalled
from retrieval.types import Hit, Passage, Query, Selection


def hit(text: str, title: str = "Handbook", page: int | None = 1, rank: int = 1) -> Hit:
    passage = Passage(id=f"p-{title}-{page}-{rank}", document_id=title, position=0, text=text, title=title, page=page)
    return Hit(passage=passage, score=1 / rank, rank=rank)


@dataclass
class ScriptedRetriever:
    hits: Sequence[Hit] = ()
    queries: list[Query] = field(default_factory=list)

    async def search(self, query: Query) -> Sequence[Hit]:
        self.queries.append(query)
        return self.hits


@dataclass
class ScriptedSelector:
    """Keeps the hits whose rank is named."""

    ranks: frozenset[int] = frozenset({1, 2, 3})
    questions: list[str] = field(default_factory=list)

    @property
    def version(self) -> str:
        return "scripted"

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        self.questions.append(question)
        kept = tuple(hit for hit in hits if hit.rank in self.ranks)
        return Selection(kept, {hit.passage.id: hit.score for hit in hits})


@dataclass
class ScriptedRecall:
    instruction: str | None = None

    async def recall(self, person_id: str, context: str) -> Recalled:
        return Recalled(self.instruction, ("pref-1",) if self.instruction else ())
