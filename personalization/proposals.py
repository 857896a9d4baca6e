"""What an edit may mean: transformations of both families that bring the draft closer to it. Knows no other edit."""

import json
import re
from collections.abc import Iterable

from personalization import dimensions
from personalization.ports import Transformation
from personalization.rules_from_gaps import from_gaps, from_lines, from_sentences
from personalization.rules_from_words import from_words
from personalization.rules_sensible import sensible
from personalization.rules_text import Pair

_LONGEST = 6000  # letters: a longer text is compared by its dimensions alone


def proposals(before: str, after: str) -> list[Transformation]:
    """All wishes that may explain how `before` became `after`, each once; not validated."""
    if before == after:
        return []
    found: list[Transformation] = []
    if max(len(before), len(after)) <= _LONGEST:
        pair = Pair(before, after)
        rules = (*from_gaps(pair), *from_sentences(pair), *from_lines(pair), *from_words(pair))
        found += [rule for rule in rules if sensible(rule, before, after)]
    return distinct([*found, *dimensions.suggest(before, after)])


def identity(transformation: Transformation) -> str:
    """What makes two transformations the same one, whoever proposed them."""
    return json.dumps(dict(transformation.parameters), sort_keys=True, ensure_ascii=False)


def distinct(transformations: Iterable[Transformation]) -> list[Transformation]:
    """Each once, the first of those that are the same."""
    found: dict[str, Transformation] = {}
    for one in transformations:
        found.setdefault(identity(one), one)
    return list(found.values())


def copied(transformation: Transformation, written: str) -> bool:
    """Whether what it puts in is made of the text's own words: that says something about this text only."""
    literal = re.sub(r"\{\d\}", "", str(transformation.parameters.get("literal", "")))
    said = {word.casefold() for word in re.findall(r"\w{4,}|\d+", literal)}
    known = {word.casefold() for word in re.findall(r"\w{4,}|\d+", written)}
    return bool(said) and len(said & known) * 2 >= len(said)
