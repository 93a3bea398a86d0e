"""Masks over how to reach whoever reported: for whom they are lifted, and asking that they be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from gezhi.cases.actions.contact import show_contact
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import CasePage
from gezhi.cases.queries.contact import shown_reports
from gezhi.lib import request_id
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted
from gezhi.pages.showing import english
from gezhi.people.access import CONTACT, Actor, ActorRequest
from gezhi.people.duty import Wish, purposes_of
from gezhi.people.looking import PAGE, Origin
from gezhi.people.purposes import PURPOSES


@dataclass(frozen=True, slots=True)
class Unmasking:
    """The form that asks. `purposes`: (key, words), those of the person's duty first."""

    number: str
    purposes: Sequence[tuple[str, str]]


def shown_to(actor: Actor, case_id: int) -> Mapping[int, datetime]:
    """One statement; none for whom no mask is ever lifted."""
    return shown_reports(actor.account_id, case_id, timezone.now()) if actor.may(CONTACT) else {}


def unmasking(found: CasePage, actor: Actor) -> Unmasking | None:
    """None for whom no mask is ever lifted."""
    if not actor.may(CONTACT):
        return None
    case = found.case
    roles = actor.roles_at(case.place_code, case.unit_id, case.held_code, _partners(found))
    return Unmasking(case.number, [(key, purpose_words(key)) for key in purposes_of(roles)])


def _partners(found: CasePage) -> list[int]:
    return [one.unit_id for one in found.assignments if one.state in ("open", "received")]


def purpose_words(key: str) -> str:
    purpose = PURPOSES.get(key)
    if purpose is None:
        return key
    return purpose.en if english() else purpose.zh


def origin_of(request: HttpRequest, way: str = PAGE) -> Origin:
    return Origin(way, str(request.META.get("REMOTE_ADDR", ""))[:45], request_id.current())


def show_and_return(
    request: ActorRequest, case_number: str, wish: Wish, reports: Sequence[int] = ()
) -> HttpResponse:
    """Back to where the person came from, with the mask lifted or with why it was not."""
    try:
        show_contact(request.actor, case_number, wish, origin_of(request), reports)
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
    else:
        messages.success(request, _("联系方式显示 15 分钟，本次查看已记录。"), "good")
    return redirect(_back(request, case_number))


def wish_of(request: HttpRequest) -> tuple[Wish, list[int]]:
    """What the form asks for, and of which reports; none: of all."""
    given = posted(request, ("purpose", "reason"))
    chosen = [pk for text in request.POST.getlist("report")[:50] if (pk := number(text)) is not None]
    return Wish(given["purpose"], given["reason"]), chosen


def _back(request: HttpRequest, case_number: str) -> str:
    wanted = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(wanted, request.get_host(), require_https=request.is_secure()):
        return wanted
    return reverse("desk:case", args=[case_number])
