"""Which passage supports a sentence, by its words: for models that cite nothing themselves. Pure, deterministic.

A sentence's support is the share of its content words that the passages contain. It takes enough of all of them, at
least half of those that the question did not already contain, and every number. It sees words, not meaning: a negation
or a swapped subject escapes it.
"""

from collections.abc import Sequence

from retrieval.words import content_stems, sentences

ENOUGH = 0.6  # support below which a sentence gets no marker; docs/decisions/005 says how it was chosen
_ENOUGH_NEW = 0.5
_MORE = 0.25  # support that a second passage must add to be cited too
_MOST = 2  # passages cited for one sentence
# What an answer says about itself and its sources, and no passage has to contain.
_ABOUT_ITSELF = frozenset(
    content_stems(
        "passage document text context question answer according states stated mentions mentioned says called"
    )
)
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
    said = frozenset(content_stems(sentence)) - _ABOUT_ITSELF
    missing, chosen = said, list[int]()
    while missing and contents and len(chosen) < _MOST:
        best = max(range(len(contents)), key=lambda i: (len(missing & contents[i]), len(known & contents[i]), -i))
        if not missing & contents[best] or (chosen and len(missing & contents[best]) < _MORE * len(said)):
            break
        chosen.append(best + 1)
        missing -= contents[best]
    enough = len(missing) <= (1 - ENOUGH) * len(said) and len(missing - known) <= (1 - _ENOUGH_NEW) * len(said - known)
    return chosen if enough and not any(word[0].isdigit() for word in missing) else []
