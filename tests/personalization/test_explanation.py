"""Sets of transformations that explain edits."""

from personalization.explanation import Weighted, explain, joined, total
from personalization.proposals import proposals
from personalization.replay import Replay
from personalization.rules import Rule
from personalization.transformations import once
from tests.personalization.texts import DRAFT, OTHER, edit

STYLE = [
    Rule("replace", {"old": "utilise", "new": "grok"}),
    Rule("layout", {"separator": "\n", "prefix": "{n}. ", "suffix": "", "first": True, "last": False}),
    Rule("end", {"literal": "\n\nYours, Q", "over": False}),
]


def test_several_changes_at_once_are_taken_apart() -> None:
    new = [Weighted(edit("a", DRAFT, once(STYLE, DRAFT)), 1.0)]
    replay = Replay()
    found = explain(replay, new, [], proposals)
    assert total(replay, new, found) == 0
    assert once(found, OTHER) == once(STYLE, OTHER)


def test_nothing_explains_an_accepted_draft_and_what_is_known_is_not_taken_for_it() -> None:
    assert explain(Replay(), [Weighted(edit("a", DRAFT, DRAFT), 1.0)], STYLE, proposals) == []


def test_what_hurts_other_edits_more_than_it_helps_is_left_out() -> None:
    use = STYLE[0]
    edits = [Weighted(edit("a", DRAFT, use.apply(DRAFT)), 1.0), Weighted(edit("b", OTHER, OTHER), 1.5)]
    assert explain(Replay(), edits, [], lambda *_: [use]) == []


def test_only_one_of_a_key_is_in_company() -> None:
    employ = Rule("replace", {"old": "utilise", "new": "employ"})
    assert joined(STYLE, employ) == [*STYLE[1:], employ]
