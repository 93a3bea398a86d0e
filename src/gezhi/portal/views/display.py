"""Language, size of type and light or dark, kept in cookies of this browser."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from gezhi.people.access import public

_KEPT: Final[Mapping[str, Sequence[str]]] = {"large": ("1",), "scheme": ("light", "dark")}
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
    for name, values in _KEPT.items():
        if name in request.POST:
            _remember(response, name, request.POST[name], values)
    return response


def _remember(response: HttpResponse, name: str, value: str, values: Sequence[str]) -> None:
    """A value that is none of them forgets the choice."""
    if value in values:
        response.set_cookie(name, value, max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(name)
