"""Text in one plain spelling, word by word, so that phrases are found as they stand. Knows no index and no meaning."""

import re
import unicodedata
import zlib
from itertools import pairwise

# A word torn at the end of a line is made whole, however the line break was pasted.
_TORN = re.compile(r"\u00ad\s*|(?<=[^\W\d_])[-\u2010]\s+(?=[a-zß-öø-ÿ])")
# Scripts without spaces show no words: each sign counts as one, so that any run of signs is a phrase.
_SIGN = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")
_WORD = re.compile(r"[^\W_]+")
_BUCKETS = 1 << 18  # what bounds an engine's vocabulary; two pairs that share one are told apart by the words


def words(text: str) -> str:
    """The words of `text` with a space between: no case, no accents, no marks, no torn ends of lines."""
    whole = _TORN.sub("", text).lower()
    if not whole.isascii():
        letters = unicodedata.normalize("NFKD", whole.casefold())
        whole = _SIGN.sub(r" \1 ", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return " ".join(_WORD.findall(whole))


def pairs(spelled: str) -> str:
    """Every two neighbours among words, each as a short name; none for a single word.

    A passage that holds a phrase holds all its pairs, and pairs are rare where words are not: "of" and "the" stand
    nearly everywhere, so that comparing their places would mean reading most of the index.
    """
    names = (zlib.crc32(f"{one} {other}".encode()) % _BUCKETS for one, other in pairwise(spelled.split()))
    return " ".join(dict.fromkeys(f"{name:x}" for name in names))
