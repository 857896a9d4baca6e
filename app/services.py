"""What routes, jobs and commands work with, one of each in a process. Opens and closes nothing."""

from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from agents.types import Searches, TurnContext
from app import comparisons, quality
from app.auth import Auth
from app.db import Database
from app.doorway import Doorway
from app.erasure import Erasure
from app.fence import Fence
from app.home import Home
from app.jobs import Jobs
from app.late_model import LateModel
from app.memory import StoredMemory
from app.metrics import Metrics
from app.oidc import OpenId
from app.promotions import Promotions
from app.rate_limits import RateLimits
from app.recall import StoredRecall
from app.serving import Models, Part, Serving
from app.settings import Settings
from app.sharing import Sharing
from app.signalling import Signalling
from app.themes import Themes
from app.tracing import Tracing
from app.training_runs_policy import Policy
from app.under_way import UnderWay
from app.verdicts import StoredVerdicts
from generation.port import LanguageModel
from retrieval.page_viewer import PageViewer
from retrieval.ports import Encoder, Loader, PassageIndex


@dataclass(frozen=True)
class Services:
    """What routes, jobs and commands work with; one of each per process."""

    settings: Settings
    home: Home
    database: Database
    auth: Auth
    provider: OpenId
    jobs: Jobs
    erasure: Erasure
    sharing: Sharing
    encoder: Encoder
    index: PassageIndex
    serving: Serving
    promotions: Promotions
    loader: Loader
    pages: PageViewer
    recall: StoredRecall
    memory: StoredMemory
    signalling: Signalling
    comparisons: comparisons.Comparisons
    quality: quality.Quality
    themes: Themes
    training: Policy
    limits: RateLimits
    under_way: UnderWay = field(default_factory=UnderWay)
    doorway: Doorway = field(default_factory=Doorway)
    metrics: Metrics = field(default_factory=Metrics)
    tracing: Tracing = field(default_factory=Tracing)

    @property
    def model(self) -> LanguageModel:
        """The generator of this moment; a turn takes it with all the rest from `serving.lease`."""
        return self.serving.now.generator.thing

    def retriever(self, models: Models) -> Searches:
        """Finds nothing that its reader may not read at this moment."""
        return Fence(models.retriever.thing, self.database)

    def turn_context(self, models: Models) -> TurnContext:
        return TurnContext(
            model=models.generator.thing,
            retriever=self.retriever(models),
            selector=models.selector.thing,
            recall=self.recall,
            memory=self.memory,
            verdicts=StoredVerdicts(self.database),
            verifier=models.verifier.thing,
            retrieve_limit=self.settings.retrieve_limit,
            answer_max_tokens=self.settings.answer_max_tokens,
            step=self.tracing.step,
        )

    def answering_with(self, **things: Any) -> "Services":
        """The same services with other models, by kind, in place of those in use: for measurements."""
        parts = [Part(kind, f"{kind}-{getattr(thing, 'version', 'none')}", thing) for kind, thing in things.items()]
        return replace(self, serving=Serving(self.serving.now.with_parts(*parts)))

    async def missing(self) -> list[str]:
        """What keeps us from answering, in words; empty when ready."""
        found = []
        try:
            async with self.database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            found.append(f"database: {type(error).__name__}")
        try:
            await self.index.count()
        except Exception as error:  # every engine has its own errors, and all of them mean the same here
            found.append(f"index: {type(error).__name__}")
        model = self.model
        if isinstance(model, LateModel) and not model.loaded:
            found.append("generator: loading")
        return found
