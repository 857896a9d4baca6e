"""Which passage supports a sentence, by its words: for models that cite nothing themselves. Pure, deterministic.

A sentence's support by a passage is the share of its content words that the passage contains; words that the question
did not already contain count double, because they are what the answer adds. It sees words, not meaning: a negation or
a swapped subject escapes it.
"""

from collections.abc import Sequence

from agents.words import content_stems, sentences

ENOUGH = 0.7  # support below which a sentence gets no marker; see docs/decisions/005
_MORE = 0.25  # support that a second passage must add to be cited too
_MOST = 2  # passages cited for one sentence
_NEW_WORD = 2.0
_CLOSING = '.!?。！？"”’)'


def attribute(answer: str, question: str, passages: Sequence[str]) -> str:
    """`answer` with markers [n] set before the closing mark of each sentence that passages[n - 1] supports."""
    known = frozenset(content_stems(question))
    contents = [frozenset(content_stems(passage)) for passage in passages]
    pieces, done = [], 0
    for start, end in sentences(answer):
        sentence = answer[start:end]
        markers = "".join(f"[{number}]" for number in supporting(sentence, known, contents))
        body = sentence.rstrip(_CLOSING) if markers else sentence
        pieces += [answer[done:start], body, f" {markers}" if markers else "", sentence[len(body) :]]
        done = end
    return "".join(pieces) + answer[done:]


def supporting(sentence: str, known: frozenset[str], contents: Sequence[frozenset[str]]) -> list[int]:
    """Numbers (from 1) of the passages that together support the sentence, best first; empty if they do not.

    `known` are the stems of the question, `contents` those of each passage. A number that no passage contains is
    never supported.
    """
    weights = {word: 1.0 if word in known else _NEW_WORD for word in content_stems(sentence)}
    whole, missing, chosen = sum(weights.values()), dict(weights), list[int]()
    while missing and contents and len(chosen) < _MOST:
        best = max(range(len(contents)), key=lambda i: (_weight(missing, contents[i]), len(known & contents[i]), -i))
        if _weight(missing, contents[best]) < (_MORE if chosen else 0.4) * whole:
            break
        chosen.append(best + 1)
        missing = {word: weight for word, weight in missing.items() if word not in contents[best]}
    invented_number = any(word[0].isdigit() for word in missing)
    enough = whole > 0 and not invented_number and sum(missing.values()) <= (1 - ENOUGH) * whole
    return chosen if enough else []


def _weight(weights: dict[str, float], content: frozenset[str]) -> float:
    return sum(weight for word, weight in weights.items() if word in content)
