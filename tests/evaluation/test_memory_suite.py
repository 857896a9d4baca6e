"""`attune eval memory` end to end on sets small enough to know the outcome: hashing encoder, no model."""

from pathlib import Path

import pytest

from evaluation.datasets import Question
from evaluation.errors import DataError
from evaluation.memory_past import abstaining, read_past
from evaluation.memory_suite import evaluate
from tests.evaluation.conftest import Write

pytestmark = pytest.mark.usefixtures("no_models")

SAID = {
    "a-1": "Knead the dough and bake the bread until the crust is brown.",
    "a-2": "My bicycle needs a new chain.",
    "b-1": "The volcano covered the valley with ash.",
    "b-2": "My bicycle was stolen in the valley.",
}


@pytest.fixture
def conversations(write_rows: Write) -> Path:
    """Two conversations; the last question has no answer, and shares no word with what was said."""
    write_rows(
        "talk/corpus.jsonl",
        *({"_id": key, "group": key[0], "title": "8 May", "text": text} for key, text in SAID.items()),
    )
    questions = [
        {"id": "q1", "question": "What does the bicycle need, a new chain?", "group": "a", "category": "one"},
        {"id": "q2", "question": "Where was the bicycle stolen, in the valley?", "group": "b", "category": "two"},
        {"id": "q3", "question": "Who won?", "group": "b", "answerable": False, "category": "three"},
    ]
    folder = write_rows("talk/questions.jsonl", *questions).parent
    write_rows("talk/conversations.jsonl", {"id": "a"}, {"id": "b"})
    (folder / "qrels.tsv").write_text("q1\ta-2\t1\nq2\tb-2\t1\n")
    return folder


async def test_each_question_searches_its_own_conversation(conversations: Path) -> None:
    report = await evaluate([conversations])
    assert (report["mrr@10"], report["recall@10"], report["queries"], report["n"], report["passages"]) == (
        1,
        1,
        2,
        3,
        4,
    )
    assert report["categories"]["two"] == {"ndcg@10": 1, "recall@10": 1, "recall@100": 1, "mrr@10": 1, "queries": 1}
    assert set(report["baselines"]) == {"bm25", "dense", "nothing"}


async def test_a_question_that_nothing_answers_is_abstained_from(conversations: Path) -> None:
    report = await evaluate([conversations])
    assert (report["abstain_precision"], report["abstain_recall"], report["answered_rate"]) == (1, 1, 1)
    nothing = report["baselines"]["nothing"]
    assert (nothing["answered_rate"], nothing["abstain_recall"], nothing["mrr@10"]) == (0, 1, 0)


def test_a_question_about_a_group_without_text_is_refused(conversations: Path) -> None:
    with (conversations / "questions.jsonl").open("a") as questions:
        questions.write('{"id": "q4", "question": "Why?", "group": "c"}\n')
    with pytest.raises(DataError, match="'q4' is about a group without any text"):
        read_past(conversations)


def test_the_decision_to_answer_is_counted_as_elsewhere() -> None:
    questions = [Question(id=str(n), question="?", answerable=n < 2) for n in range(4)]
    assert abstaining(questions, [True, False, True, False]) == {
        "abstain_precision": 0.5,
        "abstain_recall": 0.5,
        "answered_rate": 0.5,
        "false_answer_rate": 0.5,
    }


@pytest.fixture
def people(write_rows: Write) -> Path:
    """Somebody with three facts, who asks for one of them, for none, and in a follow-up."""
    facts = ["I own a red bicycle.", "I am allergic to peanuts.", "My flat is in Utrecht."]
    turns = [
        {"turn": 1, "utterance": "Which lock fits my red bicycle?", "relevant_facts": ["1"], "response": "A long one."},
        {"turn": 2, "utterance": "Who invented it?", "resolved": "Who invented the bicycle?", "relevant_facts": []},
        {"turn": 3, "utterance": "Is my flat in Utrecht far from the shop?", "relevant_facts": ["3"]},
    ]
    user_facts = [{"id": str(n), "text": text} for n, text in enumerate(facts, start=1)]
    return write_rows("people/conversations.jsonl", {"id": "p", "user_facts": user_facts, "turns": turns}).parent


async def test_facts_are_given_where_they_matter_and_a_question_is_about_the_person(people: Path) -> None:
    report = await evaluate([people])
    assert (report["queries"], report["n"], report["facts"], report["stated_facts_found"]) == (2, 3, 3, 1)
    assert (report["recall@3"], report["mrr"], report["recall"]) == (1, 1, 1)
    assert report["resolved"]["given_unasked"] == 0, "who invented the bicycle is no question about the person"
    everything = report["baselines"]["all"]
    assert (everything["recall"], everything["precision"]) == (1, pytest.approx(2 / 9))
    assert report["baselines"]["nothing"]["f1"] == 0 and report["baselines"]["nothing"]["precision"] is None
