"""Statements become transformations where one exists, and stay unread where none does."""

import pytest

from personalization.stated import read
from personalization.transformations import restore

UNDERSTOOD = {
    "short bullet points, please": {"lists": "-", "length": 60},
    "Always answer in one sentence.": {"length": 1},
    "At most three sentences please": {"length": 3},
    "Keep it under 100 words": {"length": 100},
    "Two sentences are enough.": {"length": 2},
    "no emojis": {"emoji": False},
    "I don't like emojis": {"emoji": False},
    "address me as Dr. Weber": {"greeting": "Dear Dr. Weber,"},
    "Please call me Tom": {"greeting": "Dear Tom,"},
    "use British spelling": {"spelling": "British"},
    "American English please": {"spelling": "American"},
    "don't use contractions": {"contractions": False},
    "start with the answer": {"announcements": False},
    "No preamble!": {"announcements": False},
    "I want numbered steps": {"lists": "1."},
    "never use bullet points": {"lists": ""},
    "no exclamation marks": {"exclamations": False},
    "do not hedge": {"hedging": False},
    "No headings and no bold text": {"headings": False, "emphasis": False},
    'End with "Cheers, Ann"': {"closing": "Cheers, Ann"},
    'begin every answer with "Ahoy!"': {"greeting": "Ahoy!"},
    "one sentence per line": {"paragraphs": "a line each"},
    "write in the second person": {"person": "second person"},
    "Write for children, with examples": {"reading level": "easy", "examples": True},
    "bitte kurz und in Stichpunkten": {"lists": "-", "length": 60},
    "Keine Emojis": {"emoji": False},
    "Antworte bitte auf Deutsch": {"language": "German"},
    "höchstens zwei Sätze": {"length": 2},
    "Nenne mich Dr. Weber": {"greeting": "Hallo Dr. Weber,"},
    "ohne Überschriften": {"headings": False},
    "einfache Sprache bitte": {"wording": "plain"},
}
TOLD = ("sign", "use", "text", "count", "variety", "sentences", "person", "level", "language", "words")


@pytest.mark.parametrize(("statement", "wanted"), UNDERSTOOD.items(), ids=UNDERSTOOD.keys())
def test_a_statement_asks_for_its_dimensions(statement: str, wanted: dict[str, object]) -> None:
    told = {}
    for one in (one.parameters for one in read(statement)):
        order = ("use", *TOLD) if one["dimension"] in ("emoji", "headings") else TOLD
        told[one["dimension"]] = next(one[name] for name in order if name in one)
    assert told == wanted


@pytest.mark.parametrize(
    "statement",
    (
        "",
        "I live in Berlin and like fish.",
        "only the 2024 manuals",
        "The ship sank in 1912.",
        "Write like Hemingway",
        "don't write in the past tense",
        "never in German",
        "Tell us more",
    ),
)
def test_what_is_not_understood_asks_for_nothing(statement: str) -> None:
    assert read(statement) == ()


def test_what_is_read_can_be_stored_and_says_whether_a_format_can_honour_it() -> None:
    for statement in UNDERSTOOD:
        for one in read(statement):
            assert restore(one.parameters) == one
            assert one.description.endswith((".", "”.")) and one.key.startswith("dimension:")


def test_a_statement_changes_the_next_text() -> None:
    (contractions,) = read("please don't use contractions")
    assert contractions.apply("It's big. He doesn't know.") == "It is big. He does not know."
    (address,) = read("address me as Dr. Weber")
    assert address.apply("Hi! The fee is 3 euros [1].") == "Dear Dr. Weber,\n\nThe fee is 3 euros [1]."
