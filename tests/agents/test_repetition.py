"""Loops of small models."""

from agents.repetition import loop_start, without_loop


def test_a_loop_begins_where_something_is_said_the_second_time() -> None:
    once = "The hut opens in June and closes in October every year. "
    assert loop_start("First. " + once * 3) == len("First. " + once)


def test_saying_something_twice_is_no_loop() -> None:
    once = "The hut opens in June and closes in October every year. "
    assert loop_start(once * 2) is None


def test_short_phrases_may_recur() -> None:
    assert loop_start("Open: yes. " * 2 + "Closed: no. " * 2) is None


def test_the_sentence_that_a_loop_cuts_in_two_goes_too() -> None:
    again = "largest load was lowered because of wear at the saddle. The "
    assert (
        without_loop("It is 250 kg. The " + again * 3)
        == "It is 250 kg. The largest load was lowered because of wear at the saddle."
    )


def test_text_without_a_loop_stays_as_it_is() -> None:
    assert without_loop("One sentence. And half of") == "One sentence. And half of"
