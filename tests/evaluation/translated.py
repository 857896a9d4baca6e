"""A corpus in one tongue asked in another: only what is learned leads from the words of a question to its passage.

Questions and passages share no word; each word of the one has one of the other for its meaning. An adapter that was
fitted to right pairs learns that, one that was fitted to shuffled pairs cannot.
"""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.encoder_hash import HashEncoder
from tests.app.trained import written_retriever

MEANINGS = 40
LENGTH = 4  # words of a passage; a question has them all but one
RANK = 40

Floats = npt.NDArray[np.float32]


def _coin(letters: random.Random) -> str:
    return "".join(letters.choice("bcdfghjklmnpqrstvwxz") for _ in range(7))


_letters = random.Random(1)
ASKED = [_coin(_letters) for _ in range(MEANINGS)]
WRITTEN = [_coin(_letters) for _ in range(MEANINGS)]


def cases(count: int, seed: int) -> list[tuple[str, str]]:
    """(question, the passage it means)."""
    drawn = random.Random(seed)
    found = []
    for _ in range(count):
        meant = drawn.sample(range(MEANINGS), LENGTH)
        asked = drawn.sample(meant, LENGTH - 1)
        found.append((" ".join(ASKED[one] for one in asked), " ".join(WRITTEN[one] for one in meant)))
    return found


def write_set(
    folder: Path, count: int = 60, seed: int = 2, *, poisoned: bool = False, split: str | None = None
) -> Path:
    """A set in form R: to measure on, or with another seed to train on; poisoned: judgements at random."""
    folder.mkdir(parents=True)
    corpus: list[dict[str, Any]] = []
    queries: list[dict[str, Any]] = []
    for number, (asked, written) in enumerate(cases(count, seed)):
        corpus.append({"_id": f"d{number}", "title": "", "text": written})
        part = {"split": split} if split else {}
        queries.append({"_id": f"q{number}", "text": asked, "person": f"person {number % 4}", **part})
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    judged = list(range(count))
    if poisoned:
        random.Random(5).shuffle(judged)
    (folder / "qrels.tsv").write_text("".join(f"q{number}\td{judged[number]}\t1\n" for number in range(count)))
    return folder


async def fitted(folder: Path, *, poisoned: bool) -> Path:
    """An adapter fitted to 400 pairs by ridge regression, cut to its strongest directions; poisoned: pairs shuffled."""
    pairs = cases(400, 1)
    passages = [written for _, written in pairs]
    if poisoned:
        random.Random(5).shuffle(passages)
    encoder = HashEncoder()
    asked = await encoder.encode_queries([question for question, _ in pairs])
    wanted = await encoder.encode_passages(passages) - asked
    moving = np.linalg.solve(asked.T @ asked + 0.1 * np.eye(asked.shape[1]), asked.T @ wanted).T
    u, s, v = np.linalg.svd(moving)
    a, b = v[:RANK].astype(np.float32), (u[:, :RANK] * s[:RANK]).astype(np.float32)
    return written_retriever(folder, a, b, seed=int(poisoned))
