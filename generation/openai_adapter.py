"""A model server with an adapter that it loads while it runs, as vLLM does. Knows the wire, not what was trained."""

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from generation import weights
from generation.adapter import NAME
from generation.openai import OpenAIModel
from generation.port import GenerationError, GenerationParams, Message, ModelUnavailableError

_ALREADY = "already been loaded"  # by another process, or before we were started


class AdaptedOpenAIModel(OpenAIModel):
    """LanguageModel over a server that merges a PEFT folder into the model it serves, under the folder's name.

    It is loaded before the first request and stays: another process may answer with it, and the server keeps few in
    memory by itself. A server that was started anew has forgotten it; the next request loads it again.
    """

    def __init__(self, model: str, folder: Path, seen_as: PurePath, **server: Any) -> None:
        """`model` is what the server calls the base, `seen_as` where it finds what lies in `folder` here; `server` as
        OpenAIModel takes it."""
        super().__init__(model=folder.name, **server)
        self._named = f"{model}+{NAME}@{weights.fingerprint(folder)}"
        self._seen_as, self._loaded = seen_as, False
        self._loading = asyncio.Lock()

    @property
    def version(self) -> str:
        return self._named

    async def _prepare(self) -> None:
        async with self._loading:
            if not self._loaded:
                await self._load()
                self._loaded = True
        await super()._prepare()

    async def _load(self) -> None:
        from openai import BadRequestError, NotFoundError

        asked = {"lora_name": self._model, "lora_path": str(self._seen_as)}
        with self._explained():
            try:
                await self._client.post("/load_lora_adapter", cast_to=str, body=asked)
            except NotFoundError:
                raise ModelUnavailableError(
                    f"the server at {self._host} loads no adapters: start vLLM with --enable-lora and with "
                    f"VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, or unset ATTUNE_LLM_ADAPTERS"
                ) from None
            except BadRequestError as error:
                if _ALREADY in str(error.message):
                    return
                raise ModelUnavailableError(
                    f"the server at {self._host} cannot load {self._seen_as} ({str(error.message)[:200]}): set "
                    f"ATTUNE_LLM_ADAPTERS to where it sees the folder models of this home, and serve the model that "
                    f"the adapter was trained on"
                ) from None

    def _refused(self, error: Any, messages: Sequence[Message], params: GenerationParams | None) -> GenerationError:
        if getattr(error, "status_code", None) == 404:
            self._loaded = False
        return super()._refused(error, messages, params)
