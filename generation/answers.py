"""What every implementation of the port does with a finished stream. Knows no model."""

import json
from collections.abc import AsyncIterator

from generation.port import Completion, Delta, GenerationError, GenerationParams


async def whole(deltas: AsyncIterator[Delta]) -> Completion:
    """Put a stream together."""
    pieces = []
    async for delta in deltas:
        pieces.append(delta.text)
        if delta.finish_reason and delta.usage:
            return Completion("".join(pieces), delta.finish_reason, delta.usage)
    raise GenerationError("the model stopped in the middle of its answer: try again")


def require_json(completion: Completion, params: GenerationParams) -> None:
    """Raise GenerationError unless the answer is JSON to its end."""
    if completion.finish_reason == "length":
        raise GenerationError(
            f"the answer was cut after {params.max_tokens} tokens, before its JSON was complete: raise max_tokens, "
            f"or bound the schema's strings and lists with maxLength and maxItems"
        )
    try:
        json.loads(completion.text)
    except ValueError:
        raise GenerationError(
            f"the model answered {completion.text[:80]!r} where JSON was asked for: use a server that honours "
            f"response_format json_schema, such as vLLM"
        ) from None
