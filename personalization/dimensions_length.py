"""The dimensions of how much is said: sentences, words, what is left out first; they know nothing of wording."""

import re
from collections import Counter
from collections.abc import Callable
from math import ceil

from personalization.dimension import Dimension, Phase, Settings, on_or_off
from personalization.framing import framed
from personalization.lexicon import CONNECTIVES, HEDGES
from personalization.prose import Hidden, all_sentences, each_sentence, lines, markers, outside, sentences, words


def _said(text: str) -> list[str]:
    return all_sentences(framed(text).body)


def _length(text: str) -> int:
    return len(words(framed(text).body))


def _length_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _length(draft), _length(edited)
    was, now = len(_said(draft)), len(_said(edited))
    if 0 < now < was and after <= 0.8 * before:
        return {"bound": "at most", "count": now, "of": "sentences"}
    if now and 0 < after <= 0.6 * before:
        return {"bound": "at most", "count": 5 * ceil(after / 5), "of": "words"}
    if before and after >= 1.5 * before and after >= before + 10:
        return {"bound": "at least", "count": 5 * (after // 5), "of": "words"}
    return None


def _shorten(text: str, wish: Settings) -> str:
    """The text without its last sentences until it fits; one whose citation stands nowhere else is never left out."""
    if wish["bound"] == "at least":
        return text
    parts = framed(text)
    hidden = Hidden.of(parts.body)
    rows = [(line, sentences(line.body) if line.kind in ("prose", "item") else []) for line in lines(hidden.text)]
    gone = _dropped([[hidden.reveal(one) for one in said] for _, said in rows], wish, Counter(markers(text)))
    if not gone:
        return text
    written = []
    for row, (line, said) in enumerate(rows):
        left = [one for at, one in enumerate(said) if (row, at) not in gone]
        if left or not said:
            written.append(line.lead + " ".join(left) if said else line.text)
    return parts.around(re.sub(r"\n{3,}", "\n\n", hidden.reveal("\n".join(written))).rstrip())


def _dropped(rows: list[list[str]], wish: Settings, cited: Counter[str]) -> set[tuple[int, int]]:
    """The places (row, sentence) of what is left out, from the last on; one sentence always stays."""
    size = {(row, at): len(words(one)) for row, said in enumerate(rows) for at, one in enumerate(said)}
    by_words = wish["of"] == "words"
    left = sum(size.values()) if by_words else len(size)
    gone: set[tuple[int, int]] = set()
    for place in reversed(list(size)):
        if left <= wish["count"] or len(gone) == len(size) - 1:
            break
        own = Counter(markers(rows[place[0]][place[1]]))
        if all(cited[marker] > count for marker, count in own.items()):
            cited -= own
            left -= size[place] if by_words else 1
            gone.add(place)
    return gone


LENGTH = Dimension(
    name="length",
    values={"bound": ("at most", "at least"), "count": int, "of": ("sentences", "words")},
    measure=_length,
    wanted=_length_wanted,
    describe=lambda wish: f"Write {wish['bound']} {wish['count']} {wish['of'][: -1 if wish['count'] == 1 else None]}.",
    act=_shorten,
    phase=Phase.SENTENCES,
    honours=lambda wish: wish["bound"] == "at most",
)


def _sentence_length(text: str) -> float:
    said = _said(text)
    return sum(len(words(one)) for one in said) / len(said) if said else 0.0


def _sentence_length_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _sentence_length(draft), _sentence_length(edited)
    if not before or not after or abs(after - before) < max(3.0, 0.3 * before):
        return None
    return {"sentences": "short" if after < before else "long"}


def _halve(text: str, wish: Settings) -> str:
    if wish["sentences"] == "long":
        return text
    return outside(text, lambda shown: each_sentence(shown, _halved))


def _halved(sentence: str) -> str:
    parts = sentence.split("; ")
    if len(parts) == 1 or any(len(words(part)) < 3 or not part[0].isalnum() for part in parts):
        return sentence
    return ". ".join([parts[0], *(part[0].upper() + part[1:] for part in parts[1:])])


SENTENCE_LENGTH = Dimension(
    name="sentence length",
    values={"sentences": ("short", "long")},
    measure=_sentence_length,
    wanted=_sentence_length_wanted,
    describe=lambda wish: f"Write {wish['sentences']} sentences.",
    act=_halve,
    honours=lambda _: False,
)


def _without_phrases(phrases: frozenset[str]) -> Callable[[str], str]:
    """Drops the phrases from a sentence, with the commas that set them apart."""
    listed = "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
    first = re.compile(rf"(?:{listed})(?:,\s*|\s+)(?=\w)", re.IGNORECASE)
    inside = re.compile(rf",\s++(?:{listed}),(?=\s)|(?<!\s)\s++(?:{listed})(?![\w'’-])(?=\s+\w)", re.IGNORECASE)

    def drop(sentence: str) -> str:
        rest = inside.sub("", sentence)
        if start := first.match(rest):
            shorter = rest[start.end() :]
            rest = shorter[0].upper() + shorter[1:] if rest[0].isupper() else shorter
        return rest

    return drop


_drop_hedges = _without_phrases(HEDGES)
_CONNECTED = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(CONNECTIVES, key=len, reverse=True)))}),\s*(?=\w)", re.IGNORECASE
)


def _disconnected(sentence: str) -> str:
    start = _CONNECTED.match(sentence)
    if not start:
        return sentence
    rest = sentence[start.end() :]
    return rest[0].upper() + rest[1:] if sentence[0].isupper() else rest


def _times(listed: frozenset[str]) -> Callable[[str], float]:
    def measure(text: str) -> float:
        said = f" {' '.join(words(Hidden.of(text).text)).lower()} "
        return sum(said.count(f" {phrase} ") for phrase in listed)

    return measure


def _dropping(drop: Callable[[str], str]) -> Callable[[str, Settings], str]:
    def act(text: str, wish: Settings) -> str:
        return text if wish["use"] else outside(text, lambda shown: each_sentence(shown, drop))

    return act


HEDGING = Dimension(
    name="hedging",
    values={"use": (True, False)},
    measure=_times(HEDGES),
    wanted=on_or_off(_times(HEDGES), 1),
    describe=lambda wish: (
        "Say how sure you are." if wish["use"] else "Do not hedge: leave out perhaps, probably and the like."
    ),
    act=_dropping(_drop_hedges),
    honours=lambda wish: not wish["use"],
)

CONNECTIVE = Dimension(
    name="connectives",
    values={"use": (True, False)},
    measure=_times(CONNECTIVES),
    wanted=on_or_off(_times(CONNECTIVES), 1),
    describe=lambda wish: (
        "Connect sentences with words such as however."
        if wish["use"]
        else "Do not begin sentences with however, moreover and the like."
    ),
    act=_dropping(_disconnected),
    honours=lambda wish: not wish["use"],
)
