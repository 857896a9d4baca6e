"""Follow-up questions that the documents answer: made of headings near an answer, and held against retriever and
selector before anybody sees them. Knows the ports only, and no conversation.

A question is shown only where the selector would keep, for that very question, a passage of the section that it was
made of: the same bar that an answer has to pass. No model writes them: the embedded one invents, and a search
costs little.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from agents.questions import leans_on_history
from agents.types import Searches
from retrieval.ports import Selector
from retrieval.types import Hit, Passage, Query
from retrieval.words import content_stems, words

MOST = 3
_TRIED = 8  # candidates that are searched for, at most
_LONGEST = 9  # words of a heading that reads as a topic
_NUMBERED = re.compile(r"^\s*(?:(?:[0-9]+|[A-Z]|[IVX]+)(?:\.[0-9]+)*[.):]?\s+|§+\s*[0-9]+\w*\s+|[-–•*]\s*)")
_QUESTION = re.compile(r"^[^.!]*\?\s*$")
# Headings that say where something stands, and not what it is about; as stems.
_NO_TOPICS = frozenset(
    content_stems(
        "introduction overview contents content table summary conclusion conclusions notes note references appendix"
        " annex general miscellaneous other foreword preface index glossary bibliography figures page chapter section"
        " slide einleitung überblick inhalt inhaltsverzeichnis zusammenfassung fazit hinweise anhang allgemeines"
        " sonstiges vorwort literatur register abbildungen seite kapitel abschnitt folie"
    )
)
_ASKED = {
    "en": "What does {title} say about “{topic}”?",
    "de": "Was sagt {title} über „{topic}“?",
}


@dataclass(frozen=True)
class Suggestion:
    """A question, and the passage that speaks for it."""

    question: str
    hit: Hit


@dataclass(frozen=True)
class Scope:
    """As whom, and within what, the suggested questions would be asked."""

    readers: frozenset[str]
    document_ids: frozenset[str] | None = None
    limit: int = 10


async def suggestions(
    retriever: Searches,
    selector: Selector,
    near: Iterable[Passage],
    known: Sequence[str],
    scope: Scope,
    language: str = "en",
) -> AsyncIterator[Suggestion]:
    """At most MOST questions about the sections of `near`, nearest first, about nothing of what is `known`: what was
    asked before, and the headings that were cited."""
    found = 0
    for passage, question in islice(_candidates(near, known, language), _TRIED):
        if found == MOST:
            return
        hits = await retriever.search(Query(question, scope.readers, scope.limit, scope.document_ids))
        kept = (await selector.select(question, hits)).kept if hits else ()
        if kept and (kept[0].passage.document_id, kept[0].passage.heading) == (passage.document_id, passage.heading):
            found += 1
            yield Suggestion(question, kept[0])


def topic(heading: str | None) -> str | None:
    """What the last of a path of headings is about; None where it is about nothing that could be asked."""
    last = _NUMBERED.sub("", (heading or "").split(" > ")[-1]).strip(" :–-\t")
    said = frozenset(content_stems(last))
    if not said or said <= _NO_TOPICS or len(words(last)) > _LONGEST or not any(stem.isalpha() for stem in said):
        return None
    return last


def _candidates(near: Iterable[Passage], known: Sequence[str], language: str) -> Iterable[tuple[Passage, str]]:
    """Passages with the question about each one's section; no two about the same."""
    told = [frozenset(content_stems(one)) for one in known]
    for passage in near:
        about = topic(passage.heading)
        if about is None:
            continue
        stems, question = frozenset(content_stems(about)), _question(about, passage.title, language)
        if any(stems <= one for one in told) or leans_on_history(
            question
        ):  # that would be read with what was said before
            continue
        told.append(stems)
        yield passage, question


def _question(about: str, title: str, language: str) -> str:
    if _QUESTION.match(about):  # a heading that asks: a list of frequent questions, say
        return about
    return _ASKED.get(language, _ASKED["en"]).format(title=title, topic=about)
