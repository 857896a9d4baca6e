"""Messages in their conversation, their features, and the head that reads them."""

from pathlib import Path

import numpy as np
import pytest

from personalization.signals import DISSATISFIED, SATISFIED, Line, Utterance, side_of, utterances
from personalization.signals_features import NAMES, features, texts_of
from personalization.signals_head import CONFIG, SHIPPED, WEIGHTS, SignalHead, SignalsError
from personalization.signals_reader import SignalReader, featured, open_head
from personalization.signals_words import ANSWER, MESSAGE, compiled, plain
from retrieval.encoder import open_encoder
from retrieval.encoder_hash import HashEncoder
from tests.personalization.heads import VERSION, write_by_hand

ASKED = Line(True, "When does the archive open?")
ANSWERED = Line(False, "The archive was founded in 1902 [1].")


async def named(utterance: Utterance) -> dict[str, float]:
    row = (await featured(HashEncoder(), [utterance]))[0]
    return dict(zip(NAMES, row.tolist(), strict=False))


def test_there_are_nine_satisfied_and_nine_dissatisfied_kinds() -> None:
    assert (len(SATISFIED), len(DISSATISFIED)) == (9, 9)
    assert (side_of("humor"), side_of("style"), side_of("reply")) == ("satisfied", "dissatisfied", "neutral")
    with pytest.raises(ValueError, match="'cheerful' is no kind of signal"):
        side_of("cheerful")


def test_a_message_refers_to_the_answer_since_the_person_last_spoke() -> None:
    lines = [ASKED, ANSWERED, Line(False, "Anything else?"), Line(True, "And when"), Line(True, "does it open?")]
    first, second, third = utterances(lines)
    assert (first.question, first.answer, first.before) == ("", "", ())
    assert (second.question, second.answer) == (ASKED.text, f"{ANSWERED.text}\nAnything else?")
    assert (third.question, third.answer) == ("And when", "")


def test_what_is_encoded_is_the_message_the_one_before_and_the_answer() -> None:
    assert texts_of(Utterance("Thanks!", (ASKED, ANSWERED))) == ("Thanks!", ASKED.text, ANSWERED.text)
    assert texts_of(Utterance("Hello")) == ("Hello",)


async def test_a_repeated_question_is_seen_and_a_new_one_is_not() -> None:
    again = await named(Utterance("when does the archive open", (ASKED, ANSWERED)))
    other = await named(Utterance("Who pays for repairs of the roof?", (ASKED, ANSWERED)))
    assert again["shares_question"] == pytest.approx(1.0) and again["like_question"] > 0.9
    assert other["shares_question"] == 0.0 and other["like_question"] < 0.3


async def test_what_went_wrong_before_fades_with_every_message() -> None:
    failed = Line(False, "I could not find an answer to this in your documents.")
    talk = (ASKED, failed, Line(True, "No, that's wrong."), ANSWERED, Line(True, "Fine."), ANSWERED)
    right_after, later = await named(Utterance("Well", talk[:4])), await named(Utterance("Well", talk))
    assert right_after["troubled_before"] == 1.0 and later["troubled_before"] == 0.0
    assert right_after["trouble"] > later["trouble"] > 0.0
    assert right_after["trouble_of_answers"] > later["trouble_of_answers"] > 0.0


async def test_a_long_message_is_read_at_its_beginning_only() -> None:
    long = "no " * 400 + "thanks"
    assert (await named(Utterance(long, (ASKED, ANSWERED))))["says_thanks"] == 0.0


@pytest.mark.parametrize("patterns", [MESSAGE, ANSWER])
def test_the_patterns_are_quick_on_hostile_text(patterns: dict[str, str]) -> None:
    hostile = [plain(text * 200)[:1000] for text in ("um, ", "i said ", "not too very ", "what is ", "no wait! ")]
    for pattern in compiled(patterns).values():
        for text in hostile:
            pattern.search(text)  # a pattern that tries every split would not come back


async def test_the_head_names_the_likeliest_kind_of_the_likeliest_side(tmp_path: Path) -> None:
    reader = SignalReader(HashEncoder(), open_head(write_by_hand(tmp_path), "hash-1"))
    said = ["Thank you!", "I asked when it opens.", "And on Sundays?"]
    thanks, ignored, follow_up = await reader.read([Utterance(text, (ASKED, ANSWERED)) for text in said])
    assert (thanks.kind, ignored.kind, follow_up.kind) == ("gratitude", "ignored", "follow_up")
    assert (thanks.side, ignored.side, follow_up.side) == ("satisfied", "dissatisfied", "neutral")
    assert thanks.satisfied > 0.9 and ignored.dissatisfied > 0.9 and follow_up.dissatisfied < 0.1
    assert reader.version == VERSION and await reader.read([]) == []


def test_a_side_of_two_middling_kinds_beats_one_likelier_kind(tmp_path: Path) -> None:
    head = SignalHead.read(write_by_hand(tmp_path))
    row = np.zeros((1, head.weight.shape[1]), np.float32)
    row[0, NAMES.index("says_refuses")] = row[0, NAMES.index("says_recalls_the_wish")] = 0.49
    (signal,) = head.signals(row)
    assert signal.side == "dissatisfied" and signal.kind in {"negative_feedback", "ignored"}
    assert signal.dissatisfied > 0.5 > max(1 - signal.dissatisfied, signal.satisfied)


def test_a_folder_without_a_head_and_a_head_of_another_encoder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalsError, match=f"holds no {WEIGHTS}"):
        SignalHead.read(tmp_path / "nothing")
    folder = write_by_hand(tmp_path / "head")
    with pytest.raises(SignalsError, match="fitted to the encoder hash-1, and the configured one is minilm-1"):
        open_head(folder, "minilm-1")
    (folder / CONFIG).write_text((folder / CONFIG).read_text().replace("says_thanks", "says_danke"))
    with pytest.raises(SignalsError, match="other features"):
        SignalHead.read(folder)
    (folder / WEIGHTS).write_bytes(b"broken")
    (folder / CONFIG).write_text((folder / CONFIG).read_text().replace("says_danke", "says_thanks"))
    with pytest.raises(SignalsError, match="cannot be read"):
        SignalHead.read(folder)


def test_the_shipped_head_fits_these_features_and_knows_every_kind() -> None:
    head = SignalHead.read(SHIPPED)
    assert head.weight.shape == (len(head.kinds), len(NAMES) + 384)
    assert {*SATISFIED, *DISSATISFIED} < set(head.kinds)


async def test_what_ships_reads_plain_messages_beside_its_own_encoder(tmp_path: Path) -> None:
    encoder = open_encoder("minilm", tmp_path)
    reader = SignalReader(encoder, open_head(SHIPPED, encoder.version))
    said = {
        "That's not what I asked for.": "dissatisfied",
        "Wrong, it was founded in 1920.": "dissatisfied",
        "Perfect, thank you so much!": "satisfied",
        "Ah, I see, that makes sense.": "satisfied",
        "And who founded it?": "neutral",
        "Which day is it closed?": "neutral",
    }
    found = await reader.read([Utterance(text, (ASKED, ANSWERED)) for text in said])
    await encoder.close()
    assert {text: signal.side for text, signal in zip(said, found, strict=True)} == said


def test_features_hold_the_named_ones_and_then_the_vector() -> None:
    vector = np.full(384, 0.5, np.float32)
    row = features(Utterance("Hello"), {"Hello": vector})
    assert row.shape == (len(NAMES) + 384,) and (row[len(NAMES) :] == vector).all()
    assert row[NAMES.index("first")] == 1.0 and len(set(NAMES)) == len(NAMES)
