"""What a text claims, as a sequence of words that say the same whatever the style; knows nothing of edits."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from personalization.framing import closing, greeting, is_framing, opener
from personalization.lexicon import (
    ALIKE,
    CONTRACTIONS,
    FORMAL,
    NO_CLAIM,
    NO_CLAIM_GERMAN,
    NUMBERS,
    PERSONS,
    PERSONS_GERMAN,
    PLAIN,
    is_german,
)
from personalization.prose import Hidden, lines, protected, sentences

_PHRASES = sorted((phrase for phrase in {**FORMAL, **PLAIN, **ALIKE} if not phrase.isalpha()), key=len, reverse=True)
_TOKEN = re.compile(
    rf"(?P<phrase>(?<!\w)(?:{'|'.join(map(re.escape, _PHRASES))})(?!\w))|(?P<marker>\[\d+(?:\s*[,;]\s*\d+)*\])"
    r"|(?P<tag>#[^\W\d]\w*)|(?P<number>(?:(?<!\w)[-−–])?\d+(?:[.,]\d+)*)|(?P<word>\w+(?:[-'’]\w+)*)|(?P<sign>[%€$£°+=<>≤≥±×])",
    re.IGNORECASE,
)


# Small words that are names in capitals; where all is in capitals, or a sentence begins, they are not.
_NAMES = frozenset({"US", "IT", "WHO"})
_MAY = re.compile(r"(?<=[a-z,] )May(?!\w)")
_SILENT = {False: NO_CLAIM | PERSONS, True: NO_CLAIM_GERMAN | PERSONS_GERMAN}


@dataclass(frozen=True)
class Claim:
    """One word that claims something, in its plainest form, and where in the text it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """A sentence, list item or heading, where it stands, and the words of its claim; none where it frames."""

    text: str
    start: int
    claims: tuple[Claim, ...]
    heading: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(claim.word for claim in self.claims)


def read(text: str, german: bool | None = None) -> list[Sentence]:
    """The sentences of a text in order, greeting and closing among them with no claim."""
    german = is_german(text) if german is None else german
    begin, finish = len(greeting(text)), len(text) - len(closing(text))
    fixed = protected(text)
    found, at = [], 0
    for part, heading in _parts(text):
        start = text.index(part, at)
        at = start + len(part)
        skipped = max(begin - start, len(opener(part)))
        frames = is_framing(part) or start >= finish or at <= begin
        kept = () if frames else tuple(_claims(text, (start + skipped, min(at, finish)), fixed, german))
        found.append(Sentence(part, start, kept, heading))
    return found


def spoken(text: str, german: bool) -> list[str]:
    """Every word, also what claims nothing, in its plainest form."""
    return [word for token in _TOKEN.finditer(text) for word in _plainest(token, german)]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    hidden = Hidden.of(text)
    for line in lines(hidden.text):
        if line.kind in ("prose", "item"):
            yield from ((hidden.reveal(part), False) for part in sentences(line.body))
        elif line.kind != "blank":
            yield hidden.reveal(line.body).strip(), line.kind == "heading"


def _claims(text: str, within: tuple[int, int], fixed: Sequence[tuple[int, int]], german: bool) -> Iterator[Claim]:
    """Code, addresses and quotations, which are `fixed`, are one word each, letter by letter."""
    at, end = within
    for left, right in fixed[bisect_right(fixed, (at, at)) :]:
        if left >= end:
            break
        yield from _words(text, at, left, german)
        yield Claim(text[left:right], left, right)
        at = right
    yield from _words(text, at, end, german)


def _words(text: str, start: int, end: int, german: bool) -> Iterator[Claim]:
    for token in _TOKEN.finditer(text, start, max(start, end)):
        for word in _plainest(token, german):
            if word not in _SILENT[german]:
                yield Claim(word, *token.span())


def _plainest(token: re.Match[str], german: bool) -> list[str]:
    found = token[0].lower().replace("’", "'")
    if _MAY.match(token.string, token.start()):
        return ["May"]
    if token["marker"]:
        return [f"[{number}]" for number in re.findall(r"\d+", found)]
    if token["tag"]:
        return []
    if token["number"]:
        thousands = "[.]" if german else ","
        return [re.sub(rf"{thousands}(?=\d{{3}}(?!\d))", "", found.replace("−", "-").replace("–", "-"))]
    if token[0] in _NAMES and not token.string[max(0, token.start() - 9) : token.end() + 9].isupper():
        return [token[0]]
    for table in (CONTRACTIONS, FORMAL, PLAIN, ALIKE, PLAIN, NUMBERS):
        found = table.get(found, found)
    parts = found.split()
    return [piece for part in parts for piece in ("not",) * (part == "cannot") or (part.removesuffix("'s"),)]
