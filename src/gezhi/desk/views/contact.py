"""Asking to see how to reach whoever reported."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from gezhi.pages.masks import show_and_return, wish_of
from gezhi.people.access import CONTACT, ActorRequest, requires


@requires(CONTACT)
@require_POST
def contact(request: ActorRequest, number: str) -> HttpResponse:
    wish, reports = wish_of(request)
    return show_and_return(request, number, wish, reports)
