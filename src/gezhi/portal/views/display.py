"""Language and size of type, kept in a cookie of this browser."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from gezhi.people.access import public

_YEAR: Final = 365 * 24 * 3600  # seconds


@public
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(target if safe else "/")
    if request.POST.get("language") in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, request.POST["language"], max_age=_YEAR, samesite="Lax"
        )
    if "large" in request.POST:
        _remember(response, request.POST["large"])
    return response


def _remember(response: HttpResponse, large: str) -> None:
    if large:
        response.set_cookie("large", "1", max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie("large")
