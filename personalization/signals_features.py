"""What of a message and its conversation tells whether the answer before it was welcome, as numbers. Learns nothing.

Vectors are the encoder's; the rest are turns of phrase, shared words, and how the conversation went so far.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import log1p

import numpy as np
import numpy.typing as npt

from personalization.signals import Utterance
from personalization.signals_words import ANSWER, MESSAGE, compiled, plain

Vector = npt.NDArray[np.float32]

READ = 1_000  # letters of a message or an answer; what decides stands near the beginning
ENCODED = 400  # letters of it that the encoder sees: a vector says what it is about, and that soon
_MESSAGE, _ANSWER = compiled(MESSAGE), compiled(ANSWER)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LOUD = re.compile(r"\b[A-Z]{3,}\b|[!?]{2,}|!")
_BEGINNING, _ENDING = 160, 120  # letters of an answer that tell whether it is one, and what it asks back
_LONG = 60  # words of an answer beyond which it is simply long
_FADES = 0.6  # of what went wrong before, with each further message
_TROUBLE = (
    *("refuses", "does_not_like", "recalls_the_wish", "faults", "is_fed_up", "again", "wants_another"),
    *("unpleasant", "does_not_know_it"),
)
_STOP_WORDS = """
    a an and are as at be but by can could did do does for from have how i in is it me my of on or please so that the
    this to was we what when where which who will with would you your"""
_STOP = frozenset(_STOP_WORDS.split())
# What a turn of phrase means depends on what it replies to.
_TOGETHER = (
    ("refuses", "offers_to_act"),
    ("refuses", "asks_whether"),
    ("refuses", "asks_for_more"),
    ("refuses", "asks_to_confirm"),
    ("accepts", "offers_to_act"),
    ("accepts", "asks_to_confirm"),
    ("accepts", "asks_whether"),
    ("denies", "asks_whether"),
    ("denies", "asks_of_dislike"),
    ("thanks", "failed"),
    ("begins_a_question", "failed"),
    ("wants_another", "proposes"),
    ("begins_a_request", "failed"),
    ("closes", "asks_for_more"),
)
_COUNTED = ("first", "goes_on", "how_far", "length", "is_short", "is_long", "asks", "questions", "loud", "denials")
_COMPARED = (
    *("like_question", "shares_question", "shares_earlier", "like_answer", "shares_answer", "answer_like_question"),
    *("answer_repeats", "answer_length", "no_answer", "trouble", "trouble_of_answers", "troubled_before", "brief_slot"),
)
NAMES = (
    *(f"says_{name}" for name in MESSAGE),
    *(f"answer_{name}" for name in ANSWER),
    *(f"{said}_when_{answered}" for said, answered in _TOGETHER),
    *_COUNTED,
    *_COMPARED,
)


def texts_of(utterance: Utterance) -> tuple[str, ...]:
    """What has to be encoded: the message, the one before it, and the answer in between, where there are such."""
    return tuple(text[:ENCODED] for text in (utterance.text, utterance.question, utterance.answer) if text)


def features(utterance: Utterance, vectors: Mapping[str, Vector]) -> Vector:
    """Shape (len(NAMES) + dimension,): the named ones, then the message's vector; `vectors` has all of `texts_of`."""
    message, question, answer = utterance.text[:READ], utterance.question[:READ], utterance.answer
    said = {name: float(bool(pattern.search(plain(message)))) for name, pattern in _MESSAGE.items()}
    low = _gist(answer)
    answered = {name: float(bool(pattern.search(low))) for name, pattern in _ANSWER.items()}
    together = [said[one] * answered[other] for one, other in _TOGETHER]
    counted = _counted(utterance, message)
    compared = [
        _cosine(vectors, message, question),
        _shared(message, question),
        max((_shared(message, earlier[:READ]) for earlier in utterance.asked[:-1]), default=0.0),
        _cosine(vectors, message, answer),
        _shared(message, answer[:READ]),
        _cosine(vectors, question, answer),
        max((_shared(answer[:READ], one[:READ]) for one in utterance.answers[:-1]), default=0.0) if answer else 0.0,
        log1p(min(len(_words(answer)), _LONG)),
        float(not answer),
        *_trouble(utterance),
        answered["asks_what"] * (1 - said["refuses"]) * (1 - said["denies"]),
    ]
    named = [*said.values(), *answered.values(), *together, *counted, *compared]
    return np.concatenate([np.array(named, np.float32), vectors[message[:ENCODED]]])


def _counted(utterance: Utterance, message: str) -> Iterator[float]:
    words = _words(message)
    yield float(not utterance.before)
    yield float(bool(utterance.before) and not utterance.answer)
    yield log1p(len(utterance.asked))
    yield log1p(len(words))
    yield float(len(words) <= 2)
    yield float(len(words) >= 20)
    yield float("?" in message)
    yield log1p(message.count("?"))
    yield log1p(len(_LOUD.findall(message)))
    yield log1p(len(_MESSAGE["denies"].findall(plain(message))))


def _trouble(utterance: Utterance) -> tuple[float, float, float]:
    """What went wrong before this message, fading: in the person's messages, in the answers, in the last message."""
    of_person = of_answers = last = 0.0
    for line in utterance.before:
        if line.by_person:
            low = plain(line.text[:READ])
            last = float(any(_MESSAGE[name].search(low) for name in _TROUBLE))
            of_person = _FADES * of_person + last
        else:
            of_answers = _FADES * of_answers + float(bool(_ANSWER["failed"].search(_gist(line.text))))
    return of_person, of_answers, last


def _gist(answer: str) -> str:
    """How an answer begins and ends: in between, "not" and "cannot" speak of its subject and not of its success."""
    short = answer if len(answer) <= _BEGINNING + _ENDING else f"{answer[:_BEGINNING]}\n{answer[-_ENDING:]}"
    return short.lower().replace("’", "'")


def _words(text: str) -> Sequence[str]:
    return _WORD.findall(plain(text))


def _shared(one: str, other: str) -> float:
    """The share of both texts' words, but the commonest, that they have in common."""
    first, second = set(_words(one)) - _STOP, set(_words(other)) - _STOP
    return len(first & second) / len(first | second) if first | second else 0.0


def _cosine(vectors: Mapping[str, Vector], one: str, other: str) -> float:
    return float(vectors[one[:ENCODED]] @ vectors[other[:ENCODED]]) if one and other else 0.0
