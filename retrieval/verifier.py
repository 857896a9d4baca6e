"""Opens the citation check and runs it in a thread, one call at a time. Knows nothing of answers and markers."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

SHIPPED = Path(__file__).parent / "shipped" / "verifier"
_AT_ONCE = 32  # pairs in one pass


class VerifierError(ValueError):
    """A folder that is no citation check; the message says what is missing."""


class ModelVerifier:
    """The support model behind the port."""

    def __init__(self, folder: Path) -> None:
        """Blocking: reads weights. Raises VerifierError."""
        from retrieval.verifier_files import read_verifier

        self._model, self.version = read_verifier(folder)
        self._alone = Lock()

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Estimated chance, in [0, 1], that the passage (second) supports the whole of the sentence (first).

        A passage may be long, or several joined: what concerns the sentence is looked for in it.
        """
        if not pairs:
            return []
        return await asyncio.to_thread(self._support, pairs)

    def _support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        found: list[float] = []
        for start in range(0, len(pairs), _AT_ONCE):
            with self._alone:  # two at once would each be slower than one after the other
                found += self._model.support(pairs[start : start + _AT_ONCE])
        return found
