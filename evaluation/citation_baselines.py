"""What needs no verifier: does the passage resemble the sentence, by the encoder or by words. Both fill its port."""

from collections.abc import Sequence

from evaluation.answers import normalise
from retrieval.ports import Encoder

_SHORT = 4  # letters; shorter words are mostly grammar


class EncoderSimilarity:
    """The cosine of sentence and passage, brought from [-1, 1] to [0, 1]."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.version = f"encoder-similarity-{encoder.version}"

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        places = {text: place for place, text in enumerate(dict.fromkeys(text for pair in pairs for text in pair))}
        vectors = await self._encoder.encode_passages(list(places))
        return [float(1 + vectors[places[claim]] @ vectors[places[passage]]) / 2 for claim, passage in pairs]


class LexicalOverlap:
    """The share of the sentence's words, those of four letters or more and numbers, that stand in the passage."""

    version = "lexical-overlap-1"

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [_overlap(claim, passage) for claim, passage in pairs]


def _overlap(claim: str, passage: str) -> float:
    words = {word for word in normalise(claim).split() if len(word) >= _SHORT or any(map(str.isdigit, word))}
    return len(words & set(normalise(passage).split())) / len(words) if words else 0.0
