"""The dimensions of what stands around an answer: greeting, closing, announcements, heading; they know no body."""

import re

from personalization.dimension import Dimension, Phase, Settings, on_or_off
from personalization.framing import framed, is_framing, opener
from personalization.lexicon import STOP_WORDS, STOP_WORDS_GERMAN
from personalization.prose import Hidden, all_sentences, each_sentence, lines, markers, outside, sentences, words

_GAPS = ("\n\n", "\n", " ")


def _gap(blanks: str) -> str:
    return next((gap for gap in _GAPS if gap in blanks), " ")


def _greeting_wanted(draft: str, edited: str) -> Settings | None:
    before, after = framed(draft), framed(edited)
    old, new = before.greeting.strip(), after.greeting.strip()
    if old == new or not before.body.strip():
        return None
    return {"text": new, "gap": _gap(after.greeting[len(after.greeting.rstrip()) :]) if new else " "}


def _greet(text: str, wish: Settings) -> str:
    parts = framed(_ungreet(text, wish))
    body = (parts.body + parts.closing).lstrip()
    return wish["text"] + wish["gap"] + body if wish["text"] and body else body


def _ungreet(text: str, wish: Settings) -> str:
    """A greeting that no list of greetings knows is known by its own text."""
    own = wish["text"]
    return text.lstrip()[len(own) :].lstrip() if own and text.lstrip().startswith(own) else text


def _quoted(wish: Settings, verb: str, none: str) -> str:
    return f"{verb} “{wish['text']}”." if wish["text"] else none


GREETING = Dimension(
    name="greeting",
    values={"text": str, "gap": _GAPS},
    measure=lambda text: float(bool(framed(text).greeting)),
    wanted=_greeting_wanted,
    describe=lambda wish: _quoted(wish, "Begin with the greeting", "Do not begin with a greeting."),
    act=_greet,
    undo=_ungreet,
    phase=Phase.FRAME,
)


def _closing_wanted(draft: str, edited: str) -> Settings | None:
    before, after = framed(draft), framed(edited)
    old, new = before.closing.strip(), after.closing.strip()
    if old == new or not before.body.strip():
        return None
    return {"text": new, "gap": _gap(after.closing[: -len(after.closing.lstrip())]) if new else " "}


def _close(text: str, wish: Settings) -> str:
    parts = framed(_unclosed(text, wish))
    body = (parts.greeting + parts.body).rstrip()
    return body + wish["gap"] + wish["text"] if wish["text"] and body else body


def _unclosed(text: str, wish: Settings) -> str:
    own = wish["text"]
    return text.rstrip()[: -len(own)].rstrip() if own and text.rstrip().endswith(own) else text


CLOSING = Dimension(
    name="closing",
    values={"text": str, "gap": _GAPS},
    measure=lambda text: float(bool(framed(text).closing)),
    wanted=_closing_wanted,
    describe=lambda wish: _quoted(wish, "End with the closing", "Do not add a closing."),
    act=_close,
    undo=_unclosed,
    phase=Phase.FRAME,
)


def _announced(text: str) -> float:
    return sum(bool(opener(one)) or is_framing(one) for one in all_sentences(framed(text).body))


def _announce(text: str, wish: Settings) -> str:
    if wish["use"]:
        return text
    parts = framed(text)
    return parts.around(outside(parts.body, lambda body: each_sentence(body, _to_the_point)))


def _to_the_point(sentence: str) -> str:
    if is_framing(sentence):
        return ""
    rest = sentence[len(opener(sentence)) :].lstrip()
    # a phrase that opens a list stays, or the list would hang in the air
    if not words(rest) or len(rest) == len(sentence):
        return sentence
    return rest[0].upper() + rest[1:]


ANNOUNCEMENT = Dimension(
    name="announcements",
    values={"use": (True, False)},
    measure=_announced,
    wanted=on_or_off(_announced, 1),
    describe=lambda wish: "Announce the answer before you give it." if wish["use"] else "Start with the answer itself.",
    act=_announce,
    phase=Phase.SENTENCES,
    honours=lambda wish: not wish["use"],
)


def _headings(text: str) -> list[str]:
    return [line.text.strip() for line in lines(Hidden.of(text).text) if line.kind == "heading"]


def _heading_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _headings(draft), _headings(edited)
    if before and not after:
        return {"use": False, "text": ""}
    if before or not after:
        return None
    named = {word.lower() for word in words(after[0])} - STOP_WORDS - STOP_WORDS_GERMAN
    topical = named & {word.lower() for word in words(draft)}
    first = framed(edited).body.lstrip().startswith(after[0])
    return {"use": True, "text": after[0] if first and len(after) == 1 and not topical else ""}


def _head(text: str, wish: Settings) -> str:
    parts = framed(_beheaded(text, wish))
    if not wish["use"]:
        return parts.around(outside(parts.body, _without_headings))
    body = parts.body.lstrip()
    if not wish["text"] or not body or lines(body)[0].kind == "heading":
        return text
    return parts.apart(f"{wish['text']}\n\n{body}")


def _beheaded(text: str, wish: Settings) -> str:
    parts = framed(text)
    own, body = wish["text"], parts.body.lstrip()
    return parts.around(body[len(own) :].lstrip()) if own and body.startswith(own + "\n") else text


def _only_names(heading: str) -> bool:
    """Whether it is a title and not a text that somebody wrote behind a title's sign."""
    # what is protected stands hidden behind a sign that cannot be printed
    return len(words(heading)) <= 10 and len(sentences(heading)) == 1 and not markers(heading) and heading.isprintable()


def _without_headings(body: str) -> str:
    said = lines(body)
    kept = [line.text for line in said if line.kind != "heading" or not _only_names(line.body)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).lstrip("\n") if len(kept) < len(said) else body


def _describe_heading(wish: Settings) -> str:
    if not wish["use"]:
        return "Do not use headings."
    return (
        f"Start with the heading “{wish['text'].lstrip('# ')}”."
        if wish["text"]
        else "Use headings that name the topic."
    )


HEADING = Dimension(
    name="headings",
    values={"use": (True, False), "text": str},
    measure=lambda text: len(_headings(text)),
    wanted=_heading_wanted,
    describe=_describe_heading,
    act=_head,
    undo=_beheaded,
    phase=Phase.TITLE,
    honours=lambda wish: not wish["use"] or bool(wish["text"]),
)
