"""Tokens to text and logits to tokens: incremental decoding, stop strings, sampling. Knows nothing of batches."""

from typing import TYPE_CHECKING, Any

from generation.port import GenerationParams

if TYPE_CHECKING:
    import torch


class TextStream:
    """Turn tokens into pieces of text: never half a character, never any part of a stop string."""

    def __init__(self, tokenizer: Any, stop: tuple[str, ...]) -> None:
        from tokenizers.decoders import DecodeStream

        self._tokenizer = tokenizer  # a tokenizers.Tokenizer
        self._decoder = DecodeStream(skip_special_tokens=True)
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self.stopped = False

    def push(self, token: int) -> str:
        """The text that is certain after `token`; sets `stopped` once a stop string is complete."""
        self._held += self._decoder.step(self._tokenizer, token) or ""
        found = [at for at in (self._held.find(text) for text in self._stop) if at >= 0]
        if found:
            self.stopped = True
            certain, self._held = self._held[: min(found)], ""
            return certain
        keep = self._possible_stop()
        cut = len(self._held) - keep
        certain, self._held = self._held[:cut], self._held[cut:]
        return certain

    def flush(self) -> str:
        """What was held back; half a character at the end is dropped."""
        held, self._held = self._held, ""
        return held

    def _possible_stop(self) -> int:
        """Length of the longest tail that could still become a stop string."""
        longest = max((len(text) - 1 for text in self._stop), default=0)
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(text.startswith(self._held[-length:]) for text in self._stop):
                return length
        return 0


class Sampler:
    """Choose a token from one row of logits, greedily or by nucleus sampling with a seed of its own."""

    def __init__(self, params: GenerationParams, device: Any) -> None:
        import torch

        self._temperature = params.temperature
        self._top_p = params.top_p
        self._random = torch.Generator(device=device)
        if params.seed is None:
            self._random.seed()
        else:
            self._random.manual_seed(params.seed)

    def choose(self, logits: "torch.Tensor") -> int:
        """Take logits (vocabulary,), return a token."""
        import torch

        if self._temperature == 0:
            return int(logits.argmax())
        probabilities = torch.softmax(logits.float() / self._temperature, dim=-1)
        if self._top_p < 1:
            ordered, tokens = probabilities.sort(descending=True)
            # The token that crosses top_p stays in, so that at least one does.
            ordered[ordered.cumsum(-1) - ordered >= self._top_p] = 0
            return int(tokens[torch.multinomial(ordered, 1, generator=self._random)])
        return int(torch.multinomial(probabilities, 1, generator=self._random))
