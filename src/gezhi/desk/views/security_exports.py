"""Files that left: by whose hand, when, for what; and one of them."""

from typing import Final

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from gezhi.desk.views.page import page
from gezhi.desk.views.security import AT, secured
from gezhi.pages.asked import texts
from gezhi.pages.paging import shown_of
from gezhi.pages.security import FORMATS, export_views
from gezhi.people.access import SECURITY, ActorRequest
from gezhi.people.models import Account
from gezhi.security.leaving import number_in
from gezhi.security.models import Export

PAGE: Final = 50
_NAMED: Final = 100


@secured(SECURITY)
@require_GET
def exports(request: ActorRequest) -> HttpResponse:
    typed = texts(request.GET, ("who", "format", "number"))
    found = Export.objects.defer("cells", "pairs", "mark").order_by("-at", "-id")
    if typed["who"]:
        name = Q(name__icontains=typed["who"][:60]) | Q(username=typed["who"][:60])
        found = found.filter(
            account_id__in=list(Account.objects.filter(name).values_list("id", flat=True)[:_NAMED])
        )
    if typed["format"] in FORMATS:
        found = found.filter(format=typed["format"])
    if typed["number"]:
        found = found.filter(number=number_in(typed["number"]))
    shown = shown_of(request, found, PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "exports": export_views(list(shown.object_list)),
        "typed": typed,
        "formats": FORMATS.items(),
        "query": query.urlencode(),
    }
    return page(request, "desk/security/exports.html", context, at=AT)


@secured(SECURITY)
@require_GET
def export(request: ActorRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Export.objects.defer("cells", "pairs", "mark"), number=number_in(code) or "-")
    context = {"export": export_views([found])[0], "filters": sorted(found.filters.items())}
    return page(request, "desk/security/export.html", context, at=AT)
