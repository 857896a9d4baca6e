"""Trainable sets in forms of their own, read as texts and questions. Knows files only."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agents.types import PastTurn
from training.answers_data import Evidence, Fact, Material, Said, Text, evidence_for, split
from training.answers_sources import LONGEST_ANSWER, Allowed, articles, hops, people, rows, spans


def abstracts(folder: Path, _: Allowed) -> Material:
    """Yes, no or maybe from the last section of an abstract (pubmedqa)."""
    texts: dict[str, Text] = {}
    facts = []
    for key, row in json.loads((folder / "train.json").read_text()).items():
        for number, section in enumerate(row["CONTEXTS"]):
            text = Text(f"{key}/{number}", "", section, key)
            texts[text.id] = text
        last = split(row["CONTEXTS"][-1])[-1]
        evidence = (Evidence(text.id, last),)
        answer = row["final_decision"].capitalize()
        facts.append(Fact(key, row["QUESTION"], answer, evidence, key, (Said(last, (text.id,)),)))
    return Material(folder.name, texts, facts)


def tables(folder: Path, _: Allowed) -> Material:
    """Spans of financial tables and the paragraphs around them (tatqa); sums and differences are left out."""
    texts: dict[str, Text] = {}
    facts = []
    for row in json.loads((folder / "tatqa_dataset_dev.json").read_text()):
        group = row["table"]["uid"]
        table = Text(f"{group}/table", "", _table(row["table"]["table"]), group)
        around = {
            str(one["order"]): Text(f"{group}/{one['order']}", "", one["text"], group) for one in row["paragraphs"]
        }
        texts |= {text.id: text for text in (table, *around.values())}
        for asked in row["questions"]:
            answers = asked["answer"]
            if asked["answer_type"] not in {"span", "multi-span"} or not 1 <= len(answers) <= 4:
                continue
            from_text = asked["answer_from"] == "text"
            places = [around[one] for one in asked["rel_paragraphs"] if one in around] if from_text else [table]
            evidence = [one for answer in answers for place in places[:1] if (one := evidence_for(place, answer))]
            if len(evidence) == len(answers):
                unique = tuple(dict.fromkeys(evidence))
                long = tuple(Said(one.sentence, (one.text_id,)) for one in unique) if from_text else ()
                facts.append(Fact(asked["uid"], asked["question"], ", ".join(answers), unique, group, long))
    return Material(folder.name, texts, facts)


def conversations(folder: Path, _: Allowed) -> Material:
    """Follow-up questions within a conversation about one text (canard), asked as they were or standing alone."""
    dialogues: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads((folder / "dev.json").read_text()):
        dialogues.setdefault(row["QuAC_dialog_id"], []).append(row)
    texts: dict[str, Text] = {}
    facts = []
    for key, asked in dialogues.items():
        asked.sort(key=lambda row: row["Question_no"])
        entity, section = asked[0]["History"][:2]
        said = asked[-1]["History"][2:]  # question, answer, question, answer ...
        turns = [PastTurn(ask, answer) for ask, answer in zip(said[::2], said[1::2], strict=False)]
        known = [turn.answer for turn in turns if "I don't know" not in turn.answer]
        texts[key] = Text(key, f"{entity}, {section}", " ".join(map(_sentence, known)), entity)
        for number, turn in enumerate(turns):
            rewrite = asked[number]["Rewrite"] if number < len(asked) else turn.question
            evidence = (Evidence(key, _sentence(turn.answer)),) if turn.answer in known else ()
            if len(turn.answer.split()) > LONGEST_ANSWER:
                continue
            long = tuple(Said(one.sentence, (key,)) for one in evidence)
            alone = number % 2 == 0
            facts.append(
                Fact(
                    f"{key}/{number}",
                    rewrite if alone else turn.question,
                    turn.answer if evidence else "",
                    evidence,
                    entity,
                    long,
                    () if alone else tuple(turns[max(0, number - 2) : number]),
                )
            )
    return Material(folder.name, texts, facts)


def long_answers(folder: Path, _: Allowed) -> Material:
    """Long answers written by people, each sentence cited (rag_qa_arena): a source is what was said from it."""
    texts: dict[str, Text] = {}
    facts = []
    for path in sorted(folder.glob("annotations_*.jsonl")):
        for row in rows(path):
            lines = [" ".join(line.split()) for line in row["answer"].split("\n") if line.strip()]
            numbers = row["citation_numbers"]
            if (
                not 2 <= len(lines) == len(numbers) <= 7
                or not all(numbers)
                or any(len(one.split()) > 45 for one in lines)
            ):
                continue
            by_source: dict[str, list[str]] = {}
            for line, cited in zip(lines, numbers, strict=True):
                by_source.setdefault(f"{row['qid']}/{cited[0]}", []).append(line)
            for key, own in by_source.items():
                texts[key] = Text(key, "", " ".join(own), path.stem.split("_")[1])
            said = tuple(Said(line, (f"{row['qid']}/{cited[0]}",)) for line, cited in zip(lines, numbers, strict=True))
            evidence = tuple(Evidence(one.sources[0], one.text) for one in said[:1])
            facts.append(Fact(row["qid"], row["question"], "", evidence, path.stem.split("_")[1], said))
    return Material(folder.name, texts, facts)


def mails(folder: Path, _: Allowed) -> Material:
    """Questions about one e-mail (bipia); its attacks are planted elsewhere."""
    texts: dict[str, Text] = {}
    facts = []
    for row in rows(folder / "contexts.jsonl"):
        text = Text(row["id"], "", row["context"], folder.name)
        texts[text.id] = text
        answer = row["answers"][0]
        if row["task"] == "email" and len(answer.split()) <= LONGEST_ANSWER and answer.lower() != "unknown":
            evidence = (Evidence(text.id, split(text.text)[0]),)
            facts.append(Fact(row["id"], row["question"], answer, evidence, folder.name))
    return Material(folder.name, texts, facts)


def read(folder: Path, allowed: Allowed) -> Material | None:
    """What `folder` holds: a set known by name, or any questions with passages or a corpus. None for anything else."""
    reader = READERS.get(folder.name)
    if reader is None and (folder / "questions.jsonl").exists():
        reader = spans if (folder / "corpus.jsonl").exists() else hops
    material = reader(folder, allowed) if reader else None
    return material if material and material.facts else None


READERS: Mapping[str, Callable[[Path, Allowed], Material]] = {
    "hotpot_200": hops,
    "2wiki_200": hops,
    "xquad_en": spans,
    "policyqa": spans,
    "covid_qa": articles,
    "popqa_1000": people,
    "pubmedqa": abstracts,
    "tatqa": tables,
    "canard": conversations,
    "rag_qa_arena": long_answers,
    "bipia": mails,
}


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", '"', "”")) else f"{text}."


def _table(rows: list[list[str]]) -> str:
    return "\n".join(" | ".join(cell.strip() for cell in row).strip(" |") for row in rows)
