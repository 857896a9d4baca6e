"""Which documents a person's standing rule leaves, and which sentences are no such rule."""

import pytest

from personalization.standing_rules import read_rule

SHELF = {
    "manual-S3-2024.pdf": ("Service manual S3", "application/pdf"),
    "manual-2023.pdf": ("Manual", "application/pdf"),
    "wiki-export.html": ("Wiki", "text/html"),
    "prices_2024.xlsx": ("Price list 2024", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "notes.md": ("Notes", "text/markdown"),
    "hut-rules-2025.docx": ("Hut rules", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def left(statement: str) -> set[str] | None:
    rule = read_rule(statement)
    return None if rule is None else {name for name, seen in SHELF.items() if rule.allows(name, *seen)}


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("only use the 2024 manuals", {"manual-S3-2024.pdf"}),
        ("Only the 2024 manuals.", {"manual-S3-2024.pdf"}),
        ("use only PDFs", {"manual-S3-2024.pdf", "manual-2023.pdf"}),
        ("Please only answer from the price list", {"prices_2024.xlsx"}),
        ("stick to the 2023 and 2024 manuals", {"manual-S3-2024.pdf", "manual-2023.pdf"}),
        ("Answer only from hut-rules-2025.docx", {"hut-rules-2025.docx"}),
        ("only use documents from 2025", {"hut-rules-2025.docx"}),
        ("use only PDFs and the wiki", {"manual-S3-2024.pdf", "manual-2023.pdf", "wiki-export.html"}),
        ("use nothing but the reports", set()),
    ],
)
def test_an_only_rule_leaves_what_it_names(statement: str, names: set[str]) -> None:
    assert left(statement) == names


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("never answer from the wiki export", {"wiki-export.html"}),
        ("Don't use spreadsheets!", {"prices_2024.xlsx"}),
        ("ignore the wiki", {"wiki-export.html"}),
        ("avoid notes.md", {"notes.md"}),
        ("never use the 2023 manual", {"manual-2023.pdf"}),
    ],
)
def test_a_never_rule_leaves_all_but_what_it_names(statement: str, names: set[str]) -> None:
    assert left(statement) == set(SHELF) - names


@pytest.mark.parametrize(
    "statement",
    """only use bullet points
never use contractions
don't use headings
avoid jargon
answer only in German
only short answers
keep to the point
no e-mail style
never use more than 50 words
do not use emoji in e-mails
avoid passive voice in reports
use only the newest manual
never use PDFs unless I ask
Should I only use the manuals?
Short bullet points, please""".splitlines(),
)
def test_a_wish_about_style_or_more_than_a_name_can_tell_is_no_rule(statement: str) -> None:
    assert read_rule(statement) is None


def test_a_question_that_names_what_is_kept_out_lifts_the_rule_and_no_other_does() -> None:
    never, only = read_rule("never answer from the wiki export"), read_rule("only use the 2024 manuals")
    assert never is not None and only is not None
    assert never.lifted_by("What does the wiki export say about keys?")
    assert not never.lifted_by("Where are the keys?")
    assert not only.lifted_by("What do the 2024 manuals say?")
