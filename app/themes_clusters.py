"""Texts that say much the same, and the words that tell a group from the others. Pure; knows no complaint.

Agglomerative clustering with average linkage, by chains of nearest neighbours (Murtagh 1983): the same tree as merging
the nearest pair again and again, in O(n^2).
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retrieval.words import STOP_WORDS, stem, words

# Cosine similarity of two groups on average, from which on they are one.
ALIKE = 0.4


def cluster(vectors: npt.NDArray[np.float32], alike: float = ALIKE) -> list[list[int]]:
    """Groups of row numbers of unit vectors (n, dimension), the largest first."""
    groups = [[row] for row in range(len(vectors))]
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -np.inf)
    chain: list[int] = []
    done: set[int] = set()  # merged into another, or with no neighbour near enough
    while len(done) < len(groups):
        if not chain:
            chain.append(next(row for row in range(len(groups)) if row not in done))
        last = chain[-1]
        # Of equally near ones the one we came from, so that a chain never goes in circles.
        nearest = chain[-2] if len(chain) > 1 else int(likeness[last].argmax())
        if likeness[last].max() > likeness[last, nearest]:
            nearest = int(likeness[last].argmax())
        if likeness[last, nearest] < alike:
            # With average linkage what is far from all stays far from whatever they become.
            done.add(last)
            likeness[last, :] = likeness[:, last] = -np.inf
            chain.pop()
        elif len(chain) > 1 and nearest == chain[-2]:
            del chain[-2:]
            _merge(likeness, groups, last, nearest)
            done.add(nearest)
        else:
            chain.append(nearest)
    return sorted((sorted(group) for group in groups if group), key=lambda group: (-len(group), group))


def _merge(likeness: npt.NDArray[np.float32], groups: list[list[int]], into: int, other: int) -> None:
    """Put one group into another; the likeness of both to the rest becomes their average by size."""
    mine, theirs = len(groups[into]), len(groups[other])
    average = (mine * likeness[into] + theirs * likeness[other]) / (mine + theirs)
    likeness[into, :] = likeness[:, into] = average
    likeness[into, into] = -np.inf
    likeness[other, :] = likeness[:, other] = -np.inf
    groups[into], groups[other] = groups[into] + groups[other], []


def terms(groups: Sequence[Sequence[str]], most: int = 4) -> list[list[str]]:
    """The most distinctive words of each group of texts: frequent in it and rare in the others (c-TF-IDF, Grootendorst
    2022), each in its most common form. A word said once is no theme where others are said twice."""
    counted = [Counter(stem for text in group for stem in _forms(text)) for group in groups]
    everywhere: Counter[str] = sum(counted, Counter())
    usual = sum(everywhere.values()) / max(1, len(groups))
    named = []
    for group, counts in zip(groups, counted, strict=True):
        weights = {
            found: count * math.log(1 + usual / everywhere[found]) for found, count in counts.items() if _is_word(found)
        }
        best = sorted(weights, key=lambda found: (-weights[found], found))[:most]
        shared = [found for found in best if counts[found] > 1]
        named.append([_common_form(group, found) for found in shared or best])
    return named


def _forms(text: str) -> dict[str, str]:
    """Stem -> the word as it stands, each once."""
    return {stem(word): word for word in words(text) if word not in STOP_WORDS}


def _is_word(found: str) -> bool:
    return len(found) > 1 and not found.isdigit()


def _common_form(group: Sequence[str], found: str) -> str:
    forms = Counter(word for text in group for known, word in _forms(text).items() if known == found)
    return min(forms, key=lambda word: (-forms[word], word))
