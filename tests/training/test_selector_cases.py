from evaluation.datasets import LabelledPassage
from training.examples import Example
from training.selector_cases import Shuffled, Texts, set_aside, typed


def example(number: int, source: str = "s") -> Example:
    labels = ["gold", "distractor", "unknown", "misinfo", "distractor"]
    passages = tuple(
        LabelledPassage(id=f"{number}-{place}", title=f"T{number}", text=f"text {number} {place}", label=label)
        for place, label in enumerate(labels)
    )
    return Example(f"{source}/{number}", f"question {number}", passages, (), True, source, f"{source}/{number // 4}")


def test_equal_texts_have_one_number_and_unjudged_ones_none() -> None:
    texts = Texts()
    first, again = texts.cases([example(1), example(1)])
    assert first == again
    assert len(texts.passages) == 4
    assert texts.passages[first.golds[0]] == "T1\ntext 1 0"
    assert len(first.negatives) == 3


def test_whole_components_are_set_aside() -> None:
    cases = Texts().cases([example(number) for number in range(80)])
    fitted, aside = set_aside(cases, 1000)
    assert 0 < len(aside) <= 12
    assert len(fitted) + len(aside) == 80
    assert not {case.component for case in fitted} & {case.component for case in aside}


def test_a_large_set_gives_no_more_than_its_share() -> None:
    cases = Texts().cases([example(number) for number in range(80)])
    assert len(set_aside(cases, 20)[0]) == 20


def test_a_batch_is_the_same_whenever_it_is_asked_for() -> None:
    cases = Texts().cases([example(number) for number in range(30)])
    one, other = Shuffled(cases, 4, seed=1), Shuffled(cases, 4, seed=1)
    late = [other(number) for number in (17, 3, 17)]
    assert [one(number) for number in (17, 3, 17)] == late
    assert Shuffled(cases, 4, seed=2)(3) != one(3)


def test_an_epoch_shows_every_question_once() -> None:
    cases = Texts().cases([example(number) for number in range(28)])
    shuffled = Shuffled(cases, 4, seed=0)
    asked = [group.question for number in range(7) for group in shuffled(number)]
    assert sorted(asked) == list(range(28))


def test_a_third_of_the_groups_holds_nothing_useful_and_labels_follow_their_passages() -> None:
    cases = Texts().cases([example(number) for number in range(200)])
    groups = [group for number in range(50) for group in Shuffled(cases, 4, seed=0)(number)]
    golds = {case.golds[0] for case in cases}
    empty = [group for group in groups if not any(group.useful)]
    assert 0.25 < len(empty) / len(groups) < 0.45
    by_question = {case.question: case for case in cases}
    for group in groups:
        own = by_question[group.question].golds
        assert [number in own for number in group.passages] == list(group.useful)
        assert len(set(group.passages)) == len(group.passages)
    # Gold passages of other questions stand among the useless ones.
    assert any(
        n in golds for group in groups for n, useful in zip(group.passages, group.useful, strict=True) if not useful
    )


def test_questions_are_typed_as_people_type_them() -> None:
    question = "Who built the Tower of London?"
    assert typed(question, 0) == question
    ways = {typed(question, seed) for seed in range(1, 40)}
    assert "who built the tower of london" in ways
    assert len(ways) > 5
    assert all(abs(len(way) - len(question)) <= 1 for way in ways)
