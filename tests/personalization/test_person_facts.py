"""What people say of themselves, told from questions, requests, conditions and passing states."""

import pytest

from personalization.person_facts import facts_in, is_about_person, key_of

FACTS = """I am a nurse
my dog is called Rex
we use the S3 model
I live in Berlin.
I'm allergic to peanuts.
I'm 26 years old.
I have two children.
We have a 2019 Volvo.
I'm vegetarian
I'm German.
I work at the Oslo office as a planner.
My manager is Dr. Weber.
Our heating is a gas boiler.
I don't eat pork.
I've worked here for six years.
By the way, my wife is a teacher.
My name is Ada Lovelace.
I speak German and some French.
I was born in 1979.""".splitlines()
OTHERS = """Am I a nurse?
I am a nurse, right?
I am looking for a hotel.
I need a cab for 1 person.
I want to cancel.
I would like a refund.
I have a question about the fee.
I have to cancel tomorrow.
I have been told that the hut is closed.
I have seen it.
I'm not sure.
What is my dog called?
Tell me about my contract.
If I am a nurse, what do I get?
Suppose I live in Berlin.
I think the fee is 45 euros.
I am going to LAX soon.
My question is about leave.
I like short answers.
I like that one.
I like to see the plan.
My friend says I am a nurse.
She told me that I am a nurse.
I'm interested in the warranty.
The dog is called Rex.
You are a nurse.
I am the one who asked before.
I'm having trouble with the S3.
We are at the station.
I am on page 3.
My reservation is for two.""".splitlines()


@pytest.mark.parametrize("said", FACTS)
def test_what_somebody_says_of_themselves_is_a_fact(said: str) -> None:
    assert [fact.text for fact in facts_in(said)] == [said]


@pytest.mark.parametrize("said", OTHERS)
def test_a_question_a_request_a_condition_or_a_passing_state_is_not(said: str) -> None:
    assert facts_in(said) == ()


def test_a_fact_is_found_beside_a_question() -> None:
    said = "I am a nurse. How much leave do I get? My dog is called Rex!"
    assert [fact.text for fact in facts_in(said)] == ["I am a nurse.", "My dog is called Rex!"]


def test_code_headings_and_long_texts_give_no_facts() -> None:
    assert facts_in("# My name is Ada\n```\nI am a nurse.\n```") == ()
    assert facts_in("I am a nurse " + "and the ward is old " * 10) == ()
    assert len(facts_in(" ".join(f"I own a boat number {n}." for n in range(20)))) == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I live in Berlin.", "We now live in Paris"),
        ("My dog is called Rex.", "my dog is called Bello"),
        ("I'm 26 years old", "I am 27 years old."),
        ("My manager is Dr. Weber.", "My manager is Ada."),
        ("I am a nurse.", "i am a nurse"),
    ],
)
def test_two_facts_of_which_only_one_can_hold_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_facts_that_can_both_hold_have_keys_of_their_own() -> None:
    assert len({key_of(said) for said in FACTS}) == len(FACTS)


@pytest.mark.parametrize(
    "question",
    ["Which shifts apply to me?", "What is my dog called?", "How do I reset our heating?", "Where do I live?"],
)
def test_a_question_may_be_about_the_person(question: str) -> None:
    assert is_about_person(question)


@pytest.mark.parametrize(
    "question",
    [
        "Can you tell me the fee?",
        "How long is the notice period?",
        "I want to know when the hut opens",
        "Show me the plan",
    ],
)
def test_asking_does_not_make_a_question_one_about_the_person(question: str) -> None:
    assert not is_about_person(question)
