"""The composition root: builds every model, store and client once, in order, and closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from app import adapters, comparisons, quality, tracing
from app.auth import Auth, digest_under
from app.buckets_shared import buckets_for
from app.db import Database, sqlite_url
from app.durable import DurableQueue
from app.erasure import Erasure
from app.forgetting import Forgetting
from app.forgetting_rows import KIND as FORGET
from app.home import Home
from app.ingest import Ingest
from app.jobs import Jobs
from app.late_model import LateModel
from app.learning import KIND, Learning
from app.lockout import Lockout
from app.memory import StoredMemory
from app.oidc import OpenId
from app.opening_models import begin_promotions, open_models
from app.promotions import Promotions
from app.rate_limits import RateLimits
from app.reading import OwnReader
from app.recall import StoredRecall
from app.remembering import KIND as REMEMBER
from app.remembering import Remembering
from app.satisfaction import Satisfaction
from app.services import Services
from app.settings import Settings
from app.sharing import begun as begin_sharing
from app.signalling import KIND as SIGNAL
from app.signalling import Signalling
from app.themes import Themes
from app.tidying import tidy
from app.training_runs_policy import begun as begin_training
from app.training_runs_steps import Workshop
from retrieval.ports import Encoder, Loader, PassageIndex


@asynccontextmanager
async def open_services(settings: Settings, *, works: bool = True, warm: bool = True) -> AsyncIterator[Services]:
    """Everything open and owned by this process. Raises HomeBusyError, ForeignIndexError and what a setting breaks.

    `works`: run jobs here too. `warm`: read the generator's weights now, in the background, and not at first use.
    """
    async with AsyncExitStack() as stack:
        home = Home(settings.home)
        home.create()
        home.require_space()
        if settings.database_url is None or settings.index == "edge":
            stack.enter_context(home.own())
        database = Database(settings.database_url or sqlite_url(home.database))
        stack.push_async_callback(database.close)
        await database.migrate()
        if database.url.startswith("sqlite"):  # we are the only process, so what seems to be under way is not
            await tidy(home, database)
        services = await _build(stack, settings, home, database, works)
        if warm and isinstance(services.model, LateModel):
            services.model.warm()
        yield services


async def _build(stack: AsyncExitStack, settings: Settings, home: Home, database: Database, works: bool) -> Services:
    opened = await open_models(stack, settings, home, database)
    encoder, index, serving = opened.encoder, opened.index, opened.serving
    jobs = _jobs(settings, home, database, index, works)
    erasure = Erasure(database, home, index, jobs)
    sharing = await begin_sharing(stack, database, index)
    recall = StoredRecall(database, encoder, on=settings.personalization == "on")
    ingest = Ingest(database, home, _reader(opened.loader, encoder), index, erasure, sharing)
    jobs.register(REMEMBER, (remembering := Remembering(database, encoder, jobs)).run)
    reader = await asyncio.to_thread(adapters.make_signals, settings, encoder)
    signalling = Signalling(database, jobs, reader, Satisfaction(settings, serving))
    promotions = begin_promotions(stack, Promotions(settings, home, database, serving, opened.parts))
    training = begin_training(stack, Workshop(settings, home, database, promotions), jobs, works=works)
    auth, limits = await _doors(settings, home, database)
    await _begin(stack, jobs, ingest, Learning(database, encoder, recall=recall), signalling)
    return Services(
        settings=settings,
        home=home,
        database=database,
        auth=auth,
        provider=OpenId(settings, auth.digest_of),
        jobs=jobs,
        erasure=erasure,
        sharing=sharing,
        encoder=encoder,
        index=index,
        serving=serving,
        promotions=promotions,
        loader=opened.loader,
        pages=opened.pages,
        recall=recall,
        memory=StoredMemory(database, encoder, recall, remembering.ask_for),
        signalling=signalling,
        comparisons=comparisons.begun(stack, settings, home, opened.parts, serving),
        quality=quality.begun(stack, database),
        themes=Themes(database, encoder),
        training=training,
        limits=limits,
        tracing=tracing.begun(stack, settings),
    )


def _reader(loader: Loader, encoder: Encoder) -> OwnReader:
    from retrieval.passages import Cutter

    return OwnReader(loader, encoder, Cutter(encoder))


def _jobs(settings: Settings, home: Home, database: Database, index: PassageIndex, works: bool) -> Jobs:
    """Jobs that can forget a person; the other kinds come with what they work with."""
    jobs = Jobs(database, DurableQueue(_queue_url(settings, home), "app" if works else "door", listens=works))
    jobs.register(FORGET, Forgetting(database, home, index, jobs).run)
    return jobs


async def _doors(settings: Settings, home: Home, database: Database) -> tuple[Auth, RateLimits]:
    """Who is let in, and how often."""
    digest = digest_under(_secret_key(settings, home))
    buckets = buckets_for(database, digest)
    auth = Auth(database, timedelta(days=settings.token_days), digest, Lockout(buckets))
    if settings.deployment == "laptop":
        await auth.ensure_owner()
    return auth, RateLimits(settings, buckets)


async def _begin(stack: AsyncExitStack, jobs: Jobs, ingest: Ingest, learning: Learning, signalling: Signalling) -> None:
    """From here on jobs run, also those that an earlier process left."""
    jobs.register("ingest", ingest.run, at_once=INGESTS_AT_ONCE)
    jobs.register(KIND, learning.run)  # one at a time: an edit is learned from in the light of those before it
    jobs.register(SIGNAL, signalling.run)
    stack.push_async_callback(jobs.close)
    stack.push_async_callback(signalling.close)
    await jobs.open()


# Enough that parsing one file overlaps with encoding others; each holds the text of its document in memory.
INGESTS_AT_ONCE = 6


def _secret_key(settings: Settings, home: Home) -> str:
    return settings.secret_key.get_secret_value() if settings.secret_key else home.secret_key()


def _queue_url(settings: Settings, home: Home) -> str:
    """Beside the tables: a file of its own for SQLite, a schema of its own for Postgres."""
    return settings.database_url or f"sqlite:///{home.jobs_database}"
