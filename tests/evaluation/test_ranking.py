"""Ranking figures against values computed by hand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.ranking import KEYS, ranking_figures, ranking_figures_by_query


def test_graded_ndcg_equals_the_value_computed_by_hand() -> None:
    qrels = {"q": {"good": 3, "fair": 1}}
    figures = ranking_figures(qrels, {"q": ["bad", "good", "other", "fair"]})
    gained = 3 / math.log2(3) + 1 / math.log2(5)
    ideal = 3 / math.log2(2) + 1 / math.log2(3)
    assert figures["ndcg@10"] == pytest.approx(gained / ideal)
    assert figures["recall@10"] == 1
    assert figures["mrr@10"] == pytest.approx(1 / 2)


def test_only_the_first_ten_count_for_figures_at_ten() -> None:
    ranking = [f"bad{place}" for place in range(10)] + ["good"]
    figures = ranking_figures({"q": {"good": 1}}, {"q": ranking})
    assert figures == {"ndcg@10": 0, "recall@10": 0, "recall@100": 1, "mrr@10": 0}


def test_a_query_without_a_ranking_counts_zero() -> None:
    figures = ranking_figures({"found": {"a": 1}, "lost": {"b": 1}}, {"found": ["a"]})
    assert figures == dict.fromkeys(KEYS, 0.5)


def test_an_empty_ranking_counts_zero() -> None:
    assert ranking_figures({"q": {"a": 1}}, {"q": []}) == dict.fromkeys(KEYS, 0.0)


def test_rankings_of_unjudged_queries_are_ignored() -> None:
    assert ranking_figures_by_query({"q": {"a": 1}}, {"q": ["a"], "other": ["x"]}).keys() == {"q"}


def test_the_order_of_the_list_decides_and_not_the_names() -> None:
    first = ranking_figures({"q": {"a": 1}}, {"q": ["z", "a"]})
    second = ranking_figures({"q": {"z": 1}}, {"q": ["a", "z"]})
    assert first == second
    assert first["mrr@10"] == 0.5


def test_a_ranking_that_holds_an_entry_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="'q'"):
        ranking_figures({"q": {"a": 1}}, {"q": ["a", "a"]})


@settings(deadline=None, max_examples=50)
@given(st.permutations([f"d{number}" for number in range(15)]), st.sets(st.integers(0, 14), min_size=1))
def test_figures_equal_their_definitions_for_any_order(order: list[str], relevant: set[int]) -> None:
    gold = {f"d{number}": 1 + number % 3 for number in relevant}
    figures = ranking_figures({"q": gold}, {"q": order})
    gains = sum(gold.get(entry, 0) / math.log2(place + 2) for place, entry in enumerate(order[:10]))
    best = sum(gain / math.log2(place + 2) for place, gain in enumerate(sorted(gold.values(), reverse=True)[:10]))
    first = next((1 / place for place, entry in enumerate(order[:10], start=1) if entry in gold), 0.0)
    assert figures["ndcg@10"] == pytest.approx(gains / best)
    assert figures["recall@10"] == pytest.approx(len(gold.keys() & set(order[:10])) / len(gold))
    assert figures["recall@100"] == 1
    assert figures["mrr@10"] == pytest.approx(first)
