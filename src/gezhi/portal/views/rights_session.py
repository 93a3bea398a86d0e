"""Whoever has proved in this browser who they are: a number by a code, or one report by its tracking code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import cache_control

from gezhi.lib.reach import Reach, within
from gezhi.people.access import public
from gezhi.rights.models import Channel
from gezhi.rights.person import Person
from gezhi.rights.queries.people import person_of_channel, person_of_report

P = ParamSpec("P")
_KEY: Final = "rights"
LASTS: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Signed:
    """`number`: "" for whoever came with a tracking code. The session holds ids alone."""

    person: Person
    until: datetime
    number: str


View = Callable[Concatenate[HttpRequest, Signed, P], HttpResponseBase]


def sign_in(request: HttpRequest, *, channel: Channel | None = None, report_id: int | None = None) -> None:
    """The session gets a new key, so that one that was known before opens nothing."""
    request.session.cycle_key()
    request.session[_KEY] = {
        "channel": channel.pk if channel else None,
        "report": report_id,
        "until": (timezone.now() + LASTS).isoformat(),
    }


def sign_out(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def signed(request: HttpRequest) -> Signed | None:
    """None for nobody, or when the time is over."""
    held = request.session.get(_KEY)
    if not held:
        return None
    until = datetime.fromisoformat(held["until"])
    if until < timezone.now():
        sign_out(request)
        return None
    if held["channel"]:
        channel = Channel.objects.filter(id=held["channel"]).first()
        return Signed(person_of_channel(channel), until, channel.number) if channel else None
    return Signed(person_of_report(held["report"]), until, "")


def own(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for whoever has proved who they are, and no further than their own reports; others are sent to where they
    can. Kept in no cache."""

    @wraps(view)
    @cache_control(private=True, no_store=True)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        who = signed(request)
        if who is None:
            return redirect("portal:rights")
        with within(Reach(reports=tuple(who.person.reports))):
            return view(request, who, *args, **kwargs)

    return public(checked)  # type: ignore[arg-type]  # wraps() keeps more of the type than a view has
