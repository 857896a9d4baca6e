"""Encoders: unit vectors, a stable name, clear refusals, and batches in which a question never waits for an ingest."""

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.encoder import ModelEncoder, open_encoder
from retrieval.encoder_batcher import Batcher, Tokens
from retrieval.encoder_hash import HashEncoder
from retrieval.encoder_model import EncoderError
from retrieval.ports import Encoder, Vectors

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "bread", "needs", "flour", "geese", "fly", "south", "what"]


def make_model(folder: Path, pooling: str = "mean", window: int = 12) -> Path:
    """A random tiny BERT as sentence-transformers would save it."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY))
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(1)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(VOCABULARY), max_position_embeddings=32, **sizes)).save_pretrained(folder)
    (folder / "modules.json").write_text(
        json.dumps([{"path": "", "type": "m.Transformer"}, {"path": "1_Pooling", "type": "m.Pooling"}])
    )
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({f"pooling_mode_{pooling}": True}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": window}))
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "Tiny Model", "mean_tokens")


@pytest.fixture(params=["hash", "tiny"])
async def encoder(request: pytest.FixtureRequest, tiny: Path, tmp_path: Path) -> AsyncIterator[Encoder]:
    opened = open_encoder("hash" if request.param == "hash" else str(tiny), tmp_path)
    yield opened
    await opened.close()


async def test_vectors_have_unit_length_whatever_the_text(encoder: Encoder) -> None:
    texts = ["bread needs flour", "", "?!", "geese " * 400, "日本語"]
    for vectors in (await encoder.encode_passages(texts), await encoder.encode_queries(texts)):
        assert vectors.shape == (5, encoder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-4)
    assert (await encoder.encode_passages([])).shape == (0, encoder.dimension)


async def test_a_text_has_the_same_vector_in_any_company(encoder: Encoder) -> None:
    texts = ["bread needs flour", "geese fly south", "what"] * 7
    together = await encoder.encode_passages(texts)
    alone = await asyncio.gather(*[encoder.encode_passages([text]) for text in texts])
    assert np.abs(together - np.concatenate(alone)).max() < 2e-2  # bf16 where the processor has it
    assert (together[0] @ together[3]) == pytest.approx(1, abs=1e-3)


async def test_texts_that_share_words_are_nearer_for_the_hash_encoder() -> None:
    question, *passages = await HashEncoder().encode_passages(
        ["how is the printer installed", "Installing printers: plug it in.", "Geese fly south."]
    )
    assert question @ passages[0] > question @ passages[1] + 0.1


async def test_tokens_are_counted_beyond_the_window(tiny: Path, tmp_path: Path) -> None:
    encoder = open_encoder(str(tiny), tmp_path)
    assert encoder.window == 12
    assert encoder.count_tokens(["bread needs flour", "", "geese " * 50]) == [5, 2, 52]
    await encoder.close()


async def test_the_version_follows_weights_and_preprocessing(tiny: Path, tmp_path: Path) -> None:
    async def version(folder: Path) -> str:
        encoder = ModelEncoder(folder, "Tiny Model")
        await encoder.close()
        return encoder.version

    first = await version(tiny)
    assert first.startswith("tiny-model-")
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    assert await version(copy) == first
    (copy / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 8}))
    assert await version(copy) != first


async def test_prompts_of_the_model_are_put_before_the_texts(tiny: Path, tmp_path: Path) -> None:
    prompted = Path(shutil.copytree(tiny, tmp_path / "prompted"))
    prompts = {"prompts": {"query": "what ", "document": ""}}
    (prompted / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    encoder = open_encoder(str(prompted), tmp_path)
    query, plain = await encoder.encode_queries(["bread"]), await encoder.encode_passages(["what bread", "bread"])
    assert query[0] @ plain[0] == pytest.approx(1, abs=1e-3)
    assert query[0] @ plain[1] < 0.999
    await encoder.close()


@pytest.mark.parametrize("pooling", ["cls_token", "max_tokens", "lasttoken"])
async def test_other_poolings_agree_with_sentence_transformers(pooling: str, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = make_model(tmp_path / "model", pooling)
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 16, "pooling_mode_mean_tokens": False, f"pooling_mode_{pooling}": True})
    )
    kinds = ["Transformer", "Pooling"]
    modules = [
        {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for place, (path, kind) in enumerate(zip(["", "1_Pooling"], kinds, strict=True))
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    texts = ["bread needs flour", "geese fly south what"]
    encoder = open_encoder(str(folder), tmp_path)
    expected = SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)
    cosines = (await encoder.encode_passages(texts) * expected).sum(1)
    assert cosines == pytest.approx(np.ones(2), abs=1e-3)
    await encoder.close()


def test_a_model_that_pools_in_an_unknown_way_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model", "weightedmean_tokens")
    with pytest.raises(EncoderError, match="weightedmean"):
        open_encoder(str(folder), tmp_path)


def test_a_model_with_a_foreign_module_is_refused_by_its_name(tiny: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "model"))
    (folder / "modules.json").write_text(json.dumps([{"path": "", "type": "evil.CustomModule"}]))
    with pytest.raises(EncoderError, match=r"evil\.CustomModule"):
        open_encoder(str(folder), tmp_path)


def test_an_unreachable_model_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"'no such/model name' is neither a folder nor .* \"minilm\""):
        open_encoder("no such/model name", tmp_path)


async def test_the_packaged_model_brings_a_question_to_its_answer(tmp_path: Path) -> None:
    encoder = open_encoder("minilm", tmp_path)
    assert (encoder.dimension, encoder.window) == (384, 256)
    assert encoder.version.startswith("minilm-")
    query = (await encoder.encode_queries(["How long may an employee stay away after a birth?"]))[0]
    passages = await encoder.encode_passages(["Parental leave lasts sixteen weeks.", "The printer is on floor two."])
    assert query @ passages[0] > query @ passages[1] + 0.2
    await encoder.close()


class GatedModel:
    """A forward pass that waits until it is let go and remembers what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Semaphore(0)
        self.started = threading.Semaphore(0)

    def forward(self, batch: Sequence[Tokens]) -> Vectors:
        self.started.release()
        assert self.gate.acquire(timeout=10)
        if any(tokens[0] < 0 for tokens in batch):
            raise ValueError("bad tokens")
        self.batches.append([len(tokens) for tokens in batch])
        return np.array([[tokens[0], len(tokens)] for tokens in batch], dtype=np.float32)


