"""Around every request: its number, its time, a line in the log, and the counts."""

import logging
import time

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gezhi.config import metrics
from gezhi.config.kinds import Kind, kind_of
from gezhi.config.middleware import View
from gezhi.lib import request_id

log = logging.getLogger("gezhi.request")


class Watch:
    """The outermost middleware."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_id.begin(request.headers.get("X-Request-ID", ""))
        kind = kind_of(request.method or "GET", request.path)
        running = metrics.RUNNING.labels(kind)
        begun = time.perf_counter()
        running.inc()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.current()
            self._note(request, response.status_code, kind, time.perf_counter() - begun)
        finally:
            running.dec()
            request_id.end(token)
        return response

    def _note(self, request: HttpRequest, status: int, kind: Kind, seconds: float) -> None:
        match = request.resolver_match
        route = match.route if match else ""
        if kind != Kind.FREE:
            metrics.REQUESTS.labels(kind, route, _method(request), str(status)).inc()
            metrics.SECONDS.labels(kind).observe(seconds)
        if log.isEnabledFor(logging.INFO):
            facts = {
                "method": _method(request),
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            log.info(
                "%s /%s %s", facts["method"], route, status, extra={"facts": facts | {"kind": str(kind)}}
            )


def _method(request: HttpRequest) -> str:
    known = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    return request.method if request.method in known else "OTHER"
