"""The gate's arithmetic: what is accepted, and each way to be refused, with the sentence that says it."""

import numpy as np
import pytest

from evaluation.claims import Claim
from evaluation.gate import LEAST, Pair, group_guard, judge, latency_guard, rate_guard
from evaluation.gate_claims import Compared, judged
from evaluation.statistics import Ratio


def pairs(champion: float, challenger: float, count: int = 60, group: str | None = None) -> list[Pair]:
    """Right answers at these rates, drawn once for each side."""
    random = np.random.default_rng(3)
    drawn = random.random((2, count))
    return [
        Pair(float(ours < champion), float(theirs < challenger), group=group)
        for ours, theirs in zip(drawn[0], drawn[1], strict=True)
    ]


def share(of: float, count: int = 100) -> Ratio:
    hits = round(of * count)
    return Ratio([1.0] * hits + [0.0] * (count - hits), [1.0] * count)


def test_better_beyond_noise_is_accepted_with_every_figure() -> None:
    judgement = judge("accuracy", pairs(0.3, 0.8), [])
    assert judgement.accepted
    primary = judgement.report["primary"]
    assert primary["interval"][0] > 0
    assert primary["difference"] == pytest.approx(primary["challenger"] - primary["champion"])
    assert (judgement.report["n"], judgement.report["metric"]) == (60, "accuracy")


@pytest.mark.parametrize(
    ("champion", "challenger"), [(0.5, 0.5), (0.5, 0.55), (0.8, 0.3)], ids=["same", "a bit", "worse"]
)
def test_what_noise_explains_is_refused_in_a_sentence(champion: float, challenger: float) -> None:
    (said,) = judge("accuracy", pairs(champion, challenger), []).reasons
    assert "The accuracy is 0." in said and "does not lie above 0" in said


def test_few_questions_prove_nothing() -> None:
    (said,) = judge("accuracy", [Pair(0, 1)] * (LEAST - 1), []).reasons
    assert said == "Only 29 questions count for accuracy, and 30 are the least: add a data set."


def test_questions_that_cannot_be_graded_do_not_count() -> None:
    some = [Pair(0, 1)] * LEAST
    judgement = judge("accuracy", [*some, *[Pair(1, 0, weight=0)] * 100], [])
    assert (judgement.accepted, judgement.report["n"], judgement.report["primary"]["difference"]) == (True, LEAST, 1)


def test_one_slow_moment_is_not_slowness_and_slowness_is() -> None:
    champion = [1.0] * 9
    assert latency_guard(champion, [1.2] * 8 + [9.0], "s a turn").complaint is None
    slow = latency_guard(champion, [1.3] * 9, "s a turn")
    assert slow.complaint is not None
    assert slow.complaint.startswith("It takes 1.30 times as long as the champion, 1.3 s a turn against 1")


@pytest.mark.parametrize(
    ("champion", "challenger", "sign", "fine"),
    [
        (0.80, 0.75, -1, True),
        (0.80, 0.74, -1, False),
        (0.10, 0.15, 1, True),
        (0.10, 0.16, 1, False),
        (0.5, 0.1, 1, True),
    ],
)
def test_a_share_may_get_worse_by_five_points(champion: float, challenger: float, sign: int, fine: bool) -> None:
    guard = rate_guard("rate", "The share", (share(champion), share(challenger)), 0.05, sign)
    assert (guard.complaint is None) == fine
    if guard.complaint:
        assert f"{challenger:.1%}" in guard.complaint and "at most 5 points" in guard.complaint


def test_a_share_that_the_set_cannot_give_is_no_complaint() -> None:
    nothing = Ratio([0.0], [0.0])
    guard = rate_guard("rate", "The share", (nothing, nothing), 0.05, 1)
    assert (guard.complaint, guard.figures["difference"]) == (None, None)


def test_a_group_that_loses_is_named_though_the_whole_gains() -> None:
    gaining = [*[Pair(0, 1, group="ann")] * 40, *[Pair(1, 1, group="cid")] * 12]
    losing = [Pair(1, 0, group="ben")] * 11 + [Pair(1, 1, group="ben")]
    judgement = judge("accuracy", gaining + losing, [])
    assert judgement.reasons == ("The accuracy falls for ben (12 questions) by 92 points: at most 10 are allowed.",)
    groups = judgement.report["guards"]["groups"]
    assert (groups["groups"], groups["passed"]) == (3, False)
    assert groups["worst"] == pytest.approx(-11 / 12)


def test_a_small_group_and_a_loss_that_chance_explains_are_let_pass() -> None:
    assert group_guard("accuracy", [Pair(1, 0, group="few")] * 9) is None
    by_chance = [Pair(1, 0, group="a")] * 3 + [Pair(0, 1, group="a")] + [Pair(1, 1, group="a")] * 8
    found = group_guard("accuracy", by_chance)
    assert found is not None and found.complaint is None
    assert found.figures["worst"] == pytest.approx(-2 / 12)


def test_claims_weigh_so_that_both_classes_count_the_same() -> None:
    def claim(number: int, label: str) -> Claim:
        return Claim(id=str(number), claim="c", evidence=("e",), label=label, source="s")

    claims = [claim(n, "supported") for n in range(60)] + [claim(n, "unsupported") for n in range(60, 80)]
    # The champion says yes to everything; the challenger tells every unsupported one and misses a tenth of the others.
    chances = [(0.9, 0.1 if number < 6 or number >= 60 else 0.9) for number in range(80)]
    judgement = judged([Compared("set", claims, chances, [(10.0, 11.0)] * 80)])
    primary = judgement.report["primary"]
    assert (primary["champion"], primary["challenger"]) == pytest.approx((0.5, 0.95))
    assert judgement.accepted
    assert judgement.report["guards"]["latency"]["ratio"] == pytest.approx(1.1)
