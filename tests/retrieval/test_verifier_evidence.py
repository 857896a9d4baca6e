"""The sentences of an evidence that matter for a claim."""

from retrieval.verifier_evidence import SIGNS, gathered, plain, signs

FILLER = "The weather was fine and nobody had much to say about it that day. " * 40
EVIDENCE = f"{FILLER}Ada Lovelace met Babbage in 1833. {FILLER}Babbage built the engine of brass. {FILLER}"


def test_the_sentences_that_share_words_with_the_claim_are_gathered_in_their_order() -> None:
    read = gathered("Babbage, whom Ada Lovelace met in 1833, built an engine of brass.", EVIDENCE)
    assert len(read.split()) <= 170
    assert 0 <= read.index("Ada Lovelace met Babbage in 1833.") < read.index("Babbage built the engine of brass.")


def test_an_evidence_that_fits_is_read_as_it_is() -> None:
    assert gathered("Anything", "One sentence. Another one.\n\nA third.") == "One sentence. Another one.\n\nA third."


def test_an_endless_sentence_is_read_from_its_beginning() -> None:
    assert gathered("Anything", "word " * 500).split() == ["word"] * 170


def test_signs_are_shares_of_what_the_claim_says() -> None:
    found = dict(
        zip(
            SIGNS,
            signs("In 1833 the clever Ada met Babbage.", "Ada met nobody. Babbage was born in 1791."),
            strict=True,
        )
    )
    assert found["stems"] == 3 / 5
    assert found["stems in one sentence"] == 2 / 5
    assert found["numbers"] == 0.0
    assert found["names"] == 1.0
    assert signs("", "") == [1.0, 1.0, 0.0, 1.0, 1.0]


def test_markers_are_no_part_of_a_claim() -> None:
    assert plain("Four weeks [1][2]. More [3]</s>") == "Four weeks. More"
