"""Style operators on layout: lists, lines, labels, paragraphs. They keep every word and know nothing of its sense."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from evaluation.prelude_text import MARKER, Span, SpanEdit, lines, sentences_of, stands_apart

_QUESTIONS = ("What is it about?", "What else is there to know?", "What follows?", "Anything else?")


def bullets(text: str, mark: str = "-") -> Iterator[SpanEdit]:
    """Every sentence is an item of its own."""
    return _marked(text, lambda _: f"{mark} ")


def numbered(text: str) -> Iterator[SpanEdit]:
    """Every sentence is a numbered step."""
    return _marked(text, lambda turn: f"{turn}. ")


def checkboxes(text: str) -> Iterator[SpanEdit]:
    """Every sentence is a task to tick off."""
    return _marked(text, lambda _: "[ ] ")


def one_sentence_per_line(text: str) -> Iterator[SpanEdit]:
    """Every sentence begins a line."""
    for inside in _lines_of_sentences(text):
        for before, sentence in pairwise(inside):
            yield SpanEdit(before.end, sentence.start, "\n")


def paragraphs(text: str, count: int = 2) -> Iterator[SpanEdit]:
    """A blank line after so many sentences at the latest."""
    written, end = 0, 0
    for inside in _lines_of_sentences(text):
        for sentence in inside:
            blank = text[end : sentence.start].count("\n") > 1
            written = 1 if blank else written + 1
            if written > count:
                gap = re.search(r"\s*$", text[: sentence.start])
                at_line = sentence == inside[0]
                start = _line_start(text, sentence.start) if at_line else gap.start() if gap else sentence.start
                yield SpanEdit(start, start if at_line else sentence.start, "\n" if at_line else "\n\n")
                written = 1
            end = sentence.end


def short_lines(text: str, count: int = 5) -> Iterator[SpanEdit]:
    """No line has more words, as in a haiku."""
    for line in lines(text):
        found = list(re.finditer(r"\S+", text[line.start : line.end]))
        for before, after in zip(found[count - 1 :: count], found[count::count], strict=False):
            yield SpanEdit(line.start + before.end(), line.start + after.start(), "\n")


def question_answer(text: str, questions: Sequence[str] = _QUESTIONS) -> Iterator[SpanEdit]:
    """Every line answers a question that stands on a line before it: Q: ... A: ..."""
    asked = sum(text.startswith("Q:", line.start) for line in lines(text))
    for line in lines(text):
        if not stands_apart(text, line) and not text.startswith(("Q:", "A:"), line.start):
            yield SpanEdit(line.start, line.start, f"Q: {questions[asked % len(questions)]}\nA: ")
            asked += 1


def speakers(text: str, names: Sequence[str] = ("Ann", "Ben")) -> Iterator[SpanEdit]:
    """Every line is spoken by somebody, in turns."""
    labels = tuple(f"{name}:" for name in names)
    for turn, line in enumerate(lines(text)):
        if not text.startswith(labels, line.start):
            yield SpanEdit(line.start, line.start, f"{labels[turn % len(labels)]} ")


def bold_first_word(text: str) -> Iterator[SpanEdit]:
    """Every line begins with a word in bold."""
    for line in lines(text):
        first = re.compile(r"\S+").match(text, line.body)
        if first and not stands_apart(text, line) and not first[0].startswith("**"):
            yield SpanEdit(line.body, first.end(), f"**{first[0]}**")


def title_case_headings(text: str) -> Iterator[SpanEdit]:
    """Every word of a heading has a capital."""
    for line in lines(text):
        if text[line.start : line.body].startswith("#"):
            for match in re.finditer(r"(?<![^\s])[a-z]", text[line.body : line.end]):
                at = line.body + match.start()
                yield SpanEdit(at, at + 1, match[0].upper())


def _lines_of_sentences(text: str) -> Iterator[list[Span]]:
    for line in lines(text):
        if not stands_apart(text, line):
            yield sentences_of(text, line)


def _marked(text: str, mark: Callable[[int], str]) -> Iterator[SpanEdit]:
    turn = 0
    for line in lines(text):
        if stands_apart(text, line):
            continue
        at = line.start
        for sentence in sentences_of(text, line):
            turn += 1
            own = MARKER.match(text, sentence.start, sentence.end)
            body = own.end() if own else sentence.start
            wanted = mark(turn) if at == line.start else f"\n{mark(turn)}"
            if text[at:body] != wanted:
                yield SpanEdit(at, body, wanted)
            at = sentence.end


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1
