"""Passages fit the window, lose no word, stay inside their page and heading, and keep their ids."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.passages import Cutter, cut
from retrieval.types import Block, LoadedDocument, Passage, document_id

DOCUMENT = document_id("ada", "00")
SPECIAL = 2


@dataclass(frozen=True)
class Counter:
    """Counts tokens by a rule, as an encoder does: special tokens included."""

    rule: Callable[[str], int]
    window: int = 32

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [self.rule(text) + SPECIAL for text in texts]


def words(text: str) -> int:
    return len(text.split())


def wordpieces(text: str) -> int:
    """Like BERT's: punctuation and CJK stand alone, long words come in pieces of four."""
    return sum(math.ceil(len(part) / 4) for part in re.findall(r"[\u3040-\u9fff]|[^\W\u3040-\u9fff]+|[^\w\s]", text))


def bytepairs(text: str) -> int:
    """Not additive over words: line breaks and runs of spaces cost extra."""
    return math.ceil(len(text.encode()) / 3) + text.count("\n")


RULES = {"words": words, "wordpieces": wordpieces, "bytepairs": bytepairs}


def document(*blocks: Block, title: str = "Hut") -> LoadedDocument:
    return LoadedDocument(title, "text/plain", blocks)


def compact(text: str) -> str:
    return "".join(text.split())


def assert_covers(passages: Sequence[Passage], blocks: Sequence[Block]) -> None:
    """Every passage goes on where the one before it ended or a sentence earlier, and the last one ends at the end."""
    whole, reached = compact("".join(block.text for block in blocks)), 0
    for passage in passages:
        text = compact(passage.text)
        repeated = next(n for n in range(len(text) + 1) if n <= reached and whole[reached - n :].startswith(text))
        reached += len(text) - repeated
    assert reached == len(whole)


WORDS = st.text(st.sampled_from("abcdeßé,.;:!?()'\"0123雪山小屋。、"), min_size=1, max_size=30)
TEXTS = st.lists(WORDS, min_size=1, max_size=40).flatmap(
    lambda parts: st.lists(
        st.sampled_from([" ", "\n", "\n\n", ". ", "  "]), min_size=len(parts), max_size=len(parts)
    ).map(lambda gaps: "".join(a + b for a, b in zip(parts, gaps, strict=True)).strip())
)
BLOCKS = st.lists(
    st.builds(
        Block,
        text=TEXTS,
        page=st.one_of(st.none(), st.integers(1, 3)),
        heading=st.one_of(st.none(), st.sampled_from(["A", "A > B", "A > C", "D", "A very long heading " * 9])),
    ),
    max_size=5,
)
thorough = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("rule", RULES)
@thorough
@given(blocks=BLOCKS, title=st.sampled_from(["", "Hut", "An endless title " * 20]), window=st.integers(24, 80))
def test_every_passage_fits_the_window_and_no_text_is_lost(
    rule: str, blocks: list[Block], title: str, window: int
) -> None:
    counter = Counter(RULES[rule], window)
    passages = cut(DOCUMENT, document(*blocks, title=title), counter)
    assert all(n <= window for n in counter.count_tokens([passage.indexed_text for passage in passages]))
    assert_covers(passages, blocks)


@thorough
@given(blocks=BLOCKS)
def test_a_passage_never_spans_two_pages(blocks: list[Block]) -> None:
    passages = cut(DOCUMENT, document(*blocks), Counter(wordpieces))
    for page in (None, 1, 2, 3):
        mine = compact("".join(block.text for block in blocks if block.page == page))
        assert all(compact(p.text) in mine for p in passages if p.page == page)


@thorough
@given(blocks=BLOCKS)
def test_cutting_again_gives_the_same_passages(blocks: list[Block]) -> None:
    cutter = Cutter(Counter(wordpieces))
    first = cutter.cut(DOCUMENT, document(*blocks))
    assert cutter.cut(DOCUMENT, document(*blocks)) == first
    assert [passage.position for passage in first] == list(range(len(first)))
    assert len({passage.id for passage in first}) == len(first)


