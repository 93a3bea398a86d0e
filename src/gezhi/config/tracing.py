"""Traces of requests and statements for a collector (OTLP over HTTP), where a setting names one.

A trace holds routes and statements with their placeholders: no address, value or name of anybody.
"""

import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from opentelemetry.trace import Span

_ADDRESSES: Final = (
    "url.path", "url.query", "url.full", "http.url", "http.target", "client.address", "net.peer.ip",
    "user_agent.original", "http.user_agent",
)  # fmt: skip


class NoTracing(RuntimeError):
    """GEZHI_TRACES_URL is set, but the packages for traces are missing. Install gezhi[tracing]."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def trace_requests(url: str) -> None:
    """Does nothing for "". Raises NoTracing."""
    if not url:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.django import DjangoInstrumentor
        from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTracing from error
    provider = TracerProvider(resource=Resource.create({"service.name": "gezhi"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(response_hook=_without_address)
    PsycopgInstrumentor().instrument()


def _without_address(span: "Span", request: "HttpRequest", response: "HttpResponse | Any") -> None:
    """The instrumentation notes the whole address and who asked; a route says enough."""
    match = request.resolver_match
    for name in _ADDRESSES:
        span.set_attribute(name, f"/{match.route}" if match and "path" in name else "")
    span.set_attribute("gezhi.request", response.headers.get("X-Request-ID", "") if response else "")


def is_traced() -> bool:
    return "opentelemetry.sdk.trace" in sys.modules
