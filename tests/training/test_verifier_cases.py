"""Evidence with claims, made of a small material."""

import pytest

from retrieval.words import content_stems
from training.answers_data import Evidence, Fact, Material, Text
from training.verifier_cases import Case, Cases

HUT = (
    "The Gemsli hut stands at 2,480 metres above Lake Arven. Ada Keller built the hut in 1913 with twelve workers. "
    "Wardens may refuse guests after 22:00 when the doors are closed. The kitchen is open from June until October."
)
CABLEWAY = (
    "The Arven cableway climbs to the Gemsli station in nine minutes. Bruno Marti opened the cableway in 1962. "
    "A ride up costs 26 francs for members of the club. The last cabin leaves the station at 17:30."
)
BUILT = "Ada Keller built the hut in 1913 with twelve workers."


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    texts = {
        "hut": Text("hut", "Gemsli hut", HUT, "arven"),
        "cableway": Text("cableway", "Arven cableway", CABLEWAY, "arven"),
    }
    facts = [Fact("q1", "Who built the hut?", "Ada Keller", (Evidence("hut", BUILT),), "arven")]
    return [case for seed in range(40) for case in Cases(Material("huts", texts, facts), seed).cases()]


def claims(cases: list[Case], made: str) -> list[tuple[str, str, bool]]:
    return [
        (case.evidence, claim.text, claim.supported) for case in cases for claim in case.claims if claim.made == made
    ]


def test_an_answer_is_supported_where_its_sentence_stands_and_nowhere_else(cases: list[Case]) -> None:
    assert all(BUILT in evidence and supported for evidence, _, supported in claims(cases, "answer"))
    gone = claims(cases, "answer taken out")
    assert gone
    assert all(BUILT not in evidence and not supported and "Ada Keller" in text for evidence, text, supported in gone)


def test_the_same_claim_is_met_with_its_evidence_and_without(cases: list[Case]) -> None:
    told = {text for _, text, _ in claims(cases, "answer")}
    assert told & {text for _, text, _ in claims(cases, "answer taken out")}


def test_what_is_changed_shares_nearly_all_words_and_is_not_supported(cases: list[Case]) -> None:
    changed = [one for made in ("swapped", "negated", "reversed") for one in claims(cases, made)]
    shares = [
        len(set(content_stems(text)) & set(content_stems(evidence))) / len(set(content_stems(text)))
        for evidence, text, _ in changed
    ]
    assert not any(supported for _, _, supported in changed)
    assert sum(shares) / len(shares) > 0.6


def test_half_of_a_claim_is_not_enough(cases: list[Case]) -> None:
    assert claims(cases, "half")
    assert not any(supported for _, _, supported in claims(cases, "half"))
    assert all(supported for _, _, supported in claims(cases, "two"))


def test_the_same_seed_makes_the_same_cases(cases: list[Case]) -> None:
    texts = {"hut": Text("hut", "Gemsli hut", HUT, "arven")}
    assert list(Cases(Material("huts", texts, []), 1).cases()) == list(Cases(Material("huts", texts, []), 1).cases())
    assert list(Cases(Material("huts", texts, []), 1).cases()) != list(Cases(Material("huts", texts, []), 2).cases())
