"""What one edit may mean is found by alignment, whatever words it is made of."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from personalization.proposals import copied, identity, proposals
from personalization.rules import Rule
from personalization.transformations import restore
from tests.personalization.texts import DRAFT, OTHER, THIRD

MADE = [
    Rule("replace", {"old": "utilise", "new": "flurb"}),
    Rule("replace", {"old": ";", "new": " —"}),
    Rule("layout", {"separator": "\n", "prefix": "~ ", "suffix": "", "first": True, "last": False}),
    Rule("layout", {"separator": "\n\n", "prefix": "", "suffix": " ☑", "first": True, "last": True}),
    Rule("ending", {"old": ".", "new": "!!", "of": "all"}),
    Rule("wrap", {"of": "number", "before": "_", "after": "_"}),
    Rule("case", {"of": "text", "case": "lower"}),
    Rule("lines", {"unit": "words", "size": 5}),
    Rule("begin", {"literal": "Zog zog:\n\n", "over": False}),
    Rule("end", {"literal": "\n\nYours, Q", "over": False}),
    Rule("insert", {"unit": "sentence", "at": 1, "literal": " Mind you, "}),
    Rule("pattern", {"old": "${0}", "new": "{0} crowns"}),
    Rule("gather", {"literal": "\nSee ", "between": " "}),
    Rule("order", {"order": "longest first"}),
]


@pytest.mark.parametrize("rule", MADE, ids=lambda rule: rule.key)
def test_a_rule_is_found_again_from_what_it_did_and_holds_for_another_text(rule: Rule) -> None:
    found = [one for one in proposals(DRAFT, rule.apply(DRAFT)) if one.apply(DRAFT) == rule.apply(DRAFT)]
    assert any(one.apply(OTHER) == rule.apply(OTHER) for one in found)
    assert any(one.apply(THIRD) == rule.apply(THIRD) for one in found)


def test_an_accepted_draft_proposes_nothing() -> None:
    assert proposals(DRAFT, DRAFT) == []


def test_a_headline_of_the_texts_own_words_is_seen_as_such() -> None:
    found = proposals(DRAFT, f"THE COMMITTEE WILL\n{DRAFT}")
    headline = next(
        one for one in found if one.key == "rule:begin" and one.apply(OTHER).startswith("MOST MEMBERS UTIL")
    )
    assert headline.apply(headline.apply(OTHER)) == headline.apply(OTHER)
    literal = next(one for one in found if one.parameters.get("literal") == "THE COMMITTEE WILL\n")
    assert copied(literal, DRAFT)
    assert not copied(headline, DRAFT)


TEXT = some.lists(some.sampled_from([*DRAFT.split(), *OTHER.split(), "Hi,", "\n", "-", "2)", "“x y”"]), max_size=25)


@settings(max_examples=80, deadline=None)
@given(TEXT, TEXT)
def test_whatever_the_edit_proposals_are_distinct_idempotent_and_can_be_made_again(
    one: list[str], other: list[str]
) -> None:
    before, after = " ".join(one), " ".join(other)
    found = proposals(before, after)
    assert len({identity(each) for each in found}) == len(found)
    for each in found:
        assert restore(each.parameters).parameters == each.parameters
        changed = each.apply(DRAFT)
        assert each.apply(changed) == changed
        assert set(re.findall(r"\[\d+\]", changed)) == {"[1]", "[2]"}


def test_leaving_sentences_out_is_no_wish_to_lose_figures_or_names() -> None:
    draft = "A plot costs 45 euros [1]. It is paid in March [1]. Who does not pay loses it [1]. Ask Marta Klein [1]."
    found = proposals(draft, "Who does not pay loses it [1].")
    assert found
    assert not [one for one in found if one.parameters.get("shape") == "drop"]


def test_a_first_sentence_left_out_is_no_wish_for_the_last_ones() -> None:
    shorter = [one.description for one in proposals(DRAFT, DRAFT.split("[1]. ")[1])]
    assert not [said for said in shorter if said.startswith("Only the last")]
    assert "Only the last sentence" in [one.description for one in proposals(THIRD, "The bridge stays closed.")]


def test_full_stops_are_changed_where_sentences_end_and_nowhere_else() -> None:
    loud = "It costs 45.50 euros [1]! It is paid in May [1]!"
    found = proposals(loud.replace("!", "."), loud)
    assert any(one.apply("Ask Mr. Fry. It is 3.5 m.").startswith("Ask Mr. Fry!") for one in found)
    assert not [one for one in found if one.parameters.get("shape") == "replace" and one.parameters["old"] == "."]


def test_a_long_text_made_a_list_suggests_few_wishes() -> None:
    """Each one is replayed, so their number is what learning costs: it was 109, and 0.13 s of a processor's time."""
    draft = f"{DRAFT} {OTHER} {THIRD} " * 4
    bullets = "Hello,\n\n" + "\n".join(f"- {one}" for one in re.split(r"(?<=[.?!])\s+(?=[A-Z])", draft.strip()))
    assert len(proposals(draft.strip(), bullets)) <= 40
