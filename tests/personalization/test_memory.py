"""What is learned from edits, where it holds, when it is dropped, and that nothing else is kept."""

import random
import time

import numpy as np
import pytest

from personalization.memory import AT_ONCE, HOLDS, SURE, guide, learn
from personalization.ports import ContextEdit, Preference, Transformation, Vectors
from personalization.proposals import identity
from personalization.rules import Rule
from personalization.transformations import Described, once
from tests.personalization.texts import DRAFT, LETTERS, NOTES, OTHER, REPORTS, THIRD, direction, edit

USE = Rule("replace", {"old": "utilise", "new": "grok"})
EMPLOY = Rule("replace", {"old": "utilise", "new": "flurb"})
HELLO = Rule("begin", {"literal": "Zog zog:\n\n", "over": False})
DEAR = Rule("begin", {"literal": "Moin moin:\n\n", "over": False})
LINES = Rule("layout", {"separator": "\n", "prefix": "~ ", "suffix": "", "first": True, "last": False})
TEXTS = (DRAFT, OTHER, THIRD)


def lived(edits: list[ContextEdit]) -> list[Preference]:
    """What is known after these edits, one after the other."""
    known: list[Preference] = []
    for at, new in enumerate(edits):
        known = learn(known, edits[:at], new)
    return known


def rendered(known: list[Preference], text: str, here: Vectors) -> str:
    render = guide(known, here).guidance.render
    return render(text) if render else text


def styled(number: int, style: list[Transformation], vector: Vectors) -> ContextEdit:
    written = TEXTS[number % len(TEXTS)]
    return edit(str(number), written, once(style, written), vector)


def test_one_edit_is_acted_on_where_the_context_is_like_it_and_nowhere_else() -> None:
    known = lived([edit("a", DRAFT, HELLO.apply(USE.apply(DRAFT)))])
    assert rendered(known, OTHER, direction(0.9, 0.3, 0)) == HELLO.apply(USE.apply(OTHER))
    assert rendered(known, OTHER, REPORTS) == OTHER
    assert all(one.supporting == ("a",) and one.against == () for one in known)


def test_it_is_dropped_at_once_when_it_is_contradicted() -> None:
    known = lived([edit("a", DRAFT, HELLO.apply(DRAFT)), edit("b", OTHER, OTHER)])
    assert rendered(known, THIRD, LETTERS) == THIRD


def test_what_was_confirmed_often_survives_one_contradiction_and_the_contradiction_is_kept() -> None:
    edits = [styled(number, [HELLO], LETTERS) for number in range(5)]
    known = lived([*edits, edit("no", DRAFT, DRAFT)])
    assert rendered(known, THIRD, LETTERS) == HELLO.apply(THIRD)
    assert [one.against for one in known if one.transformation.key == HELLO.key] == [("no",)]


def test_a_changed_mind_is_followed() -> None:
    edits = [styled(number, [USE], LETTERS) for number in range(4)]
    edits += [styled(number, [EMPLOY], LETTERS) for number in range(4, 7)]
    assert rendered(lived(edits), DRAFT, LETTERS) == EMPLOY.apply(DRAFT)


def test_two_kinds_of_context_keep_two_styles_and_share_what_both_want() -> None:
    letters: list[Transformation] = [HELLO, USE]
    reports: list[Transformation] = [DEAR, USE, LINES]
    edits = [
        styled(number, letters if number % 2 else reports, LETTERS if number % 2 else REPORTS) for number in range(8)
    ]
    known = lived(edits)
    assert rendered(known, THIRD, LETTERS) == once(letters, THIRD)
    assert rendered(known, THIRD, REPORTS) == rendered(lived(edits[::2]), THIRD, REPORTS)
    assert rendered(known, THIRD, REPORTS).startswith("Moin moin:\n\n~ ")
    # Merged: what both want is one preference with both sides' edits behind it.
    assert [len(one.supporting) for one in known if one.transformation.key == USE.key] == [8]


def test_evidence_against_narrows_the_reach() -> None:
    near, far = direction(1, 0.2, 0), direction(0.7, 0.7, 0)
    edits = [styled(0, [HELLO], near), styled(1, [HELLO], near)]
    wide = lived(edits)[0].vector @ far
    narrow = next(one for one in lived([*edits, edit("no", THIRD, THIRD, far)]) if one.transformation.key == HELLO.key)
    assert narrow.vector @ far < HOLDS <= wide
    assert narrow.vector @ near >= HOLDS


def test_an_accepted_text_confirms_what_was_done_to_it() -> None:
    first = edit("a", DRAFT, HELLO.apply(DRAFT))
    known = lived([first])
    after = learn(known, [first], edit("b", OTHER, rendered(known, OTHER, LETTERS)))
    assert [one.supporting for one in after] == [("a", "b")]
    assert after[0].confidence > known[0].confidence


def test_an_accepted_text_without_preferences_teaches_nothing() -> None:
    assert lived([edit("a", DRAFT, DRAFT), edit("b", OTHER, OTHER)]) == []


def test_an_addition_made_of_the_texts_own_words_is_not_wanted_in_other_texts() -> None:
    known = lived([edit("a", DRAFT, "guests, tickets and the committee\n" + DRAFT)])
    assert rendered(known, OTHER, LETTERS) == OTHER


