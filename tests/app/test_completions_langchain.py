"""A second client of OpenAI's routes works unchanged: LangChain's, over TCP.

It needs an environment of its own: `python3 -m venv V; V/bin/pip install langchain-openai`, then
`ATTUNE_LANGCHAIN_PYTHON=V/bin/python pytest -m slow tests/app/test_completions_langchain.py`.
"""

import asyncio
import json
import os
from pathlib import Path

import pytest

from app.main import create_app
from app.server import serving
from app.settings import Settings
from tests.app.test_completions import NOTE, QUESTION
from tests.conftest import Upload, client_of

PYTHON = os.environ.pop("ATTUNE_LANGCHAIN_PYTHON", None)  # no setting, so that none is misspelt
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PYTHON, reason="ATTUNE_LANGCHAIN_PYTHON names no environment")]


async def test_langchain_asks_streams_and_goes_on(settings: Settings, upload: Upload) -> None:
    app = create_app(settings)
    async with serving(app, "127.0.0.1", 0) as url, client_of(app, "ann@example.org") as ann:
        await upload(ann, "hut.txt", NOTE)
        key = ann.headers["Authorization"].removeprefix("Bearer ")
        script = str(Path(__file__).with_name("langchain_client.py"))
        program = [PYTHON or "", script, f"{url}/v1", key, QUESTION]
        run = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
        printed, _ = await run.communicate()
    assert run.returncode == 0
    said = json.loads(printed)
    assert "blue flower pot" in said["whole"] and said["streamed"] == said["whole"]
    assert said["usage"] > 0 and said["more"]
    assert said["refused"] == 401, "a key that is none"