def test_paragraphs_are_kept_whole_where_they_fit() -> None:
    paragraphs = [f"Paragraph {n} has exactly eight words in it." for n in range(6)]
    passages = cut(DOCUMENT, document(*(Block(text) for text in paragraphs)), Counter(words, 30))
    assert [passage.text.count("Paragraph") for passage in passages] == [3, 3]


def test_a_long_paragraph_is_cut_between_sentences_into_equal_shares() -> None:
    sentences = [f"Sentence {n} is seven words long." for n in range(12)]
    passages = cut(DOCUMENT, document(Block(" ".join(sentences))), Counter(words, 64))
    assert all(passage.text.endswith("long.") for passage in passages)
    assert [passage.text.count("Sentence") for passage in passages] == [6, 7]  # the sixth is said again


def test_the_sentence_before_a_cut_is_repeated_after_it() -> None:
    text = " ".join(f"Step {n} of many." for n in range(30))
    first, second, *_ = cut(DOCUMENT, document(Block(text)), Counter(words, 64))
    last_sentence = re.findall(r"Step \d+ of many\.", first.text)[-1]
    assert second.text.startswith(last_sentence)


def test_a_table_repeats_its_header_in_every_passage() -> None:
    rows = ["Day | Cook", *(f"{n} | Ada and Bo" for n in range(30))]
    passages = cut(DOCUMENT, document(Block("\n".join(rows), header="Day | Cook")), Counter(words, 32))
    assert len(passages) > 3
    assert all(passage.text.startswith("Day | Cook\n") for passage in passages)
    assert [row for passage in passages for row in passage.text.split("\n")[1:]] == rows[1:]


def test_a_change_of_heading_starts_a_new_passage() -> None:
    blocks = [Block("ten words " * 5, heading="Rules"), Block("ten words " * 5, heading="Food")]
    assert [p.heading for p in cut(DOCUMENT, document(*blocks), Counter(words))] == ["Rules", "Food"]


def test_small_sections_of_a_page_share_a_passage_under_what_they_have_in_common() -> None:
    blocks = [Block(name, heading=f"Gear > {name}") for name in ("Rope", "Axe", "Stove")]
    (passage,) = cut(DOCUMENT, document(*blocks), Counter(words, 64))
    assert (passage.heading, passage.text) == ("Gear", "Rope\nAxe\nStove")


def test_a_bare_chapter_title_joins_the_section_below_it() -> None:
    blocks = [
        Block("Gear", heading="Gear"),
        Block("Rope", heading="Gear > Rope"),
        Block("Ten metres.", heading="Gear > Rope"),
    ]
    (passage,) = cut(DOCUMENT, document(*blocks), Counter(words, 64))
    assert (passage.heading, passage.text) == ("Gear > Rope", "Gear\nRope\nTen metres.")


def test_the_title_is_not_said_twice() -> None:
    (passage,) = cut(DOCUMENT, document(Block("Text.", heading="Hut > Rules")), Counter(words, 64))
    assert passage.indexed_text == "Hut > Rules\nText."


def test_text_without_spaces_is_cut_at_its_own_full_stops() -> None:
    text = "雪が降った。" * 20
    passages = cut(DOCUMENT, document(Block(text), title=""), Counter(wordpieces, 40))
    assert all(passage.text.endswith("。") for passage in passages)


def test_a_line_without_any_place_to_cut_is_cut_all_the_same() -> None:
    passages = cut(DOCUMENT, document(Block("x" * 5000), title=""), Counter(wordpieces, 64))
    assert "".join(passage.text for passage in passages) == "x" * 5000


def test_words_are_neither_cut_nor_glued_where_there_are_spaces() -> None:
    text = "\n".join(" ".join(f"w{line}-{n}" for n in range(line * 7 % 40 + 1)) for line in range(40))
    passages = cut(DOCUMENT, document(Block(text)), Counter(words, 24))
    assert [word for passage in passages for word in passage.text.split()] == text.split()


def test_indentation_of_code_survives() -> None:
    code = "def door():\n    return 'shut'"
    (passage,) = cut(DOCUMENT, document(Block(code)), Counter(words, 64))
    assert passage.text == code


def test_a_document_without_blocks_has_no_passages() -> None:
    assert cut(DOCUMENT, document(), Counter(words)) == []
