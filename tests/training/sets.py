"""Small data sets in the forms that recipes read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = ["amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor"]
WORDS += ["indigo", "juniper", "kelp", "lagoon", "meadow", "nectar", "opal", "prairie"]


def write(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def about(folder: Path, licence: str = "MIT", trainable: str = "yes") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ABOUT.md").write_text(f"# {folder.name}\nLicence: {licence}\nTrainable: {trainable}\n")


def shown(folder: Path, count: int = 20) -> Path:
    """Questions that carry their passages: one that answers and three that do not."""
    rows = []
    for number in range(count):
        word, other = WORDS[number % len(WORDS)], WORDS[(number + 5) % len(WORDS)]
        texts = [(f"The {word} house number {number} is worth {number + 40} coins.", "gold")]
        texts += [(f"Another {other} house, {number}-{place}, has no price.", "distractor") for place in range(3)]
        passages = [
            {"id": f"p{number}-{place}", "title": f"Street {number}-{place}", "text": text, "label": label}
            for place, (text, label) in enumerate(texts)
        ]
        question = f"What is the {word} house number {number} worth?"
        answers = [f"{number + 40} coins"]
        rows.append({"id": f"q{number}", "question": question, "answers": answers, "passages": passages})
    write(folder, "questions.jsonl", rows)
    about(folder)
    return folder


def judged(folder: Path, count: int = 20) -> Path:
    """Questions over a corpus: one text each, and every third text long enough to be cut."""
    corpus, questions = [], []
    for number in range(count):
        filling = " ".join(f"Sentence {place} tells of {WORDS[place % 16]} {number}." for place in range(60))
        text = f"The tower {number} was built in {1700 + number}."
        body = f"{filling}\n\n{text}" if number % 3 == 0 else text
        corpus.append({"_id": f"t{number}", "title": f"Tower {number}", "text": body})
        question = f"When was the tower {number} built?"
        questions.append({"id": f"j{number}", "question": question, "answers": [str(1700 + number)]})
    write(folder, "corpus.jsonl", corpus)
    write(folder, "questions.jsonl", questions)
    (folder / "qrels.tsv").write_text("".join(f"j{number}\tt{number}\t1\n" for number in range(count)))
    about(folder)
    return folder
