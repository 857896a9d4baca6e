"""Trainable sets of questions and a corpus, read as texts and questions. Knows files only."""

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from training.answers_data import Evidence, Fact, Material, Said, Text, evidence_for, with_subject

Allowed = AbstractSet[str]  # ids of the questions that may be trained on
_YES_NO = frozenset({"yes", "no", "maybe"})
LONGEST_ANSWER = 30  # words


def hops(folder: Path, allowed: Allowed) -> Material:
    """Questions that carry their passages (hotpot_200, 2wiki_200): every supporting sentence is needed; where the set
    names none, the sentence of a gold passage that holds the answer."""
    texts: dict[str, Text] = {}
    facts = []
    for row in rows(folder / "questions.jsonl"):
        if row["id"] not in allowed or not row.get("passages") or not row["answers"]:
            continue
        evidence: list[Evidence] = []
        for passage in row["passages"]:
            text = Text(f"{row['id']}/{passage['id']}", passage["title"], passage["text"], row["id"])
            texts[text.id] = text
            if passage["label"] == "gold":
                evidence += _supporting(passage, text, row["answers"])
        if evidence:
            facts.append(_fact(row, row["answers"][0], tuple(evidence), texts))
    return Material(folder.name, texts, facts)


def spans(folder: Path, allowed: Allowed) -> Material:
    """Questions whose answer is a span of a corpus entry (xquad_en, policyqa): articles and sites are the groups."""
    texts = {
        row["_id"]: Text(row["_id"], row.get("title") or "", row["text"], row.get("group") or row.get("title") or "")
        for row in rows(folder / "corpus.jsonl")
    }
    judged: dict[str, list[str]] = {}
    for path in sorted(folder.glob("qrels*.tsv")):
        for line in path.read_text().splitlines()[1:]:
            query, entry, _ = line.split("\t")
            judged.setdefault(query, []).append(entry)
    facts = []
    for row in rows(folder / "questions.jsonl"):
        if row["id"] in allowed and (found := _first_span(row["answers"], judged.get(row["id"], ()), texts)):
            answer, evidence = found
            facts.append(_fact(row, answer, (evidence,), texts))
    used = {fact.group for fact in facts}
    return Material(folder.name, {key: text for key, text in texts.items() if text.group in used}, facts)


def articles(folder: Path, allowed: Allowed) -> Material:
    """Questions on long articles (covid_qa), cut at paragraphs; the article is the group."""
    texts: dict[str, Text] = {}
    starts: dict[str, list[tuple[int, str]]] = {}
    for row in rows(folder / "corpus.jsonl"):
        at = 0
        for paragraph in row["text"].split("\n"):
            if len(paragraph.split()) >= 12:
                text = Text(f"{row['_id']}/{at}", row["title"], paragraph, row["_id"])
                texts[text.id] = text
                starts.setdefault(row["_id"], []).append((at, text.id))
            at += len(paragraph) + 1
    facts = []
    for row in rows(folder / "questions.jsonl"):
        before = [pair for pair in starts.get(row["document"], ()) if pair[0] <= row["answer_start"]]
        if row["id"] not in allowed or not before:
            continue
        start, key = max(before)
        evidence = evidence_for(texts[key], row["answers"][0], row["answer_start"] - start)
        if evidence:
            facts.append(_fact(row, row["answers"][0], (evidence,), texts))
    used = {fact.group for fact in facts}
    return Material(folder.name, {key: text for key, text in texts.items() if text.group in used}, facts)


def people(folder: Path, allowed: Allowed) -> Material:
    """Questions about one person's birthplace or occupation (popqa_1000); other people are easily confused."""
    texts: dict[str, Text] = {}
    facts = []
    for row in rows(folder / "questions.jsonl"):
        if row["id"] not in allowed:
            continue
        kind = "born" if row["question"].endswith("born?") else "occupation"
        for passage in row["passages"]:
            text = Text(f"{row['id']}/{passage['id']}", passage["title"], passage["text"], f"{folder.name} {kind}")
            if passage.get("role") != "subject":
                continue
            texts[text.id] = text
            found = _first_span(row["answers"], [text.id], texts)
            if found:
                facts.append(_fact(row, found[0], (found[1],), texts, kind))
    return Material(folder.name, texts, facts)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _fact(
    row: Mapping[str, Any], answer: str, evidence: tuple[Evidence, ...], texts: Mapping[str, Text], attribute: str = ""
) -> Fact:
    answer = answer.capitalize() if answer.lower() in _YES_NO else answer
    long = tuple(Said(with_subject(one.sentence, texts[one.text_id].title), (one.text_id,)) for one in evidence)
    group = texts[evidence[0].text_id].group
    return Fact(row["id"], row["question"], answer, evidence, group, long, (), attribute, "", tuple(row["answers"]))


def _supporting(passage: Mapping[str, Any], text: Text, answers: list[str]) -> list[Evidence]:
    if "supporting_sentences" not in passage:
        found = [one for answer in answers if (one := evidence_for(text, answer))]
        return found[:1]
    named = [" ".join(one.split()) for one in passage["supporting_sentences"]]
    return [Evidence(text.id, one) for one in named[:2] if one in " ".join(text.text.split())]


def _first_span(answers: list[str], entries: Any, texts: Mapping[str, Text]) -> tuple[str, Evidence] | None:
    for entry in entries:
        for answer in answers:
            if entry in texts and len(answer.split()) <= LONGEST_ANSWER:
                evidence = evidence_for(texts[entry], answer)
                if evidence:
                    return answer, evidence
    return None
