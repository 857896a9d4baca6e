"""Clicks under position bias: what stood far down and was opened counts, what stood there unseen does not."""

import random
from collections.abc import Iterator

from training.clicks import LEAST_CLICKS, Impression, judge

PLACES = 8


def helping(question: int) -> int:
    """Where the passage that helps stands: anywhere in the list."""
    return 1 + question * 5 % PLACES


def sessions(questions: int, times: int, bias: float, mistaken: float = 0.1, seed: int = 0) -> Iterator[Impression]:
    """Lists that move a little each time, as a search's do; a place is looked at with chance (1/place)^bias."""
    rng = random.Random(seed)
    for number in range(times):
        for question in range(questions):
            order = list(range(1, PLACES + 1))
            at = rng.randrange(PLACES - 1)
            order[at], order[at + 1] = order[at + 1], order[at]
            for place, passage in enumerate(order, start=1):
                seen = rng.random() < (1 / place) ** bias
                opened = seen and rng.random() < (0.9 if passage == helping(question) else mistaken)
                yield Impression(f"q{question}", f"p{passage}", place, opened, f"person {number}")


def right(helps: dict[tuple[str, str], float]) -> float:
    """Of the passages said to help, the share that does."""
    said = [pair for pair, chance in helps.items() if chance >= 0.7]
    return sum(passage == f"p{helping(int(question[1:]))}" for question, passage in said) / max(1, len(said))


def test_what_helps_is_told_from_what_stands_first() -> None:
    shown = list(sessions(60, 8, bias=1.0))
    judged = judge(shown)
    assert judged is not None
    opened = [one for one in shown if one.opened]
    raw = right({(one.question, one.passage): 1.0 for one in opened})
    assert raw < 0.5  # of what was ever opened
    assert right(dict(judged.helps)) > 0.9
    found = sum(judged.helps[f"q{question}", f"p{helping(question)}"] >= 0.7 for question in range(60))
    assert found > 20  # of those that stood where anybody looked


def test_the_places_are_looked_at_as_often_as_they_were() -> None:
    biased, unbiased = (judge(list(sessions(100, 10, bias))) for bias in (1.0, 0.0))
    assert biased is not None
    assert unbiased is not None
    assert biased.model.seen[4] < 0.4
    assert unbiased.model.seen[4] > 0.6
    assert biased.model.opened > 3 * biased.model.mistaken


def test_one_person_cannot_make_a_passage_help_by_opening_it_over_and_over() -> None:
    honest = list(sessions(60, 8, bias=1.0))
    spam = [Impression("q0", "p8", 8, opened=True, person="spammer")] * 500
    crowd = [Impression("q0", "p8", 8, opened=True, person=f"other {number}") for number in range(8)]
    told, spammed, crowded = (judge([*honest, *more]) for more in ([], spam, crowd))
    assert told is not None
    assert spammed is not None
    assert crowded is not None
    assert spammed.helps["q0", "p8"] < crowded.helps["q0", "p8"]
    others = [(one, told.helps[one], spammed.helps[one]) for one in told.helps if one[0] != "q0"]
    assert max(abs(after - before) for _, before, after in others) < 0.2


def test_too_few_clicks_say_nothing() -> None:
    few = [Impression("q", "p", 1, opened=True, person=str(number)) for number in range(LEAST_CLICKS - 1)]
    assert judge(few) is None
