"""Ranking texts that are at hand as the index ranks its passages."""

import numpy as np
import pytest

from evaluation.indexing import JudgedText, index_texts
from evaluation.workplace import index_of, retriever_of, temporary_settings
from retrieval.encoder_hash import HashEncoder
from retrieval.scan import lexical_scores, scan
from retrieval.types import Query

TEXTS = (
    "The hut keeps its spare key under the blue flower pot.",
    "The warden returns on Friday.",
    "Keys are cut in the village, next to the bakery.",
)


def test_a_rare_word_counts_more_than_a_common_one_and_no_word_counts_nothing() -> None:
    texts = ["the key of the hut", "the door of the hut", "a boat"]
    key, hut, boat = lexical_scores("key", texts), lexical_scores("hut", texts), lexical_scores("penguin", texts)
    assert key[0] > hut[0] == hut[1] > 0
    assert list(boat) == [0, 0, 0] and hut[2] == 0


def test_of_equals_the_first_comes_first_and_no_more_than_asked_for() -> None:
    nothing = scan("penguin", np.zeros(2, np.float32), TEXTS, np.zeros((3, 2), np.float32))
    assert nothing.best(2) == [0, 1]


@pytest.mark.parametrize("question", ["Where is the spare key of the hut?", "When does the warden come back?"])
async def test_the_scores_are_those_of_the_index(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    encoder = HashEncoder()
    with temporary_settings() as settings:
        async with index_of(settings, encoder) as index:
            indexed = await index_texts([JudgedText(str(n), "", text) for n, text in enumerate(TEXTS)], encoder, index)
            hits = await retriever_of(encoder, index).search(Query(question, frozenset({"everyone"})))
    vector = (await encoder.encode_queries([question]))[0]
    found = scan(question, vector, TEXTS, await encoder.encode_passages(TEXTS))
    scores = {text: found.fused[int(text)] for text in indexed.texts.values()}
    assert {indexed.judged_id(hit): pytest.approx(hit.score, abs=1e-3) for hit in hits} == scores
