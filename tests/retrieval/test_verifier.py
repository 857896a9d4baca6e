"""The shipped citation check."""

from pathlib import Path

import pytest

from retrieval.verifier import SHIPPED, ModelVerifier, VerifierError

PASSAGE = (
    "The Gemsli hut stands at 2,480 metres above Lake Arven. Ada Keller built it in 1913 with twelve workers. "
    "A night in the dormitory costs 38 francs; members of the club pay 26 francs."
)


@pytest.fixture(scope="session")
def verifier() -> ModelVerifier:
    return ModelVerifier(SHIPPED)


async def test_what_a_passage_says_is_supported_and_what_it_does_not_is_not(verifier: ModelVerifier) -> None:
    claims = [
        "The hut was built by Ada Keller in 1913.",
        "A night in the dormitory costs 38 francs.",
        "The wine is brought up by mule on Sundays.",
        "Lake Arven freezes over in January.",
    ]
    first, second, third, fourth = await verifier.support([(claim, PASSAGE) for claim in claims])
    assert min(first, second) > 0.5 > max(third, fourth)


async def test_a_sentence_is_found_in_an_evidence_far_longer_than_the_window(verifier: ModelVerifier) -> None:
    filler = "The weather was fine and nobody had much to say about it that day. " * 60
    (found,) = await verifier.support([("Ada Keller built the hut in 1913.", f"{filler}{PASSAGE} {filler}")])
    assert found > 0.5


async def test_pairs_may_be_none_or_many_and_keep_their_order(verifier: ModelVerifier) -> None:
    pairs = [("Ada Keller built the hut in 1913.", PASSAGE), ("It rains.", "Nothing was said.")] * 20
    found = await verifier.support(pairs)
    assert len(found) == 40
    assert all(one > 0.5 for one in found[::2])
    assert all(one < 0.5 for one in found[1::2])
    assert await verifier.support([]) == []


def test_a_folder_without_weights_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(VerifierError, match="attune train verifier"):
        ModelVerifier(tmp_path)


def test_its_version_is_that_of_its_manifest(verifier: ModelVerifier) -> None:
    assert verifier.version.startswith("verifier-")
    assert verifier.version != "verifier-verifier"
