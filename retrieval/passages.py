"""Cuts a loaded document into passages that fit the encoder's window. Knows no file format and no model."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from retrieval.types import Block, LoadedDocument, Passage, passage_id

# Where prose may be cut, the best place first: empty line, line, sentence (CJK ones need no space), clause, word.
_CUTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\n\s*\n",
        r"\n",
        r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？｡])",
        r"(?<=[,;:])\s+|(?<=[、，；：])",
        r"\s+",
    )
)
_SENTENCE = 2
_HEAD_SHARE = 4  # title and heading take a quarter of the window at most
_SMALL_SHARE = 5  # sections below a fifth of the room are joined with their neighbours
_OVERLAP_SHARE = 8  # of the room: a sentence up to this long is repeated where a paragraph is cut
_REMEMBERED_WORD = 40  # characters; longer "words" are rarely met twice


class TokenCounter(Protocol):
    """The part of an Encoder that cutting needs."""

    @property
    def window(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class Cutter:
    """Cuts documents for one encoder. Remembers the length of words: one instance for many documents is fast."""

    def __init__(self, encoder: TokenCounter) -> None:
        self._encoder = encoder
        self._special = encoder.count_tokens([""])[0]
        self._known: dict[str, int] = {}

    def cut(self, document_id: str, loaded: LoadedDocument) -> list[Passage]:
        """The document's passages in order, each within the window with title and heading."""
        window = self._encoder.window
        while True:
            passages = self._passages(document_id, loaded, window)
            # Words are counted apart and summed up, which is exact for WordPiece and SentencePiece. For a tokenizer
            # where it is not, the fullest passages show it.
            fullest = sorted((p.indexed_text for p in passages), key=len)[-8:]
            longest = max(self._encoder.count_tokens(fullest), default=0) if fullest else 0
            if longest <= self._encoder.window or window < 16:
                return passages
            window = min(window - 1, window * self._encoder.window // longest)

    def _passages(self, document_id: str, loaded: LoadedDocument, window: int) -> list[Passage]:
        self._learn([loaded.title, *(block.text for block in loaded.blocks), *(b.heading or "" for b in loaded.blocks)])
        title = self._clipped(loaded.title, window // _HEAD_SHARE)
        passages: list[Passage] = []
        for section in self._sections(loaded, window):
            heading = self._heading(title, section.heading, window)
            room = self._room(title, heading, window)
            for text in self._pack(section.blocks, room):
                position = len(passages)
                identity = passage_id(document_id, position, text)
                passages.append(Passage(identity, document_id, position, text, title, section.page, heading))
        return passages

    def _sections(self, loaded: LoadedDocument, window: int) -> list["_Section"]:
        """Runs of blocks on one page under one heading; small neighbours on a page are joined."""
        sections: list[_Section] = []
        for block in loaded.blocks:
            last = sections[-1] if sections else None
            if last and (last.page, last.heading) == (block.page, block.heading):
                last.blocks.append(block)
                last.size += self.measure(block.text)
            else:
                sections.append(_Section(block.page, block.heading, [block], self.measure(block.text)))
        room = window - window // _HEAD_SHARE
        joined: list[_Section] = []
        for section in sections:
            last = joined[-1] if joined else None
            small = last and min(last.size, section.size) * _SMALL_SHARE < room
            if last and small and last.page == section.page and last.size + section.size <= room:
                joined[-1] = last.joined(section)
            else:
                joined.append(section)
        return joined

    def _pack(self, blocks: Sequence[Block], room: int) -> Iterator[str]:
        """Fill passages with whole blocks; only a block that is too long by itself is cut."""
        pieces: list[str] = []
        size = 0
        for block in blocks:
            for number, piece in enumerate(self._pieces(block, room)):
                tokens = self.measure(piece)
                # The pieces of one block stay apart: they say a sentence twice.
                if pieces and (number > 0 or size + tokens > room):
                    yield "\n".join(pieces)
                    pieces, size = [], 0
                pieces.append(piece)
                size += tokens
        if pieces:
            yield "\n".join(pieces)

    def _pieces(self, block: Block, room: int) -> list[str]:
        """The block, in as many pieces as the room asks for; each says again what the piece before it leads up to."""
        if self.measure(block.text) <= room:
            return [block.text]
        if block.header and self.measure(block.header) * 2 <= room:
            first, *others = self._split(block.text, room - self.measure(block.header))
            return [first.strip(), *(f"{block.header}\n{rows.strip()}" for rows in others)]
        pieces = self._split(block.text, room - room // _OVERLAP_SHARE)
        return [pieces[0].strip(), *(self._led_up_to(*pair, room).strip() for pair in pairwise(pieces))]

    def _led_up_to(self, before: str, piece: str, room: int) -> str:
        """`piece` with the last sentence before it, if that is short: "It", "this" and "they" point back there."""
        *_, sentence = _parts(before, _CUTS[_SENTENCE])
        fits = self.measure(sentence) + self.measure(piece) <= room
        return sentence + piece if fits and self.measure(sentence) * _OVERLAP_SHARE <= room else piece

    def _split(self, text: str, room: int, level: int = 0) -> list[str]:
        """Cut at the best places that give pieces of at most `room` tokens, about equally long. Nothing is left out."""
        if self.measure(text) <= room:
            return [text]
        if level == len(_CUTS):
            half = len(text) // 2
            return (
                [text] if half == 0 else self._split(text[:half], room, level) + self._split(text[half:], room, level)
            )
        units: list[str] = []
        for unit in _parts(text, _CUTS[level]):
            units.extend(self._split(unit, room, level + 1))
        return self._join(units, room)

    def _join(self, units: Sequence[str], room: int) -> list[str]:
        """Put neighbouring units together again, up to an equal share of the whole."""
        sizes = [self.measure(unit) for unit in units]
        share = sum(sizes) / max(1, math.ceil(sum(sizes) / room))
        pieces: list[str] = []
        size = 0
        for unit, tokens in zip(units, sizes, strict=True):
            if pieces and size + tokens <= room and size + tokens / 2 <= share:
                pieces[-1] += unit
                size += tokens
            else:
                pieces.append(unit)
                size = tokens
        return pieces

    def _heading(self, title: str, heading: str | None, window: int) -> str | None:
        """The heading path without the title, its outer parts dropped until it fits."""
        parts = heading.split(" > ") if heading else []
        if parts and parts[0] == title:
            parts = parts[1:]
        limit = max(1, window // _HEAD_SHARE - self.measure(title))
        while len(parts) > 1 and self.measure(" > ".join(parts)) > limit:
            parts = parts[1:]
        return self._clipped(parts[0], limit) or None if len(parts) == 1 else " > ".join(parts) or None

    def _clipped(self, text: str, limit: int) -> str:
        while text and self.measure(text) > limit:
            text = text[: len(text) * 3 // 4].rstrip()
        return text

    def _room(self, title: str, heading: str | None, window: int) -> int:
        head = " > ".join(part for part in (title, heading) if part)
        return max(1, window - self._special - self.measure(head))

    def measure(self, text: str) -> int:
        """Tokens of `text` without special tokens."""
        try:
            return sum(map(self._known.__getitem__, text.split()))
        except KeyError:
            self._learn([text])
            words = text.split()
            return sum(self._known[word] if word in self._known else self._count([word])[0] for word in words)

    def _learn(self, texts: Sequence[str]) -> None:
        """Count the words not yet known, all at once."""
        if len(self._known) > 200_000:
            self._known.clear()
        words = {word for text in texts for word in text.split() if len(word) <= _REMEMBERED_WORD}
        new = [word for word in words if word not in self._known]
        self._known.update(zip(new, self._count(new), strict=True))

    def _count(self, words: Sequence[str]) -> list[int]:
        # The space in front is how a word stands in a sentence; some tokenizers count it otherwise.
        return [n - self._special for n in self._encoder.count_tokens([f" {word}" for word in words])] if words else []


def cut(document_id: str, loaded: LoadedDocument, encoder: TokenCounter) -> list[Passage]:
    """Passages of one document; keep a Cutter where there are many."""
    return Cutter(encoder).cut(document_id, loaded)


@dataclass
class _Section:
    page: int | None
    heading: str | None
    blocks: list[Block]
    size: int  # tokens

    def joined(self, other: "_Section") -> "_Section":
        """Both, under the heading that is true of both; a chapter's bare title joins the section below it."""
        mine, its = (path.split(" > ") if path else [] for path in (self.heading, other.heading))
        bare = len(self.blocks) == 1 and its[: len(mine)] == mine and mine[-1:] == [self.blocks[0].text]
        shared = [a for a, b in zip(mine, its, strict=False) if a == b] if mine[:1] == its[:1] else []
        heading = " > ".join(its if bare else shared) or None
        return _Section(self.page, heading, self.blocks + other.blocks, self.size + other.size)


def _parts(text: str, cuts: re.Pattern[str]) -> Iterator[str]:
    """`text` in parts that end where `cuts` matches, nothing left out."""
    start = 0
    for match in cuts.finditer(text):
        if match.end() > start:
            yield text[start : match.end()]
            start = match.end()
    if start < len(text):
        yield text[start:]
