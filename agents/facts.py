"""Where facts about the person stand among the passages that were kept. Pure; knows no selector and no store."""

from collections.abc import Sequence
from dataclasses import replace

from retrieval.types import Hit, Selection

# Cosine of a question and a fact from which the fact is taken to answer, even in other words. Chosen with MiniLM on 15
# questions that a fact answers (14 reach it) and 12 that none does (none reaches it).
ANSWERS = 0.45


def with_facts(selection: Selection, judged: Selection, facts: Sequence[Hit], hits: int) -> Selection:
    """`selection` with facts behind its passages; without a passage only those that answer, as `judged` of the facts
    alone says. `hits` were found, so that ranks go on from there."""
    answering = {fact.passage.id for fact in judged.kept}
    known = [fact for fact in facts if selection.kept or fact.passage.id in answering or (fact.dense or 0.0) >= ANSWERS]
    shown = tuple(replace(fact, rank=hits + place) for place, fact in enumerate(known, start=1))
    worth = {fact.passage.id: judged.utilities.get(fact.passage.id, 0.0) for fact in shown}
    return replace(selection, kept=(*selection.kept, *shown), utilities=selection.utilities | worth)


def facts_of(selection: Selection) -> tuple[Hit, ...]:
    return tuple(hit for hit in selection.kept if hit.passage.kind == "fact")


def at_most(kept: Sequence[Hit], limit: int) -> list[Hit]:
    """So many of what was kept, in its order; passages go before facts do."""
    passages = [hit for hit in kept if hit.passage.kind != "fact"]
    left_out = passages[max(0, limit - (len(kept) - len(passages))) :]
    return [hit for hit in kept if hit not in left_out]
