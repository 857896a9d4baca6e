"""Loops of small models."""

from agents.repetition import loop_start


def test_a_loop_begins_where_something_is_said_the_second_time() -> None:
    once = "The hut opens in June and closes in October every year. "
    assert loop_start("First. " + once * 3) == len("First. " + once)


def test_saying_something_twice_is_no_loop() -> None:
    once = "The hut opens in June and closes in October every year. "
    assert loop_start(once * 2) is None


def test_short_phrases_may_recur() -> None:
    assert loop_start("Open: yes. " * 2 + "Closed: no. " * 2) is None
