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
from retrieval.words import STOP_WORDS, content_stems, words

MOST = 3
_TRIED = 8  # candidates that are searched for, at most
_LONGEST = 9  # words of a heading that reads as a topic
# A number that only orders: short, and a word follows ("24 V supply" and "2024 Results" are about theirs).
_NUMBERED = re.compile(
    r"^\s*(?:(?:[0-9]{1,2}|[A-Z]|[IVX]+)(?:(?:\.[0-9]+)+[.):]?|[.):]|(?=\s+[A-ZÄÖÜ][a-zäöüß]))\s+"
    r"|§+\s*[0-9]+\w*\s+|[-–•*]\s*)"
)
_QUESTION = re.compile(r"^[^.!]*\?\s*$")
# Words of headings that say where something stands, or what every text has, and not what it is about.
_NO_TOPICS = frozenset(
    words(
        "introduction overview content contents table tables summary abstract conclusion conclusions note notes"
        " reference references appendix annex general miscellaneous other foreword preface index glossary bibliography"
        " figure figures page chapter section slide part background method methods result results discussion"
        " acknowledgements"
        " einleitung überblick inhalt inhaltsverzeichnis zusammenfassung fazit hinweis hinweise anhang allgemeines"
        " sonstiges vorwort literatur literaturverzeichnis register abbildung abbildungen tabelle tabellen seite"
        " kapitel abschnitt folie teil hintergrund methode methoden ergebnis ergebnisse diskussion und der die das"
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
    said = [word for word in words(last) if word.isalpha() and len(word) > 1 and word not in STOP_WORDS]
    return None if _NO_TOPICS.issuperset(said) or len(words(last)) > _LONGEST else last


def _candidates(near: Iterable[Passage], known: Sequence[str], language: str) -> Iterable[tuple[Passage, str]]:
    """Passages with the question about each one's section: no two about the same, none about a whole document, and
    none that would be read with what was said before."""
    told = [frozenset(content_stems(one)) for one in known]
    for passage in near:
        about = topic(passage.heading)
        if about is None:
            continue
        stems, question = frozenset(content_stems(about)), _question(about, passage.title, language)
        title = frozenset(content_stems(passage.title))
        if any(stems <= one for one in (*told, title)) or leans_on_history(question):
            continue
        told.append(stems)
        yield passage, question


def _question(about: str, title: str, language: str) -> str:
    if _QUESTION.match(about):  # a heading that asks: a list of frequent questions, say
        return about
    return _ASKED.get(language, _ASKED["en"]).format(title=title, topic=about)
