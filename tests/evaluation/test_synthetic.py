"""Self-made documents."""

from evaluation.synthetic import Writer


def test_the_same_seed_writes_the_same() -> None:
    assert list(Writer(3).documents(2)) == list(Writer(3).documents(2))
    assert Writer(3).document() != Writer(4).document()


def test_paragraphs_have_natural_lengths() -> None:
    lengths = sorted(len(Writer(seed).paragraph().split()) for seed in range(200))
    assert lengths[0] >= 15
    assert lengths[-1] <= 160 + 28
    assert 40 <= lengths[100] <= 80


def test_documents_have_a_title_and_sections() -> None:
    name, text = next(Writer(0).documents(1))
    assert name == "document-00000.md"
    assert text.startswith("# ")
    assert "\n## 1. " in text


def test_common_words_are_common_and_codes_rare() -> None:
    words = Writer(0).words(10_000)
    assert words.count("the") > 5 * words.count("invoice") > 0
    codes = [word for word in words if any(letter.isdigit() for letter in word)]
    assert 600 < len(codes) < 1_100
    assert len(set(codes)) > 0.9 * len(codes)
