"""Style and fact: told apart on labelled edits, and never a fact taken for style where it can be seen."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from personalization.diff import difference
from personalization.edit_cost import edit_cost
from personalization.facts import FactChange, Split, split, swaps
from personalization.swaps import Agreed, agreement, never
from retrieval.encoder import open_encoder
from tests.personalization.answers import anything

LABELLED = Path(__file__).parent / "labelled_edits.jsonl"


def labelled(half: str) -> Iterator[dict[str, Any]]:
    rows = (json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines())
    return (row for row in rows if row["half"] == half)


def figures(half: str, agreed: Agreed = never) -> dict[str, float]:
    """Precision and recall of "something of fact was changed" and of "nothing was"."""
    right = {"style": 0, "fact": 0}
    said, true = dict(right), dict(right)
    for row in labelled(half):
        found = split(row["draft"], row["edited"], agreed=agreed)
        answer = "fact" if found.facts else "style"
        gold = "style" if row["kind"] == "style" else "fact"
        said[answer] += 1
        true[gold] += 1
        right[gold] += answer == gold
    return {
        f"{kind} {name}": right[kind] / of[kind]
        for kind in right
        for name, of in (("precision", said), ("recall", true))
    }


def test_style_and_fact_are_told_apart_on_edits_that_nothing_was_tuned_on() -> None:
    """A fact taken for style is the worse mistake. The edits share their author with the rules: on 32 others, written
    last and measured once before they joined the development half, style was found with precision 1 and recall 0.67."""
    found = figures("test")
    assert found["style precision"] >= 0.95, found
    assert found["fact recall"] >= 0.95, found
    assert found["style recall"] >= 0.8, found
    assert found["fact precision"] >= 0.8, found


async def test_the_encoder_lets_other_words_be_style_and_no_fact_become_one(tmp_path: Path) -> None:
    """The unseen half was written before other words were looked at, most of it with several of them in one edit: style
    recall was 0 without the encoder and is 0.17, at precision 1; of the last ones, with one each and measured once, it
    was 0.12 and is 0.42. What no list has stays a fact, but no source is blamed for it."""
    halves = {"unseen": 0.15, "last": 0.4, "development": 0.8}
    encoder, rows = open_encoder("minilm", tmp_path), [row for half in halves for row in labelled(half)]
    agreed = await agreement(encoder, {one for row in rows for one in swaps(row["draft"], row["edited"])})
    await encoder.close()
    for half, least in halves.items():
        found = figures(half, agreed)
        assert found["style precision"] == found["fact recall"] == 1.0, found
        assert found["style recall"] >= least, found
    mixed = [row for row in labelled("unseen") if row["kind"] == "mixed"]
    parts = [(row, split(row["draft"], row["edited"], agreed=agreed).style_only) for row in mixed]
    assert [claim for row, style in parts for claim in row["facts"] if claim in style] == []
    assert sum(change in style for row, style in parts for change in row["style"]) >= 8  # 4 of 10 without the encoder


@pytest.mark.parametrize("half", ("development", "test"))
def test_a_mixed_edit_keeps_its_style_and_loses_its_facts(half: str) -> None:
    rows = [row for row in labelled(half) if row["kind"] == "mixed"]
    kept = [claim for row in rows for claim in row["facts"] if claim in split(row["draft"], row["edited"]).style_only]
    assert kept == []
    found = [change in split(row["draft"], row["edited"]).style_only for row in rows for change in row["style"]]
    assert sum(found) >= 0.8 * len(found)


def test_there_are_enough_edits_of_both_kinds_in_both_parts() -> None:
    kinds = Counter((row["half"], row["kind"]) for half in ("development", "test") for row in labelled(half))
    assert sum(kinds.values()) >= 120
    assert min(kinds[half, kind] for half in ("development", "test") for kind in ("style", "fact")) >= 25


PLAIN_SENTENCES = (
    "Anna moved to Oslo in 2011 [1].",
    "The fee is 40 euros and it is paid in March.",
    "All members may vote on Mondays [2].",
    "Iron melts at 1538 degrees.",
    "The bridge was closed after the storm.",
    "Cats can see in the dark, but they do not see colours well [3].",
)
STYLES: dict[str, Callable[[str], str]] = {
    "greeting": lambda text: f"Hello,\n\n{text}",
    "closing": lambda text: f"{text}\n\nBest regards,\nTom",
    "hope": lambda text: f"{text} I hope this helps!",
    "bullets": lambda text: "\n".join(f"- {one}" for one in re.split(r"(?<=[.\]])\s(?=[A-Z])", text)),
    "small": str.lower,
    "emoji": lambda text: f"{text} 🎉",
    "bold": lambda text: text.replace("The ", "**The** "),
    "short": lambda text: f"In short: {text}",
    "shout": lambda text: text.replace(".", "!") if not re.search(r"\d\.\d", text) else text,
}
FACTS: dict[str, tuple[str, str]] = {
    "2011": ("2011", "2021"),
    "Oslo": ("Oslo", "Bergen"),
    "40": ("40", "55"),
    "March": ("March", "August"),
    "All": ("All members", "Few members"),
    "Mondays": ("Mondays", "Thursdays"),
    "1538": ("1538", "1083"),
    "closed": ("was closed", "was not closed"),
    "after": ("after", "before"),
    "do not": ("do not see", "see"),
    "marker": ("[2]", "[7]"),
    "melts": ("melts", "boils"),
}


def test_of_500_mixed_edits_none_keeps_a_fact_as_style_and_most_keep_their_style() -> None:
    """The facts are put in before the styles, so every edit is known in all its parts."""
    chance, kept, lost = random.Random(7), [], 0
    for _ in range(500):
        draft = " ".join(chance.sample(PLAIN_SENTENCES, 4))
        claims = [claim for claim in chance.sample(sorted(FACTS), 5) if FACTS[claim][0] in draft][:2]
        styles = chance.sample(sorted(STYLES), 2)
        wrong = draft
        for claim in claims:
            wrong = wrong.replace(*FACTS[claim])
        edited, styled = wrong, draft
        for style in styles:
            edited, styled = STYLES[style](edited), STYLES[style](styled)
        found = split(draft, edited)
        assert bool(found.facts) == bool(claims) or styled == draft, (draft, edited)
        told = [new.lower() for _, new in map(FACTS.__getitem__, claims) if new.lower() not in styled.lower()]
        if split(draft, found.style_only).facts or any(new in found.style_only.lower() for new in told):
            kept.append((draft, edited, found.style_only))
        lost += edit_cost(found.style_only, styled).raw > edit_cost(draft, styled).raw / 2
    assert kept == []
    assert lost <= 75


def test_a_number_replaced_names_its_sentences() -> None:
    found = split("Hi. It sank in 1912. It was big.", "Hi. It sank in 1913. It was big.")
    assert found.facts == (FactChange("It sank in 1912.", "It sank in 1913."),)
    assert found.style_only == "Hi. It sank in 1912. It was big."
    assert found.is_fact == (False, True, True, False)


def test_a_sentence_from_a_passage_claims_nothing_new() -> None:
    draft, edited = "It sank in 1912.", "It sank in 1912. Icebergs are common there."
    assert split(draft, edited).facts == (FactChange("", "Icebergs are common there."),)
    assert split(draft, edited, passages=["In April icebergs are common there, too."]).facts == ()
    assert split(draft, edited, passages=["Icebergs are not common there."]).facts


def test_known_framing_claims_nothing() -> None:
    draft, edited = "It sank in 1912.", "Gather round, mateys! It sank in 1912."
    assert split(draft, edited).facts
    found = split(draft, edited, framing={"Gather round, mateys!"})
    assert (found.facts, found.style_only) == ((), edited)


@pytest.mark.parametrize(
    ("draft", "edited"),
    (
        ("Alice beat Bob.", "Bob beat Alice."),
        ("The box is in the car.", "The box is on the car."),
        ("We won the game.", "They won the game."),
        ("It is safe for us.", "It is safe for the US."),
        ("It costs $5.", "It costs €5."),
        ("It weighs 3.125 kg.", "It weighs 3,125 kg."),
        ("It is -5 degrees.", "It is 5 degrees."),
        ("The ship was saved. The crew was not.", "The ship was not saved. The crew was."),
        ("Run `rm a`.", "Run `rm b`."),
        ('He said "yes, I did".', 'He said "no, I did".'),
        ("See https://a.org/x.", "See https://a.org/y."),
        ("It is red [1]. It is old.", "It is red. It is old [1]."),
        ("It can be safe.", "It can be unsafe."),
        ("Most ships float.", "Ships float."),
        ("The shop closes in May.", "The shop closes."),
        ("Alice beat Bob.", "## Bob beat Alice\n\nAlice beat Bob."),
        ("Members over 65 may vote.", "Members over 65 may vote. TL;DR: members may vote."),
        ("It is open (not on Sundays).", "It is open."),
        ("12. Mai 1990 war der Tag.", "13. Mai 1990 war der Tag."),
        ("Few members voted.", "A few members voted."),
    ),
)  # fmt: skip
def test_small_changes_of_a_claim_are_facts(draft: str, edited: str) -> None:
    assert split(draft, edited).facts


@settings(max_examples=200, deadline=None)
@given(anything, anything)
def test_every_span_is_judged_and_style_alone_holds_no_fact(draft: str, edited: str) -> None:
    found = split(draft, edited)
    spans = difference(draft, edited)
    assert len(found.is_fact) == len(spans)
    assert not any(fact for fact, span in zip(found.is_fact, spans, strict=True) if span.change == "same")
    assert bool(found.facts) == any(found.is_fact)
    if not found.facts:
        assert found.style_only == edited
    assert split(draft, found.style_only).facts == ()


def test_an_accepted_draft_has_neither() -> None:
    assert split("It sank [1].", "It sank [1].") == Split("It sank [1].", (), (False,))


@pytest.mark.parametrize(
    ("draft", "edited"),
    [
        ("Members who don't pay lose their plot.", "If you don't pay, you lose your plot."),
        ("You must rolled up after use.", "Hoses must be rolled up after use."),
        ("A plot costs 45 euros and is paid in March.", "45 euros, paid in March."),
    ],
)
def test_the_small_words_of_a_sentence_that_claims_something_else_are_no_style(draft: str, edited: str) -> None:
    found = split(draft, edited)
    assert found.facts
    assert found.style_only == draft


def test_a_sentence_that_claims_something_else_can_still_be_a_bullet_without_contractions() -> None:
    found = split("It doesn't cost 45 euros. Bring a hat.", "- It does not cost 50 euros.\n- Bring a hat.")
    assert found.style_only == "- It does not cost 45 euros.\n- Bring a hat."
