"""The only module that knows OpenTelemetry: a turn as a trace, one span for each step of its graph.

A span carries counts, durations, versions and our own ids: no text of anybody, no name, no person. What failed is told
by the kind of its error, for messages quote. Where traces go is said by OpenTelemetry's own variables (OTEL_*).
"""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager, nullcontext
from importlib.metadata import version
from typing import TYPE_CHECKING

from app.request_id import current_request_id
from app.settings import Settings, SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span

    from app.beginning import RunningTurn


class Tracing:
    """Spans of turns; without a provider nothing is made."""

    def __init__(self, provider: "TracerProvider | None" = None) -> None:
        self._tracer = provider.get_tracer("attune") if provider else None

    def step(self, name: str) -> AbstractContextManager[object]:
        """A span around a step of the turn that is under way here."""
        return nullcontext() if self._tracer is None else self._span(name)

    @contextmanager
    def turn(self, running: "RunningTurn") -> Iterator[None]:
        """A span around a whole turn, which says at its end what came of it. A trace begins here: whoever asks could
        name any other trace as the one that theirs belongs to."""
        if self._tracer is None:
            yield
            return
        with self._span("turn") as span:
            span.set_attributes({"attune.request.id": current_request_id(), "attune.turn.id": running.turn.id})
            try:
                yield
            finally:
                _tell(span, running)

    @contextmanager
    def _span(self, name: str) -> "Iterator[Span]":
        from opentelemetry.trace import StatusCode

        assert self._tracer is not None
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            try:
                yield span
            except BaseException as error:  # a turn that was stopped is cancelled
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


def _tell(span: "Span", running: "RunningTurn") -> None:
    from opentelemetry.trace import StatusCode

    turn, shown = running.turn, running.exposures
    if turn.state == "failed":
        span.set_status(StatusCode.ERROR)
    span.set_attributes({
        "attune.turn.state": turn.state,
        "attune.turn.abstained": turn.abstained,
        "attune.sources.found": len(shown),
        "attune.sources.selected": sum(one.selected for one in shown),
        "attune.sources.cited": sum(one.cited for one in shown),
        "attune.tokens.prompt": turn.prompt_tokens,
        "attune.tokens.completion": turn.completion_tokens,
        "attune.preferences": len(turn.preference_ids),
    })  # fmt: skip
    span.set_attributes({f"attune.version.{kind}": str(used) for kind, used in turn.versions.items()})


def begun(stack: AsyncExitStack, settings: Settings) -> Tracing:
    """Tracing as the setting says; what waits to be sent is sent when the stack closes. Raises SettingsError."""
    if settings.traces == "off":
        return Tracing()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError("ATTUNE_TRACES=otlp needs an extra: pip install 'attune[telemetry]'") from None
    provider = provider_of(BatchSpanProcessor(OTLPSpanExporter()))
    stack.push_async_callback(asyncio.to_thread, provider.shutdown)
    return Tracing(provider)


def provider_of(*processors: "SpanProcessor") -> "TracerProvider":
    """A provider of our own: the process-wide one would also carry what libraries say of their calls."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider

    ours = Resource({"service.name": "attune", "service.version": version("attune")})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()))
    for processor in processors:
        provider.add_span_processor(processor)
    return provider
