"""A server that trains: fills a log, orders a run of many steps, says how many are done, and waits to be killed."""

import asyncio
import sys
from pathlib import Path

from app.models import Person
from app.services import Services
from tests.app.ingesting import settings_in
from tests.app.training import fill_log, put_holdout, started, until
from tests.conftest import client_of, running

STEPS = 1500


async def main(home: Path) -> None:
    async with running(settings_in(home)) as app, client_of(app, "op@example.org", "operator") as operator:
        services: Services = app.state.services
        await operator.patch("/api/v1/me", json={"trains_others": True})
        me = (await operator.get("/api/v1/me")).json()["id"]
        await fill_log(services, Person(id=me, email="", display_name=""), 60)
        put_holdout(services)
        run_id = await started(operator, steps=STEPS)
        await until(operator, run_id, lambda run: len(run["curve"]) > 6)  # and the first fifty steps are saved
        print(run_id, flush=True)  # noqa: T201 (the parent reads it)
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
