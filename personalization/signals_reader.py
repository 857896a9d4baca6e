"""Reads messages with an encoder and the head. Knows no conversation log and keeps nothing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from personalization.ports import ContextEncoder, Vectors
from personalization.signals import Signal, Utterance
from personalization.signals_features import features, texts_of
from personalization.signals_head import SignalHead, SignalsError


class SignalReader:
    """Encoder and head as one."""

    def __init__(self, encoder: ContextEncoder, head: SignalHead) -> None:
        self._encoder, self._head = encoder, head
        self.version = head.version

    async def read(self, said: Sequence[Utterance]) -> list[Signal]:
        """What each message says of the answer before it."""
        if not said:
            return []
        return await asyncio.to_thread(self._head.signals, await featured(self._encoder, said))


async def featured(encoder: ContextEncoder, said: Sequence[Utterance]) -> Vectors:
    """The features of each message, shape (n, features); each text is encoded once."""
    texts = list(dict.fromkeys(text for one in said for text in texts_of(one)))
    vectors = dict(zip(texts, await encoder.encode_passages(texts), strict=True))
    return await asyncio.to_thread(lambda: np.stack([features(one, vectors) for one in said]))


def open_head(folder: Path, encoder_version: str) -> SignalHead:
    """The head in `folder`. Blocking. Raises SignalsError where it was fitted to another encoder."""
    head = SignalHead.read(folder)
    if head.encoder != encoder_version:
        raise SignalsError(
            f"the head in {folder} was fitted to the encoder {head.encoder}, and the configured one is "
            f"{encoder_version}: set ATTUNE_SIGNALS=none, or train it again with `attune train signals`"
        )
    return head