def test_what_was_stated_holds_everywhere_beats_what_was_learned_and_is_never_forgotten() -> None:
    stated = Preference(DEAR, np.zeros(3, dtype=np.float32), (), (), 1.0)
    edits = [styled(number, [HELLO], LETTERS) for number in range(3)]
    known: list[Preference] = [stated]
    for at, new in enumerate(edits):
        known = learn(known, edits[:at], new)
    assert known[0].transformation == DEAR
    assert known[0].confidence == 1
    assert not known[0].vector.any()
    assert rendered(known, DRAFT, LETTERS).startswith("Moin moin:")
    assert rendered(known, DRAFT, NOTES).startswith("Moin moin:")


def test_a_description_is_said_to_the_model_and_changes_no_text() -> None:
    known = [Preference(Described("Be kind"), np.zeros(3, dtype=np.float32), (), (), 1.0)]
    chosen = guide(known, LETTERS)
    assert chosen.guidance.instruction == "Be kind"
    assert chosen.guidance.render is not None
    assert chosen.guidance.render(DRAFT) == DRAFT
    assert chosen.used == (0,)


def test_what_is_not_sure_enough_is_not_used() -> None:
    known = [Preference(HELLO, LETTERS, ("a",), (), SURE - 0.01)]
    assert guide(known, LETTERS).used == ()
    assert guide([], LETTERS).used == ()


def test_what_is_rendered_stays_when_it_is_rendered_again() -> None:
    known = lived([styled(number, [HELLO, USE, LINES], LETTERS) for number in range(3)])
    for text in TEXTS:
        assert rendered(known, rendered(known, text, LETTERS), LETTERS) == rendered(known, text, LETTERS)


def mixed(count: int, seed: int) -> list[ContextEdit]:
    """Edits of four kinds of context with styles of their own, one in five of them a whim."""
    drawn = random.Random(seed)
    kinds: list[tuple[Vectors, list[Transformation]]] = [
        (LETTERS, [HELLO, USE]),
        (REPORTS, [DEAR, LINES]),
        (NOTES, [EMPLOY, Rule("ending", {"old": ".", "new": "!", "of": "all"})]),
        (direction(1, 1, 1), []),
    ]
    words = [word for text in TEXTS for word in text.split()]
    edits = []
    for number in range(count):
        vector, style = drawn.choice(kinds)
        noisy = direction(*(vector + np.array([drawn.gauss(0, 0.1) for _ in range(3)])))
        written = " ".join(drawn.sample([part for text in TEXTS for part in text.split(". ")], 3)).rstrip(".") + "."
        edited = once(style, written)
        if drawn.random() < 0.2:
            places = edited.split(" ")
            places[drawn.randrange(len(places))] = drawn.choice(words)
            edited = " ".join(places)
        edits.append(edit(str(number), written, edited, noisy))
    return edits


@pytest.mark.slow
def test_after_five_hundred_mixed_edits_nothing_is_double_and_nothing_without_a_source() -> None:
    audit(500)


def test_after_some_mixed_edits_nothing_is_double_and_nothing_without_a_source() -> None:
    audit(60)


def audit(count: int) -> None:
    edits = mixed(count, seed=3)
    known = lived(edits)
    ids = {one.id for one in edits}
    assert len({identity(one.transformation) for one in known}) == len(known)
    assert len({one.transformation.description for one in known}) == len(known)
    for one in known:
        assert one.supporting
        assert ids.issuperset(one.supporting + one.against)
        assert not set(one.supporting) & set(one.against)
        assert 0 < one.confidence < 1
    # What is used in each kind of context is its style and, of the whims, few.
    for vector, style in ((LETTERS, [HELLO, USE]), (REPORTS, [DEAR, LINES])):
        used = [known[at].transformation for at in guide(known, vector).used]
        assert len(used) <= len(style) + 6
        assert rendered(known, OTHER, vector).startswith(str(style[0].parameters["literal"])[:5])


def test_two_people_with_opposite_styles_in_one_context_never_share() -> None:
    first = [styled(number, [HELLO, USE], LETTERS) for number in range(4)]
    second = [styled(number, [DEAR, EMPLOY], LETTERS) for number in range(4)]
    alone = lived(first), lived(second)
    known: list[list[Preference]] = [[], []]
    for at in range(4):
        for who, edits in enumerate((first, second)):
            known[who] = learn(known[who], edits[:at], edits[at])
    for together, by_oneself in zip(known, alone, strict=True):
        assert [identity(one.transformation) for one in together] == [
            identity(one.transformation) for one in by_oneself
        ]
        assert [one.confidence for one in together] == [one.confidence for one in by_oneself]


def test_two_thousand_preferences_are_recalled_in_ten_milliseconds() -> None:
    drawn = np.random.default_rng(1)
    vectors = drawn.standard_normal((2000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = [
        Preference(Rule("replace", {"old": f"word{at}", "new": "x"}), vector, ("a",), (), 0.6)
        for at, vector in enumerate(vectors)
    ]
    guide(known, vectors[0])
    taken = []
    for here in vectors[:20]:
        started = time.perf_counter()
        guide(known, here)
        taken.append(time.perf_counter() - started)
    assert sorted(taken)[10] < 0.03  # the goal is 0.01 and the rule 0.002; a busy machine is slower


def test_of_2000_that_hold_a_handful_acts_and_what_was_stated_comes_first() -> None:
    many = [Rule("replace", {"old": f"word{number}", "new": "x"}) for number in range(2000)]
    known = [Preference(one, LETTERS, ("a",), (), SURE) for one in many]
    known.append(Preference(HELLO, np.zeros_like(LETTERS), (), (), 1.0))
    chosen = guide(known, LETTERS)
    assert len(chosen.used) == AT_ONCE
    assert chosen.used[-1] == 2000
