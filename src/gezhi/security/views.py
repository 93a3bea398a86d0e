"""Where browsers tell of pages that broke their content policy."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gezhi.lib.ratelimit import TokenBuckets
from gezhi.people.access import public
from gezhi.security.actions.noting import note
from gezhi.security.csp import LARGEST, reports_in

_by_address: Final = TokenBuckets(size=60, seconds=60)


@public
@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """204 whatever is told: a browser could mend nothing. What is too large or too much is dropped unread."""
    address = str(request.META.get("REMOTE_ADDR", ""))[:45]
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and 0 < int(length[:12]) <= LARGEST and not _by_address.take(address):
        for one in reports_in(request.body):
            facts = {"directive": one.directive, "blocked": one.blocked, "route": _route(one.path)}
            note("csp-report", address, None, facts)
    return HttpResponse(status=204)


def _route(path: str) -> str:
    """The page, without the codes that its address holds."""
    try:
        return resolve(path).route[:120]
    except (Resolver404, ValueError):
        return ""
