"""`attune up` with a model that takes its time over every word: `python -m tests.ui.serving_slowly --port N`."""

import asyncio
import sys

from app.home import Home
from app.main import create_app
from app.server import publishing, serving
from app.settings import Settings
from generation.scripted import ScriptedModel
from ui import pages, terminal
from ui.client import ApiClient

SECONDS_A_WORD = 1.0
FIRST = "By the woodshed [1]."  # short, as the first answer is to be whole


async def main(port: int) -> None:
    settings = Settings()  # of the environment
    app = create_app(settings)
    pages.mount(app)
    async with serving(app, settings.host, port) as url, publishing(app, Home(settings.home), url) as address:
        model = ScriptedModel(SECONDS_A_WORD)
        model.enqueue(FIRST)
        app.state.services = app.state.services.answering_with(generator=model)
        async with ApiClient(url, address.token) as client:
            await terminal.welcome(client, "Attune is slow.")
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[sys.argv.index("--port") + 1])))
