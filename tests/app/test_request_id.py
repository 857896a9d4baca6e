"""Log lines carry the id of the request they were written for."""

import asyncio
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
LOGS = """
import asyncio, logging
from app.request_id import RequestIdMiddleware, log_to_stderr

async def route(scope, receive, send):
    logging.getLogger("app.x").info("inside")
    await send({"type": "http.response.start", "status": 200, "headers": []})

async def send(message):
    print(dict(message["headers"])[b"x-request-id"].decode())

log_to_stderr()
asyncio.run(RequestIdMiddleware(route, None)({"type": "http"}, None, send))
logging.getLogger("app.x").info("outside")
"""


async def test_log_lines_carry_the_id_that_the_answer_has() -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LOGS, cwd=REPOSITORY, stdout=pipe, stderr=pipe)
    answered, logged = await process.communicate()
    inside, outside = logged.decode().splitlines()
    assert inside.endswith(f"INFO app.x [{answered.decode().strip()}] inside")
    assert outside.endswith("INFO app.x [-] outside")
