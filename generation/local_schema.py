"""Hold generated tokens to a JSON schema (llguidance). Knows nothing of models."""

import json
from typing import TYPE_CHECKING, Any

from generation.port import GenerationError, JsonSchema

if TYPE_CHECKING:
    import torch


class SchemaGuide:
    """What one answer may say next, so that it ends as JSON valid under its schema."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def constrain(self, logits: "torch.Tensor") -> "torch.Tensor":
        """Take logits (vocabulary,), return a copy in which every token that would break the schema is -inf."""
        import numpy
        import torch

        bits = numpy.frombuffer(self._matcher.compute_bitmask(), dtype=numpy.uint8)
        allowed = torch.from_numpy(numpy.unpackbits(bits, bitorder="little")[: len(logits)]).bool()
        return logits.masked_fill(~allowed.to(logits.device), float("-inf"))

    def take(self, token: int) -> None:
        """Go on after `token`, which `constrain` had allowed."""
        if not self._matcher.consume_token(token):
            raise GenerationError(f"the answer left its schema: {self._matcher.get_error()}")

    @property
    def complete(self) -> bool:
        """Whether nothing but the end can follow."""
        return bool(self._matcher.is_stopped())


class Guides:
    """Make guides for one tokenizer; building it takes about half a second."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: list[int]) -> None:
        from llguidance import LLTokenizer

        # `tokenizer` is a tokenizers.Tokenizer; `vocabulary` the model's, which may be larger than the tokenizer's
        self._tokenizer = LLTokenizer(tokenizer.to_str(), n_vocab=vocabulary, eos_token=ends)

    def make(self, schema: JsonSchema) -> SchemaGuide:
        """Raise GenerationError for a schema that asks for what cannot be guaranteed."""
        from llguidance import LLMatcher

        # A small model given the freedom to write blanks writes nothing else.
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides={"whitespace_flexible": False})
        matcher = LLMatcher(self._tokenizer, grammar)
        if matcher.is_error():
            raise GenerationError(f"the schema cannot be held to: {matcher.get_error()}; leave that keyword out")
        return SchemaGuide(matcher)
