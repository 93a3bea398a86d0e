"""Purchases from third parties: who was chosen and why, for everybody."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gezhi.cases.queries.costs import costs
from gezhi.cases.world import known_world
from gezhi.pages.asked import texts
from gezhi.pages.contracts import contract_view
from gezhi.pages.paging import shown_of
from gezhi.people.access import public
from gezhi.people.queries import published_contracts
from gezhi.places.queries import place_names

_PAGE: Final = 20


@public
@require_GET
def purchases(request: HttpRequest) -> HttpResponse:
    world, today = known_world(), timezone.localdate()
    typed = texts(request.GET, ("text",))["text"][:60]
    shown = shown_of(request, published_contracts(typed), _PAGE)
    cost = costs(shown.object_list)
    names = place_names(code for one in shown.object_list for code in one.places)
    context = {
        "shown": shown,
        "typed": typed,
        "purchases": [contract_view(one, cost[one.pk], today, world, names) for one in shown.object_list],
    }
    return render(request, "portal/purchases.html", context)
