"""A conversation as a Markdown file: questions, answers, and the numbered sources with what they quote. Pure."""

import re
from collections.abc import Iterator, Sequence

from app.schemas import CitationPublic, ConversationDetail, TurnPublic
from app.schemas_conversations import by_question

NAME_LENGTH = 80

# What others wrote must not act in whatever shows the file. Inside code the escaped sign is seen as written: rather
# that than a guess at where a reader's Markdown ends its code.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE = re.compile(r"!(?=\[)")
_SCRIPT = re.compile(r"\]\((?!\s*(?:https?://|mailto:))", re.IGNORECASE)
_SIGNS = re.compile(r"([\\`*_\[\]#~|])")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069\ufeff]")
_ENDINGS = {
    "running": "*Still being answered.*",
    "stopped": "*Stopped; this is what was written until then.*",
    "failed": "*No answer.*",
}


def as_markdown(conversation: ConversationDetail) -> str:
    """The whole conversation, oldest question first, with every answer that was given to it."""
    head = f"# {_plain(conversation.title)}\n\n*{conversation.created_at:%Y-%m-%d}*"
    return "\n\n".join([head, *(part for turns in by_question(conversation.turns) for part in _question(turns))]) + "\n"


def file_name(title: str, ending: str) -> str:
    """Letters, digits, blanks, dots, dashes and underscores of the title; no path and no hidden file."""
    kept = " ".join(re.sub(r"[^\w\-. ]+", " ", title).split()).lstrip(". ")[:NAME_LENGTH].rstrip(". ")
    return f"{kept or 'conversation'}.{ending}"


def _question(siblings: Sequence[TurnPublic]) -> Iterator[str]:
    asked = None
    for place, turn in enumerate(siblings, start=1):
        if turn.question != asked:
            yield "## Question"
            yield _quoted(turn.question)
        asked = turn.question
        yield from _answer(turn, f" {place} of {len(siblings)}" if len(siblings) > 1 else "")


def _answer(turn: TurnPublic, which: str) -> Iterator[str]:
    yield f"### Answer{which}" + (" (edited)" if turn.edited else "")
    if turn.state in _ENDINGS:
        yield _ENDINGS[turn.state]
    if turn.answer:
        yield _harmless(turn.answer)
    if turn.citations:
        yield "### Sources"
        yield from (_source(citation) for citation in turn.citations)


def _source(citation: CitationPublic) -> str:
    place = f", page {citation.page}" if citation.page else ""
    heading = f", {_plain(citation.heading)}" if citation.heading else ""
    return f"**[{citation.marker}]** {_plain(citation.document)}{place}{heading}\n\n{_quoted(citation.quote)}"


def _quoted(text: str) -> str:
    """Set off line by line, so that nothing in it can end the quotation."""
    return "\n".join(f"> {_plain(line)}".rstrip() for line in text.splitlines())


def _plain(text: str) -> str:
    """Shown as the signs it is made of, on one line."""
    line = _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return _SIGNS.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;"))


def _harmless(answer: str) -> str:
    """Markdown that loads nothing and runs nothing."""
    shown = _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", answer)
    return _SCRIPT.sub(r"]\\(", _IMAGE.sub(r"!\\", _TAG.sub("&lt;", shown)))
