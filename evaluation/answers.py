"""How good answers, citations and abstentions are (definitions: docs/architecture.md). Knows not how they were made."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.statistics import Ratio

FIRST_WORDS = 60  # a longer text could hold any answer by chance
QUOTATION_WORDS = 6  # a shorter one in quotation marks is a name or a title, which may be the answer itself

_MARKER = re.compile(r"\s?\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|«([^»]+)»|^[ \t]*>(.*)$', re.MULTILINE)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True)
class Answered:
    """One question with what came back. `gold` is None where the set does not say which passages are."""

    question_id: str
    answerable: bool
    answers: tuple[str, ...]
    text: str
    abstained: bool
    shown: tuple[str, ...] = ()  # texts of the passages that stood before the generator
    cited: frozenset[str] = frozenset()
    gold: frozenset[str] | None = None


def figures(answered: Sequence[Answered]) -> dict[str, float | None]:
    """Every figure; None where the set cannot give it (nothing to divide by)."""
    return {name: ratio.value for name, ratio in ratios(answered).items()}


def intervals(answered: Sequence[Answered]) -> dict[str, tuple[float, float] | None]:
    """95 % bootstrap intervals over questions, under the same names."""
    return {name: ratio.interval() for name, ratio in ratios(answered).items()}


def ratios(answered: Sequence[Answered]) -> dict[str, Ratio]:
    """Each figure as numerators over denominators, one pair a question."""
    answerable = [float(one.answerable) for one in answered]
    unanswerable = [float(not one.answerable) for one in answered]
    abstained = [float(one.abstained) for one in answered]
    rightly = [float(one.abstained and not one.answerable) for one in answered]
    graded = [float(one.answerable and bool(one.answers)) for one in answered]
    # Without a single gold passage in the set, every citation would count as wrong.
    judged = any(one.gold for one in answered)
    hits = [float(len(one.cited & one.gold)) if one.gold else 0.0 for one in answered]
    cited = [float(len(one.cited)) if judged and one.gold is not None else 0.0 for one in answered]
    return {
        "accuracy": Ratio([accuracy(one) * counts for one, counts in zip(answered, graded, strict=True)], graded),
        "f1": Ratio([f1(one) * counts for one, counts in zip(answered, graded, strict=True)], graded),
        "citation_precision": Ratio(hits, cited),
        "citation_recall": Ratio(hits, [float(len(one.gold or ())) for one in answered]),
        "abstain_precision": Ratio(rightly, abstained),
        "abstain_recall": Ratio(rightly, unanswerable),
        "answered_rate": Ratio([float(one.answerable and not one.abstained) for one in answered], answerable),
        "false_answer_rate": Ratio([float(not one.answerable and not one.abstained) for one in answered], unanswerable),
    }


def accuracy(one: Answered) -> float:
    """1 if a normalised gold answer stands, as whole words, in the first 60 words of the model's own text."""
    if one.abstained:
        return 0.0
    own = " ".join(own_words(one.text, one.shown).split()[:FIRST_WORDS])
    read = f" {normalise(own)} "
    return float(any(f" {gold} " in read for gold in map(normalise, one.answers) if gold))


def f1(one: Answered) -> float:
    """Token F1 of the text without markers against the closest gold answer (SQuAD, Rajpurkar et al. 2016)."""
    if one.abstained:
        return 0.0
    return max((token_f1(without_markers(one.text), gold) for gold in one.answers), default=0.0)


def token_f1(text: str, gold: str) -> float:
    """Harmonic mean of precision and recall over normalised tokens; two empty texts agree."""
    ours, theirs = normalise(text).split(), normalise(gold).split()
    if not ours or not theirs:
        return float(ours == theirs)
    common = (Counter(ours) & Counter(theirs)).total()
    return 2 * common / (len(ours) + len(theirs))


def normalise(text: str) -> str:
    """SQuAD's normalisation, its punctuation widened to all of Unicode's: lower case, no punctuation, no articles."""
    lowered = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(letter for letter in lowered if not _is_punctuation(letter))
    composed = unicodedata.normalize("NFKC", kept)  # a letter and its accent may have met only now
    return " ".join(_ARTICLE.sub(" ", composed).split())


def without_markers(text: str) -> str:
    """The text without [1], [2, 3] and the space before them."""
    return _MARKER.sub("", text)


def own_words(text: str, shown: Sequence[str]) -> str:
    """The text without markers and without its quotations: six words or more in quotation marks, or on a line
    that begins with ">", which stand in one of the passages shown."""
    passages = [f" {normalise(passage)} " for passage in shown]

    def drop_quotation(found: re.Match[str]) -> str:
        quoted = normalise(next(group for group in found.groups() if group is not None))
        long = len(quoted.split()) >= QUOTATION_WORDS
        return " " if long and any(f" {quoted} " in passage for passage in passages) else found.group()

    return _QUOTED.sub(drop_quotation, without_markers(text))


def _is_punctuation(letter: str) -> bool:
    # string.punctuation holds symbols too ($ + < = > ^ ` | ~), so SQuAD drops them; beyond ASCII only class P goes.
    return unicodedata.category(letter).startswith("P") or letter in "$+<=>^`|~"
