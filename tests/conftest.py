"""What many tests need: settings of a laptop with scripted models, the whole app, and two people who know it.

`pytest --postgres PATH ...` runs what stands on these settings on PostgreSQL in place of SQLite.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.db import Database, sqlite_url
from app.home import Home
from app.main import create_app
from app.models import Person
from app.schemas import JobPublic, Role, UploadPublic
from app.services import Services
from app.settings import Settings
from tests import postgres

WaitForJob = Callable[[httpx.AsyncClient, str], Awaitable[JobPublic]]
Upload = Callable[..., Awaitable[UploadPublic]]
PATIENCE_SECONDS = 30


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest revision: a copy is made in no time, and migrating in half a second."""
    path = tmp_path_factory.mktemp("migrated") / "attune.db"

    async def migrate() -> None:
        database = Database(sqlite_url(path))
        await database.migrate()
        await database.close()

    asyncio.run(migrate())
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL what the settings of tests decide")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.server() as server:
        yield server


@pytest.fixture
def database_url(postgres_server: postgres.Server) -> Iterator[str]:
    """An empty PostgreSQL database at the newest revision."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, migrated: Path, request: pytest.FixtureRequest) -> Settings:
    """A laptop whose home is empty, without any model: encoder `hash`, generator `scripted`."""
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir(mode=0o700)
    shutil.copy(migrated, Home(home).database)
    on_postgres = request.config.getoption("--postgres") or request.node.get_closest_marker("postgres")
    url = request.getfixturevalue("database_url") if on_postgres else None
    # Sources in the same order whenever they are asked for.
    return Settings(home=home, cache=cache, encoder="hash", llm="scripted", port=0, exploration=0, database_url=url)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[FastAPI]:
    """The whole app in this process, from start to stop."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    async with running(settings) as app:
        yield app


@pytest.fixture
def services(app: FastAPI) -> Services:
    services: Services = app.state.services
    return services


@asynccontextmanager
async def client_of(app: FastAPI, email: str, role: Role = "person") -> AsyncIterator[httpx.AsyncClient]:
    """A client that speaks as the person with this e-mail, who is made if need be."""
    services: Services = app.state.services
    person = await services.auth.create_person(email, None, role)
    token = await services.auth.issue_token(person, "test")
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks as Ann."""
    async with client_of(app, "ann@example.org") as client:
        yield client


@pytest.fixture
async def other_client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks as Ben, who owns nothing of Ann's."""
    async with client_of(app, "ben@example.org") as client:
        yield client


@pytest.fixture
async def operator(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks as one who runs the place, and is no admin."""
    async with client_of(app, "op@example.org", "operator") as client:
        yield client


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks as nobody."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def person(services: Services, client: httpx.AsyncClient) -> Person:
    """Ann, as `client` speaks for her."""
    me = (await client.get("/api/v1/me")).json()
    async with services.database.session() as session:
        found = await session.get(Person, me["id"])
    assert found is not None
    return found


@pytest.fixture
def wait_for_job() -> WaitForJob:
    """Waits until a job has ended and returns it."""

    async def wait(client: httpx.AsyncClient, job_id: str) -> JobPublic:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                response = await client.get(f"/api/v1/jobs/{job_id}")
                response.raise_for_status()
                job = JobPublic.model_validate_json(response.content)
                if job.state not in {"queued", "running"}:
                    return job
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture
def upload(wait_for_job: WaitForJob) -> Upload:
    """Uploads a file and waits until the job has ended; `wait=False` returns at once."""

    async def send(
        client: httpx.AsyncClient, name: str, content: bytes | str, *, source: str | None = None, wait: bool = True
    ) -> UploadPublic:
        raw = content.encode() if isinstance(content, str) else content
        data = {"source": source} if source else {}
        response = await client.post("/api/v1/documents", files={"file": (name, raw)}, data=data)
        assert response.status_code == 202, response.text
        added = UploadPublic.model_validate_json(response.content)
        if wait and added.job_id:
            await wait_for_job(client, added.job_id)
        return added

    return send
