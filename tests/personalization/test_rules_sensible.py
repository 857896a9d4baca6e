"""A rule reads as a wish that somebody may have, or it is not proposed."""

import pytest

from personalization.proposals import proposals
from personalization.rules import Rule
from personalization.rules_sensible import sensible


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The", ""), ("to", ""), (",", ""), ("on", "at"), ("Der", "Den"), ("Citizens", "You"),
        ("dough", "dough to"), ("germs", "germs are killed"), ("occasionally", "occasionally)"), (",", "("),
        ("was built by volunteers", ""), ("Roses need sun.", ""), ("In 2020,", ""), ("percent", "% in 2020"),
        ("It is worth mentioning that", "Volunteers built"), ("a bitter long struggle", "hard"),
        ("repeatedly", "again and again, restart the router"),
    ],
)  # fmt: skip
def test_a_piece_of_one_sentence_is_no_wish(old: str, new: str) -> None:
    assert not sensible(Rule("replace", {"old": old, "new": new}), f"It is {old} x.", f"It is {new} x.")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("utilise", "use"), ("in order to", "to"), ("due to the fact that", "because"), ("and", "&"),
        ("you", "ye"), ("I", "we"), ("They", "You"),
        ("However,", ""), ("quite", ""), ("Please be advised that", ""), ("don't", "do not"),
        ("1,200", "1200"), ("5 pm", "17:00"),
        ("three", "3"), (";", " —"), ("numerous", "many"), ("For example,", "E.g."),
    ],
)  # fmt: skip
def test_a_manner_of_speaking_is_one(old: str, new: str) -> None:
    assert sensible(Rule("replace", {"old": old, "new": new}), f"It is {old} x.", f"It is {new} x.")


def test_a_small_word_is_meant_where_it_went_everywhere() -> None:
    rule, before = Rule("replace", {"old": "that", "new": ""}), "He says that it is late and that we go."
    assert sensible(rule, before, "He says it is late and we go.")
    assert not sensible(rule, before, "He says it is late and that we go.")
    assert sensible(Rule("replace", {"old": ",", "new": ""}), "It is big, red, and old.", "It is big red and old.")
    assert sensible(Rule("pattern", {"old": "{0} am", "new": "{0}"}), "At 9 am.", "At 9.")
    assert not sensible(Rule("pattern", {"old": "{0} and", "new": "{0}, so"}), "It is 9 and late.", "It is 9, so late.")
    assert not sensible(Rule("replace", {"old": "the", "new": ""}), "the x and the y", "x and y")


def test_whoever_leaves_out_the_articles_wants_no_articles() -> None:
    found = proposals("The pool has a slide. The water is warm in an hour.", "Pool has slide. Water is warm in hour.")
    rule = next(one for one in found if one.key == "rule:drop:article")
    assert rule.description == "Leave out the articles: the, a, an"
    assert (
        rule.apply("The dog ate a bone [1]. Vitamin A is in the liver.") == "Dog ate bone [1]. Vitamin A is in liver."
    )
    assert not [one for one in found if one.description == "Leave out “The”"]


def test_what_is_said_of_a_rule_is_plain() -> None:
    slots = [{"count": "words"}, {"sentence": 0, "words": 2, "case": "as"}]
    said = Rule("begin", {"literal": "{0} words on {1}:\n", "over": False, "slots": slots}).description
    assert said == "Begin with “(how many words) words on (the first 2 words of the first sentence):”"
    then = {"separator": " ", "prefix": "Then ", "suffix": "", "first": False, "last": False}
    assert Rule("layout", then).description == "Begin each sentence with “Then”"
    lined = {"separator": "\n", "prefix": "{n}. ", "suffix": "", "first": True, "last": False}
    assert Rule("layout", lined).description == "Put each sentence in a line of its own as “1. …”"
