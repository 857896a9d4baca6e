"""Questions that ask for an explanation: read out of texts that give one, and answered in sentences."""

import random

from training.answers_data import Evidence, Fact, Material, Said, Text
from training.answers_explained import among_others, explanations, in_sentences

BRIDGE = Text(
    "t1",
    "Old Bridge (Ravenmoor)",
    "It is a stone bridge of 1840. The bridge was closed in 1931 because its pillars had sunk. It was blown up.",
    "towns",
)


def test_a_reason_is_asked_for_and_told_in_its_sentence() -> None:
    facts = [fact for seed in range(20) for fact in explanations(BRIDGE, random.Random(seed), named=False)]
    assert {fact.long[0].text for fact in facts} == {BRIDGE.text.split(". ")[1] + "."}
    assert all("the bridge was closed in 1931" in fact.question and "pillars" not in fact.question for fact in facts)
    assert all(fact.evidence == (Evidence("t1", fact.long[0].text),) and not fact.answer for fact in facts)


def test_a_sentence_that_points_at_another_one_is_not_asked_about() -> None:
    text = Text("t", "", "They left the village for the hills because the river had risen.", "g")
    assert list(explanations(text, random.Random(0), named=False)) == []


def test_what_a_title_names_is_described_now_and_then_by_name() -> None:
    facts = [fact for seed in range(60) for fact in explanations(BRIDGE, random.Random(seed), named=True)]
    described = [fact for fact in facts if fact.id.endswith("described")]
    assert 0 < len(described) < 40
    assert all("Old Bridge" in one.question and "(" not in one.question for one in described)
    assert {one.long[0].text for one in described} == {"Old Bridge is a stone bridge of 1840."}


def test_how_and_why_are_answered_in_sentences_unless_few_words_do() -> None:
    said = (Said("The mill stopped because the stream that drove its wheel was led to the new canal.", ("t",)),)
    long = "because the stream that drove its wheel was led to the new canal"
    why = Fact("q", "Why did the mill stop?", long, (), "g", said)
    assert in_sentences(why).answer == ""
    assert long in in_sentences(why).accepted  # or a sheet that holds it would count as one that does not answer
    few = Fact("q", "How many mills were there?", "Four", (), "g", said)
    assert in_sentences(few) == few
    fact = Fact("q", "Which stream drove the mill?", long, (), "g", said)
    assert in_sentences(fact) == fact


def test_a_text_made_of_its_answer_stands_among_others_whole() -> None:
    texts = {f"t{number}": Text(f"t{number}", "", f"Sentence {number} of its own.", "g") for number in range(6)}
    found = among_others(Material("set", texts, []), random.Random(0)).texts
    assert all(texts[key].text in found[key].text for key in texts)
    assert any(len(found[key].text) > len(texts[key].text) for key in texts)
