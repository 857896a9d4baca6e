"""Every rule is idempotent, keeps citations, leaves code, addresses and quotations alone, and can be made again."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from personalization.rules import SHAPES, Rule, restore
from tests.personalization.texts import CODE, DRAFT, OTHER, THIRD

CASES = [
    ("replace", {"old": "utilise", "new": "use"}, "will use the new hall"),
    ("replace", {"old": ";", "new": "."}, "hall. It was finished"),
    ("replace", {"old": "new ", "new": ""}, "utilise the hall"),
    ("affix", {"old": "ise", "new": "ize"}, "will utilize the"),
    ("pattern", {"old": "${0}", "new": "{0} dollars"}, "costs 5 dollars and"),
    ("wrap", {"of": "number", "before": "**", "after": "**"}, "**12** rooms for **340** guests [2]"),
    ("wrap", {"of": "first word", "before": "*", "after": "*"}, "*We* have 12"),
    ("case", {"of": "text", "case": "upper"}, "A TICKET COSTS"),
    ("spell", {"word": "GUESTS"}, "340 GUESTS"),
    ("ending", {"old": ".", "new": "!", "of": "all"}, "at the door!"),
    ("layout", {"separator": "\n", "prefix": "- ", "suffix": "", "first": True, "last": False}, "\n- We have 12"),
    ("layout", {"separator": "\n", "prefix": "{n}. ", "suffix": "", "first": True, "last": False}, "\n3. A ticket"),
    ("layout", {"separator": " ", "prefix": "", "suffix": " ✅", "first": False, "last": True}, "guests [2]. ✅ A"),
    ("groups", {"size": 2, "separator": "\n\n"}, "guests [2].\n\nA ticket"),
    ("lines", {"unit": "words", "size": 4}, "The committee will utilise\nthe new hall; it\n"),
    ("order", {"order": "shortest first"}, "door. The committee"),
    ("join", {"sign": ".", "with": ", and "}, "[1], and we have"),
    ("insert", {"unit": "sentence", "at": -1, "literal": " In short: "}, "[2]. In short: A ticket"),
    ("begin", {"literal": "Hello,\n\n", "over": False}, "Hello,\n\nThe committee"),
    ("end", {"literal": "\n\nBest", "over": False}, "at the door.\n\nBest"),
    ("gather", {"literal": "\nSources: ", "between": " "}, "door.\nSources: [1] [2]"),
    (
        "begin",
        {"literal": "{0}\n", "over": False, "slots": [{"sentence": 0, "words": 2, "case": "upper"}]},
        "THE COMMITTEE\nThe committee will",
    ),
    ("end", {"literal": " ({0} sentences)", "over": False, "slots": [{"count": "sentences"}]}, "door. (3 sentences)"),
]


@pytest.mark.parametrize(("shape", "parameters", "wanted"), CASES)
def test_a_rule_does_what_it_says_once_and_can_be_made_again(shape: str, parameters: dict, wanted: str) -> None:  # type: ignore[type-arg]
    # type-arg: JSON of any kind
    rule = restore(json.loads(json.dumps({"kind": "rule", "shape": shape, **parameters})))
    changed = rule.apply(DRAFT)
    assert wanted in changed
    assert rule.apply(changed) == changed
    assert rule == Rule(shape, parameters)
    assert rule.key.startswith(f"rule:{shape}")
    assert rule.description


def test_every_shape_is_shown_at_work() -> None:
    assert set(SHAPES) - {shape for shape, _, _ in CASES} == {"length", "without", "paragraph", "drop"}


@pytest.mark.parametrize(("shape", "parameters", "_"), CASES)
def test_code_addresses_and_quotations_stay_and_no_citation_is_lost(shape: str, parameters: dict, _: str) -> None:  # type: ignore[type-arg]
    # type-arg: JSON of any kind
    changed = Rule(shape, parameters).apply(CODE)
    assert 'utilise --all; echo "done."' in changed
    assert "https://example.org/utilise?x=1" in changed
    assert changed.count("[1]") >= 1


def test_a_sentence_with_the_only_mark_of_a_source_is_not_dropped() -> None:
    shorter = Rule("length", {"unit": "sentences", "count": 1, "from": "start"})
    assert shorter.apply(OTHER) == OTHER
    assert shorter.apply("It rains. It pours.") == "It rains."


@pytest.mark.parametrize("of", ["number", "name", "capitals", "long", "adverb"])
def test_only_what_claims_nothing_can_be_left_out_everywhere(of: str) -> None:
    assert Rule("drop", {"of": "bracket"}).apply("Iron (Fe) melts [1].") == "Iron melts [1]."
    with pytest.raises(ValueError, match="cannot be left out"):
        restore({"kind": "rule", "shape": "drop", "of": of})


def test_one_is_not_many() -> None:
    assert Rule("length", {"unit": "sentences", "count": 1, "from": "start"}).description == "Only the first sentence"
    assert Rule("groups", {"size": 1, "separator": "\n\n"}).description == "Paragraphs of 1 sentence"


def test_no_break_no_paragraph() -> None:
    assert Rule("paragraph", {}).apply("One.\n\nTwo.\nThree.") == "One. Two. Three."
    assert Rule("without", {"holding": "?"}).apply("It rains. Why? Nobody knows.") == "It rains. Nobody knows."


@pytest.mark.parametrize(
    "wrong", [{}, {"shape": "poem"}, {"shape": "replace", "old": "a"}, {"shape": "order", "order": "by colour"}]
)
def test_unknown_parameters_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no rule has the parameters"):
        restore({"kind": "rule", **wrong})


WORDS = some.sampled_from(
    [*DRAFT.split(), *THIRD.split(), "-", "**now**", "“so”", "?", "\n", "\n\n", "1.", "🎉", "[7]"]
)


@settings(max_examples=150, deadline=None)
@given(some.lists(WORDS, max_size=40), some.sampled_from(CASES))
def test_whatever_the_text_a_rule_is_idempotent_and_citations_survive(
    words: list[str], case: tuple[str, dict[str, object], str]
) -> None:
    text = " ".join(words)
    rule = Rule(case[0], case[1])
    changed = rule.apply(text)
    assert rule.apply(changed) == changed
    assert set(re.findall(r"\[\d+\]", changed)) == set(re.findall(r"\[\d+\]", text))


def test_a_list_leaves_headings_and_code_where_they_are() -> None:
    bullets = Rule("layout", {"separator": "\n", "prefix": "- ", "suffix": "", "first": True, "last": False})
    titled = "## Fees\n\nIt is 5 euros. It is due.\n\n## Loss\n\nThe plot is lost."
    assert bullets.apply(titled) == "## Fees\n\n- It is 5 euros.\n- It is due.\n\n## Loss\n\n- The plot is lost."
    coded = "Do this:\n\n```sh\nrm -r a. b\n```\n\nThen wait. It takes an hour."
    assert bullets.apply(coded) == "Do this:\n\n```sh\nrm -r a. b\n```\n\n- Then wait.\n- It takes an hour."
