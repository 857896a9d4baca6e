"""Runs of sentences out of a text: with those that answer a question, or without them."""

import random
from collections.abc import Sequence

from training.answers_data import Evidence, Text, split

_WORDS = (20, 150)  # of a passage, as long as the cutter makes them; the lower bound is a wish, for no sentence is cut
_LONG = 0.03  # share of passages that are twice as long


def cut(text: Text, evidence: Sequence[str], rng: random.Random) -> str:
    """A run of whole sentences around one evidence sentence, or anywhere; tables keep their first line."""
    most = rng.randint(*_WORDS) * (2 if rng.random() < _LONG else 1)
    if " | " in text.text:
        return _cut_table(text.text, evidence, most)
    lines = split(text.text)
    flat = " ".join(lines)
    at = next((number for number, line in enumerate(lines) if line in evidence), None)
    if at is None:
        if any(one in flat for one in evidence):
            return flat  # the set's own sentence is not one of ours
        at = 0 if rng.random() < 0.6 else rng.randrange(len(lines))
    first = last = at
    while sum(len(line.split()) for line in lines[first : last + 1]) < most and (first > 0 or last < len(lines) - 1):
        if last == len(lines) - 1 or (first > 0 and rng.random() < 0.5):
            first -= 1
        else:
            last += 1
    return " ".join(" ".join(lines[first : last + 1]).split()[: 3 * most])


def without(text: str, evidence: Sequence[Evidence]) -> str:
    """The text without the sentences; whole where too little would be left."""
    rest = text
    for one in evidence:
        rest = rest.replace(one.sentence, "")
    return " ".join(rest.split()) if len(rest.split()) >= _WORDS[0] else text


def _cut_table(text: str, evidence: Sequence[str], most: int) -> str:
    rows = text.split("\n")
    wanted = [number for number, row in enumerate(rows) if " ".join(row.split()) in evidence]
    kept, words = set(wanted) | {0, 1, 2}, 0
    for number, row in enumerate(rows):
        words += len(row.split())
        if words < 2 * most:
            kept.add(number)
    return "\n".join(" ".join(rows[number].split()) for number in sorted(kept) if number < len(rows))
