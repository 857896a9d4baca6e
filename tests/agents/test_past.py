"""Which questions are about earlier conversations, what about, and of when."""

from datetime import UTC, date, datetime

import pytest

from agents.past import look_back_in

NOW = datetime(2026, 11, 21, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did I ask about the late fee?", "the late fee"),
        ("What did you tell me about the notice period last week?", "the notice period"),
        ("Did I already ask about parking?", "parking"),
        ("What was my last question?", ""),
        ("What did we talk about yesterday?", ""),
        ("Remind me what you said about keys two weeks ago", "keys"),
        ("Show me my previous questions about fees", "fees"),
        ("What did you answer when I asked about the deposit?", "the deposit"),
    ],
)
def test_a_question_about_the_past_names_its_topic(question: str, topic: str) -> None:
    asked = look_back_in(question, NOW)
    assert asked is not None and asked.topic == topic


@pytest.mark.parametrize(
    "question",
    [
        "What did the committee discuss in May?",
        "What did we discuss in the meeting?",
        "What does the manual say about valves?",
        "What did I sign in 2024?",
        "When did Ada tell Charles about the engine?",
        "How do I ask for leave?",
        "Who said that the hut is closed?",
    ],
)
def test_other_questions_are_not(question: str) -> None:
    assert look_back_in(question, NOW) is None


@pytest.mark.parametrize(
    ("when", "since", "until"),
    [
        ("today", date(2026, 11, 21), None),
        ("yesterday", date(2026, 11, 20), date(2026, 11, 21)),
        ("last week", date(2026, 11, 7), None),
        ("this month", date(2026, 10, 22), None),
        ("on 3 May", date(2026, 5, 3), date(2026, 5, 4)),
        ("on December 24th, 2025", date(2025, 12, 24), date(2025, 12, 25)),
        ("in December", date(2025, 12, 1), date(2026, 1, 1)),
        ("on the 31st of June", date(2026, 6, 1), date(2026, 7, 1)),
        ("3 days ago", date(2026, 11, 18), date(2026, 11, 19)),
        ("recently", None, None),
    ],
)
def test_a_time_is_read_and_is_no_part_of_the_topic(when: str, since: date | None, until: date | None) -> None:
    asked = look_back_in(f"What did I ask about fees {when}?", NOW)
    assert asked is not None and asked.topic == "fees"
    assert (asked.since and asked.since.date(), asked.until and asked.until.date()) == (since, until)
