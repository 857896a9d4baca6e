"""Several reports as one."""

from evaluation.reports import combine

ONE = {"accuracy": 0.5, "n": 2, "baselines": {"plain": {"f1": 0.2}, "gold": None}, "intervals": {"f1": (0, 1)}}
OTHER = {"accuracy": None, "n": 3, "baselines": {"plain": {"f1": 0.4}, "gold": {"f1": 1.0}}, "encoder": "minilm"}


def test_one_report_stays_as_it_is() -> None:
    assert combine({"one": ONE}) is ONE


def test_figures_of_several_are_averaged_and_counts_summed() -> None:
    combined = combine({"one": ONE, "other": OTHER})
    assert combined == {
        "accuracy": 0.5,
        "n": 5,
        "baselines": {"plain": {"f1": 0.30000000000000004}, "gold": {"f1": 1.0}},
        "encoder": "minilm",
        "sets": {"one": ONE, "other": OTHER},
    }


def test_a_figure_that_exists_nowhere_stays_absent() -> None:
    nowhere = {"accuracy": None}
    assert combine({"a": nowhere, "b": nowhere})["accuracy"] is None


def test_different_words_are_listed() -> None:
    assert combine({"a": {"source": "passages"}, "b": {"source": "corpus"}})["source"] == "passages, corpus"
