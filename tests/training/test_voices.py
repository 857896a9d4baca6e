"""Nobody says more than the bound in what trains all, whoever they are and in whatever order they say it."""

from collections import Counter

from training.voices import heard


def rows(said: dict[str, int]) -> list[tuple[str, str]]:
    return [(person, f"{person} {number}") for person, count in said.items() for number in range(count)]


def kept(said: dict[str, int]) -> dict[str, int]:
    return dict(Counter(person for person, _ in heard(rows(said), lambda row: row[0], lambda row: row[1])))


def test_one_person_says_at_most_twice_what_the_one_in_the_middle_says() -> None:
    assert kept({"ada": 30, "ben": 40, "cleo": 50, "spammer": 4000}) == {
        "ada": 30,
        "ben": 40,
        "cleo": 50,
        "spammer": 80,
    }
    assert kept({"ada": 12, "spammer": 4000}) == {"ada": 12, "spammer": 24}, (
        "of two the one in the middle is the lesser"
    )


def test_a_handful_is_always_heard_and_whoever_is_alone_says_everything() -> None:
    assert kept({"ada": 1, "ben": 1, "cleo": 9}) == {"ada": 1, "ben": 1, "cleo": 9}
    assert kept({"ada": 400}) == {"ada": 400}
    assert kept({}) == {}


def test_which_are_heard_does_not_depend_on_when_they_were_said() -> None:
    said = rows({"ada": 12, "spammer": 200})
    one, other = (heard(some, lambda row: row[0], lambda row: row[1]) for some in (said, said[::-1]))
    assert one == other[::-1]
