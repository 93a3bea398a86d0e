"""What holds somebody back who has signed in: a second factor that their posts demand, a sign-in too long ago."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode, urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gezhi.people.signing_in.policy import SecondFactor
from gezhi.people.signing_in.store import FACTORS, PROVED

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
_HELD = "held_form"
_LONGEST = 20_000  # letters of a form that waits
_PATIENCE = 600  # seconds
_NEVER_HELD = frozenset({"csrfmiddlewaretoken", "password", "code", "credential", "old", "new", "again"})
STRONG = frozenset(
    {"totp", "recovery", "passkey", "provider"}
)  # of which the last says that it asked for two


def is_strong(request: HttpRequest) -> bool:
    """Whether this person proved more than a password when signing in."""
    return not STRONG.isdisjoint(request.session.get(FACTORS, ()))


def lacks_factor(request: HttpRequest, roles: set[str]) -> bool:
    """Whether these roles may go on only with a second factor, and this session has none."""
    policy: SecondFactor = settings.SECOND_FACTOR
    return policy.demanded_of(roles) and not is_strong(request)


def held_back(request: HttpRequest, roles: set[str]) -> HttpResponseBase | None:
    """The way to go instead, for somebody who lacks the second factor: whoever has one signs in with it, whoever has
    none sets one up."""
    if not lacks_factor(request, roles):
        return None
    if Authenticator.objects.filter(user_id=request.user.pk).exists():
        logout(request)
        return redirect_to_login(request.get_full_path())
    return redirect(settings.FACTORS_URL)


def proved_lately(request: HttpRequest, within: timedelta | None = None) -> bool:
    proved = parse_datetime(request.session.get(PROVED, ""))
    limit: timedelta = settings.RECENT_SIGN_IN if within is None else within
    return proved is not None and timezone.now() - proved < limit


def recently_signed_in(
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """For what must not be done on a desk that was left open: whoever signed in too long ago proves again who they
    are. A form that was sent meanwhile waits in their session and is sent by a button afterwards. Below `requires`."""

    @wraps(view)
    def checked(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if proved_lately(request):
            return view(request, *args, **kwargs)
        return _confirm(request)

    return checked  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class HeldForm:
    """What somebody sent before they showed again who they are."""

    path: str
    fields: tuple[tuple[str, str], ...]


def take_held(request: HttpRequest) -> HeldForm | None:
    """Once, and not when it was sent long ago."""
    held = request.session.pop(_HELD, None)
    if not held or time.time() - held["at"] > _PATIENCE:
        return None
    return HeldForm(held["path"], tuple((name, value) for name, value in held["fields"]))


def _hold(request: HttpRequest) -> None:
    fields = [
        (name, value) for name, values in request.POST.lists() if name not in _NEVER_HELD for value in values
    ]
    if not request.FILES and sum(len(name) + len(value) for name, value in fields) < _LONGEST:
        held = {"path": request.path, "fields": fields, "at": time.time()}
        request.session[_HELD] = held


def _confirm(request: HttpRequest) -> HttpResponseRedirect:
    back = request.get_full_path()
    request.session.pop(_HELD, None)
    if request.method != "GET":
        _hold(request)
        said = urlsplit(request.headers.get("Referer", ""))
        back = said.path if said.netloc == request.get_host() else reverse(settings.ACCOUNT_URL)
    return redirect(f"{reverse(settings.CONFIRM_URL)}?{urlencode({'next': back})}")
