"""The recipe from documents or labels to a folder that the product reads, with the hashing encoder."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.versions import MANIFEST
from evaluation.errors import DataError
from retrieval.encoder_hash import HashEncoder
from retrieval.ports import LoadError, Vectors
from retrieval.query_adapter import QueryAdapter
from retrieval.query_update import CONFIG, open_query_adapter
from retrieval.types import Block, LoadedDocument
from tests.training.sets import WORDS, about, write
from training.commands import train_commands
from training.licences import LicenceError
from training.retriever import Options, Parts, train
from training.retriever_corpus import encode_passages
from training.retriever_lessons import Sources, gather

FEW = Options(steps=6, rank=8)
NOW = "2026-05-01T10:00:00+00:00"
WRITTEN = ("query_adapter.safetensors", CONFIG, MANIFEST)


class TextLoader:
    """Reads a text file as one block under its first line; a file called broken is none."""

    async def load(self, path: Path, name: str) -> LoadedDocument:
        if name.startswith("broken"):
            raise LoadError("unreadable", "it is broken")
        heading, text = path.read_text().split("\n", 1)  # noqa: ASYNC240  a few bytes
        return LoadedDocument(path.stem, "text/plain", (Block(text, heading=heading),))

    async def close(self) -> None: ...


def corpus(folder: Path, count: int = 12) -> Path:
    rows = [
        {
            "_id": f"t{number}",
            "title": f"Handbook > The {WORDS[number]} office",
            "text": f"Whoever needs the {WORDS[number]} form asks at desk {number}. It opens at nine every morning. "
            f"Bring the {WORDS[(number + 1) % 16]} card along. Copies cost {number} coins in the hall.",
        }
        for number in range(count)
    ]
    write(folder, "corpus.jsonl", rows)
    return folder


def judged(folder: Path) -> Path:
    """Queries in words that stand in no passage, so that only what is learned can find it."""
    corpus(folder)
    write(folder, "queries.jsonl", [{"_id": f"q{n}", "text": f"zork{n} please", "split": "train"} for n in range(12)])
    (folder / "qrels.tsv").write_text("".join(f"q{number}\tt{number}\t1\n" for number in range(12)))
    about(folder)
    return folder


def run(sources: Sources, out: Path, options: Options = FEW) -> dict[str, Any]:
    return train(sources, out, options, Parts(HashEncoder(), TextLoader()), "attune train retriever --corpus data/mine")


def test_the_recipe_writes_what_the_product_reads(tmp_path: Path) -> None:
    found = run(Sources((corpus(tmp_path / "mine"),)), tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert manifest["kind"] == "retriever"
    assert manifest["shippable"] is False  # nobody said how the documents are licensed
    assert open_query_adapter(tmp_path / "out", HashEncoder()).version == manifest["version"] == found["version"]
    assert found["before"]["n"] == found["after"]["n"] > 0


def test_questions_and_judgements_beside_a_corpus_change_no_byte(tmp_path: Path) -> None:
    alone = corpus(tmp_path / "alone" / "mine")
    run(Sources((alone,)), tmp_path / "a")
    beside = judged(tmp_path / "beside" / "mine")
    write(beside, "questions.jsonl", [{"id": "q0", "question": "zork0 please", "answers": ["desk 0"]}])
    (beside / "qrels_train.tsv").write_text("q0\tt3\t1\n")
    run(Sources((beside,)), tmp_path / "b")
    for name in WRITTEN:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    write(beside, "corpus.jsonl", [{"_id": "t0", "title": "Another", "text": "Another text that says something."}])
    run(Sources((beside,)), tmp_path / "c")
    assert (tmp_path / "a" / MANIFEST).read_bytes() != (tmp_path / "c" / MANIFEST).read_bytes()


def test_a_run_that_was_interrupted_gives_what_one_run_gives(tmp_path: Path) -> None:
    source = Sources((corpus(tmp_path / "mine"),))
    run(source, tmp_path / "whole", replace(FEW, steps=120))
    run(source, tmp_path / "parts", replace(FEW, steps=120, minutes=0.001))  # a blink, and then the rest of it
    run(source, tmp_path / "parts", replace(FEW, steps=120))
    for name in WRITTEN:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_documents_that_changed_since_are_fitted_to_anew(tmp_path: Path) -> None:
    run(Sources((corpus(tmp_path / "mine"),)), tmp_path / "out")
    for folder in ("out", "fresh"):
        run(Sources((corpus(tmp_path / "mine", 15),)), tmp_path / folder)
    assert len({(tmp_path / folder / MANIFEST).read_bytes() for folder in ("out", "fresh")}) == 1


async def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    class Counting(HashEncoder):
        read = 0

        async def encode_passages(self, texts: Sequence[str]) -> Vectors:
            self.read += len(texts)
            return await super().encode_passages(texts)

    encoder, texts = Counting(), [f"text {number}" for number in range(300)]
    first = await encode_passages(texts, encoder, tmp_path / "cache")
    again = await encode_passages([*texts, "one more"], encoder, tmp_path / "cache")
    assert encoder.read == 300 + 45  # the first 256 are known; the rest is another batch
    assert first.shape == (300, HashEncoder.dimension)
    assert (again[:300] == first).all()


async def test_judged_queries_teach_what_no_word_says(tmp_path: Path) -> None:
    import asyncio

    folder, encoder = judged(tmp_path / "mine"), HashEncoder()
    options = Options(steps=60, rank=64, learning_rate=3e-2)
    await asyncio.to_thread(run, Sources(data=(folder,)), tmp_path / "out", options)
    update = QueryAdapter.read(tmp_path / "out", encoder)
    texts = (await gather(Sources((folder,)), encoder, TextLoader(), 0)).pools[0]
    passages = await encoder.encode_passages(texts)
    asked = await encoder.encode_queries([f"zork{number} please" for number in range(12)])
    right = [int((passages @ update.apply(vector)).argmax()) == number for number, vector in enumerate(asked)]
    stock = [int((passages @ vector).argmax()) == number for number, vector in enumerate(asked)]
    assert sum(right) == 12 > sum(stock) + 6


def test_a_set_that_only_measures_is_refused(tmp_path: Path) -> None:
    folder = judged(tmp_path / "mine")
    about(folder, trainable="no")
    with pytest.raises(LicenceError, match="measuring only"):
        run(Sources(data=(folder,)), tmp_path / "out")


async def test_files_are_read_where_there_is_no_corpus_and_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    for name, word in (("first.txt", "kelp"), ("copy.txt", "kelp"), ("broken.txt", "opal")):
        (tmp_path / name).write_text(f"The {word} desk\nThe {word} desk is open from nine to five.")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "a question"}\n')
    found = await gather(Sources((tmp_path,)), HashEncoder(), TextLoader(), 0)
    assert len(found.pools[0]) == 1  # the copy is the same document
    assert "The kelp desk" in {lesson.text for lesson in found.lessons}


async def test_documents_without_headings_are_fitted_to_with_a_warning(tmp_path: Path) -> None:
    rows = [{"_id": str(n), "text": f"The {word} desk is open from nine to five."} for n, word in enumerate(WORDS)]
    write(tmp_path / "bare", "corpus.jsonl", rows)
    bare = await gather(Sources((tmp_path / "bare",)), HashEncoder(), TextLoader(), 0)
    assert "expect little" in bare.notes[0]
    headed = await gather(Sources((corpus(tmp_path / "headed"),)), HashEncoder(), TextLoader(), 0)
    assert headed.notes == []


async def test_labels_of_a_model_are_lessons_and_middling_ones_take_no_part(tmp_path: Path) -> None:
    rows = [("why", "good", 0.9), ("why", "middling", 0.2), ("why", "bad", 0.0), ("how", "bad", 0.0)]
    lines = [json.dumps({"question": q, "text": text, "utility": utility}) for q, text, utility in rows]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines) + "\n")
    found = await gather(Sources(labels=(tmp_path / "labels.jsonl",)), HashEncoder(), TextLoader(), 0)
    (lesson,) = found.lessons
    assert found.pools == [("good", "middling", "bad")]
    assert (lesson.text, lesson.worth, lesson.stage) == ("why", ((0, 0.9), (1, -1.0), (2, 0.0)), "made")


async def test_what_people_said_of_sources_is_a_lesson_of_its_own_stage(tmp_path: Path) -> None:
    shown: list[dict[str, object]] = [
        {"exposure_id": f"e{n}", "title": "", "text": f"text {n}", "rank": n, "kind": "document"} for n in range(4)
    ]
    shown.append({"exposure_id": "e9", "title": "", "text": "I told you so", "rank": 4, "kind": "fact"})
    said = [("e0", "source_misread"), ("e1", "helped"), ("e1", "not_relevant"), ("e2", "wrong"), ("e2", "withdrawn")]
    events = [{"exposure_id": exposure, "kind": kind} for exposure, kind in [*said, (None, "up")]]
    turn = {
        "turn_id": "t",
        "person_id": "ada",
        "consent": True,
        "created_at": NOW,
        "question": "and it?",
        "standalone_question": "Why?",
        "exposures": shown,
        "feedback": events,
    }
    (tmp_path / "turns.jsonl").write_text(json.dumps(turn) + "\n")
    found = await gather(Sources(log=tmp_path / "turns.jsonl"), HashEncoder(), TextLoader(), 0)
    (lesson,) = found.lessons
    assert (lesson.text, lesson.worth, lesson.stage) == ("Why?", ((0, 1.0), (1, 0.0), (2, -1.0), (3, -1.0)), "judged")


async def test_nobody_moves_what_all_share_by_saying_more(tmp_path: Path) -> None:
    said = {"ada": 4, "ben": 6, "cleo": 5, "shy": 9, "spammer": 400}
    lines = []
    for person, count in said.items():
        for number in range(count):
            shown = [{"exposure_id": f"{person}{number}", "title": "", "text": f"text {number % 7}", "rank": 0}]
            events = [{"exposure_id": f"{person}{number}", "kind": "helped"}]
            turn = {"turn_id": f"{person}{number}", "person_id": person, "question": f"Why {number}?"}
            said_yes = {"consent": person != "shy", "created_at": NOW}
            lines.append(json.dumps(turn | said_yes | {"exposures": shown, "feedback": events}))
    (tmp_path / "turns.jsonl").write_text("\n".join(lines) + "\n")
    found = await gather(Sources(log=tmp_path / "turns.jsonl"), HashEncoder(), TextLoader(), 0)
    shares = [lesson.share for lesson in found.lessons]
    assert shares == [1.0] * (4 + 6 + 5 + 10)  # ten, or twice what the person in the middle says; two who say something
    assert found.notes == [  # of one question do not overwrite each other
        "390 questions are beyond what one person may say",
        "9 turns of people who did not agree to train what others use are left out",
    ]


async def test_a_log_without_a_word_of_sources_teaches_nothing(tmp_path: Path) -> None:
    turn = {"turn_id": "t", "person_id": "ada", "question": "Why?", "exposures": [], "feedback": [], "consent": True}
    turn["created_at"] = NOW
    (tmp_path / "turns.jsonl").write_text(json.dumps(turn) + "\n")
    with pytest.raises(DataError, match="nothing to learn from"):
        await gather(Sources(log=tmp_path / "turns.jsonl"), HashEncoder(), TextLoader(), 0)


def test_the_command_fits_and_says_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    place = [str(corpus(tmp_path / "mine")), "--out", str(tmp_path / "out")]
    said = CliRunner().invoke(train_commands, ["retriever", "--corpus", *place, "--steps", "2", "--json"])
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["version"].startswith("retriever-")


def test_the_command_reads_documents_as_ingest_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "office.md").write_text("# Opening hours\n\nThe office opens at nine.\n")
    place = [str(tmp_path / "docs"), "--out", str(tmp_path / "out")]
    said = CliRunner().invoke(train_commands, ["retriever", "--corpus", *place, "--steps", "2", "--json"])
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["passages"] == 1


@pytest.mark.parametrize("wrong", [[], ["--corpus", ".", "--loss", "hinge"]])
def test_a_command_that_cannot_work_says_so_before_anything_is_read(wrong: list[str], tmp_path: Path) -> None:
    said = CliRunner().invoke(train_commands, ["retriever", *wrong, "--out", str(tmp_path / "out")])
    assert said.exit_code == 2
    assert not (tmp_path / "out").exists()
