"""The only module that knows prometheus-client: what this process did, and what its home holds, as numbers.

No label is a person's, a file's or a question's: a series is read by whoever runs the machine.
"""

import time
from collections.abc import Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client import generate_latest as text_of
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.models import Turn

MEDIA_TYPE = CONTENT_TYPE_LATEST
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
STAGE_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

Counts = Mapping[tuple[str, ...], int]  # how many rows have these values of a gauge's labels


class Metrics:
    """Counters of one process; a registry of its own, so that two apps in one process do not add up."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Histogram(
            "attune_request_seconds",
            "Requests until the last byte of their answer; route is the template, never the path",
            ("method", "route", "status"),
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self.turns = Counter(
            "attune_turns", "Turns by outcome: answered, abstained, stopped, failed", ("outcome",), registry=registry
        )
        self.stages = Histogram(
            "attune_turn_stage_seconds", "Parts of a turn", ("stage",), buckets=STAGE_SECONDS, registry=registry
        )
        self.tokens = Counter(
            "attune_tokens",
            "Tokens that the generator read (prompt) and wrote (completion)",
            ("of",),
            registry=registry,
        )
        self._jobs = Gauge("attune_jobs", "Durable jobs in the database", ("kind", "state"), registry=registry)
        self._documents = Gauge("attune_documents", "Documents in the database", ("status",), registry=registry)
        runs = ("kind", "trigger", "state")
        self._runs = Gauge("attune_training_runs", "Trainings from the log in the database", runs, registry=registry)
        self._models = Gauge("attune_model_info", "What answers now", ("kind", "version"), registry=registry)

    def note_turn(self, turn: Turn) -> None:
        """Count a turn that has ended."""
        answered = "abstained" if turn.abstained else "answered"
        self.turns.labels(answered if turn.state == "complete" else turn.state).inc()
        for stage, milliseconds in turn.timings.items():
            self.stages.labels(stage).observe(milliseconds / 1e3)
        self.tokens.labels("prompt").inc(turn.prompt_tokens)
        self.tokens.labels("completion").inc(turn.completion_tokens)

    def exposition(self, jobs: Counts, documents: Counts, runs: Counts, versions: Mapping[str, str]) -> bytes:
        """Everything in Prometheus' text form, with the rows of this moment."""
        models = {(kind, version): 1 for kind, version in versions.items()}
        rows = ((self._jobs, jobs), (self._documents, documents), (self._runs, runs), (self._models, models))
        for gauge, counts in rows:
            gauge.clear()
            for labels, count in counts.items():
                gauge.labels(*labels).set(count)
        return text_of(self._registry)


class MetricsMiddleware:
    """Times every request of an app whose services are open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        services = getattr(scope["app"].state, "services", None) if scope["type"] == "http" else None
        if services is None:
            await self.app(scope, receive, send)
            return
        metrics: Metrics = services.metrics
        started, status = time.perf_counter(), 500  # what ends without an answer is answered outside of us

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            seconds = time.perf_counter() - started
            metrics.requests.labels(method, _route(scope), status).observe(seconds)


def _route(scope: Scope) -> str:
    """The template that answered; whoever makes up paths must not make up series."""
    return str(getattr(scope.get("route"), "path", "none"))