def test_a_question_goes_before_passages_that_already_wait() -> None:
    model = GatedModel()
    batcher = Batcher(model.forward, 2)
    passages = batcher.submit([[1] * 1000 for _ in range(12)], urgent=False)
    assert model.started.acquire(timeout=10)  # the first micro-batch of passages is under way
    query = batcher.submit([[7, 7]], urgent=True)
    model.gate.release(2)
    assert query.result(timeout=10).tolist() == [[7, 2]]
    assert not passages.done()
    model.gate.release(10)
    assert passages.result(timeout=10).shape == (12, 2)
    assert model.batches[:2] == [[1000] * 2, [2]]
    batcher.close()


def test_passages_of_several_callers_share_batches_of_like_lengths() -> None:
    model = GatedModel()
    batcher = Batcher(model.forward, 2)
    first = batcher.submit([[9]], urgent=False)
    assert model.started.acquire(timeout=10)
    calls = [batcher.submit([[number] * 2000, [number] * 3], urgent=False) for number in range(1, 4)]
    model.gate.release(10)
    assert first.result(timeout=10).tolist() == [[9, 1]]
    results = [call.result(timeout=10).tolist() for call in calls]
    assert results == [[[number, 2000], [number, 3]] for number in range(1, 4)]
    assert model.batches == [[1], [3, 3, 3], [2000], [2000], [2000]]
    batcher.close()


def test_a_cancelled_call_is_not_computed() -> None:
    model = GatedModel()
    batcher = Batcher(model.forward, 2)
    first = batcher.submit([[9]], urgent=False)
    assert model.started.acquire(timeout=10)
    cancelled, kept = batcher.submit([[1, 1]], urgent=False), batcher.submit([[2]], urgent=False)
    cancelled.cancel()
    model.gate.release(10)
    assert kept.result(timeout=10).tolist() == [[2, 1]]
    assert first.done()
    assert model.batches == [[1], [1]]
    batcher.close()


def test_a_bad_batch_reaches_its_callers_and_spares_the_next() -> None:
    model = GatedModel()
    model.gate.release(10)
    batcher = Batcher(model.forward, 2)
    with pytest.raises(ValueError, match="bad tokens"):
        batcher.submit([[-1]], urgent=True).result(timeout=10)
    assert batcher.submit([[5]], urgent=True).result(timeout=10).tolist() == [[5, 1]]
    batcher.close()


def test_a_closed_encoder_refuses_and_lets_nobody_wait() -> None:
    model = GatedModel()
    batcher = Batcher(model.forward, 2)
    batcher.submit([[1]], urgent=False)
    assert model.started.acquire(timeout=10)
    waiting = batcher.submit([[2]], urgent=False)
    closing = threading.Thread(target=batcher.close)
    closing.start()
    while not batcher._closed.is_set():
        pass
    model.gate.release(10)
    closing.join(timeout=10)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError, match="closed"):
        batcher.submit([[3]], urgent=False)
