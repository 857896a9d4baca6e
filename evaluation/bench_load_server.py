"""A server under load, in a process of its own: the product, where scripted with a model that keeps time.

`python -m evaluation.bench_load_server` reads one JSON line {"settings", "script"}, writes {"url", "token"}, and serves
until its input ends.
"""

import asyncio
import json
import logging
import sys

from app.command import run
from app.home import Home
from app.main import create_app
from app.request_id import log_to_stderr
from app.server import publishing, serving
from app.services import Services
from app.settings import Settings
from evaluation.bench_load_processes import Script
from evaluation.synthetic import Writer
from generation.scripted import ScriptedModel


def paced(services: Services, script: Script) -> Services:
    """The same services with a generator that says what the script wants, whatever it is asked."""
    model, writer = ScriptedModel(seconds_per_token=script.pace), Writer(seed=0)
    for _ in range(script.answers):
        model.enqueue(" ".join(writer.words(script.tokens)))
    return services.answering_with(generator=model)


async def main() -> None:
    log_to_stderr(logging.WARNING)
    told = json.loads(await asyncio.to_thread(sys.stdin.readline))
    settings = Settings(**told["settings"])
    app = create_app(settings)
    async with serving(app, settings.host, 0) as url, publishing(app, Home(settings.home), url) as address:
        if settings.llm == "scripted":
            app.state.services = paced(app.state.services, Script(**told["script"]))
        sys.stdout.write(json.dumps({"url": url, "token": address.token}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    run(main())
