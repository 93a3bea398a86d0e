"""Requests about personal data as those who answer them work on them; what will go when; what was erased."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.contact import masked_phone
from gezhi.cases.models import Report
from gezhi.desk.views.page import page
from gezhi.pages.asked import texts
from gezhi.pages.paging import shown_of
from gezhi.pages.rights import due_views, mine_view, plan_words, request_lines
from gezhi.pages.rights_how import how_view
from gezhi.pages.taking import after_step, case_context, case_in_sight, take_step
from gezhi.people.access import RIGHTS, ActorRequest, requires
from gezhi.rights.actions.carrying import person_of_request
from gezhi.rights.models import Request, Right
from gezhi.rights.queries.asked import erasures as erased
from gezhi.rights.queries.asked import request_of, requests_of
from gezhi.rights.queries.keeping import dues, orphans
from gezhi.rights.queries.plans import plan_of

PAGE = 50


@requires(RIGHTS)
@require_GET
def requests(request: ActorRequest) -> HttpResponse:
    typed = texts(request.GET, ("show",))
    shown = shown_of(request, requests_of(request.actor, open_only=typed["show"] != "all"), PAGE)
    context = {
        "shown": shown,
        "typed": typed,
        "lines": request_lines(list(shown.object_list), timezone.now()),
    }
    return page(request, "desk/rights/requests.html", context, at="desk:rights")


@requires(RIGHTS)
@require_http_methods(["GET", "POST"])
def one(request: ActorRequest, number: str) -> HttpResponse:
    """What was asked, what it would do, and the steps of its case."""
    found = case_in_sight(request, number)
    asked = request_of(found.case.pk)
    if asked is None:
        raise Http404
    trouble = None
    if request.method == "POST":
        trouble = take_step(request, found)
        if trouble is None:
            return after_step(request, number, "desk:rights-request", "desk:rights")
        found = case_in_sight(request, number)
    context = case_context(request, found, trouble) | _about(asked)
    return page(
        request,
        "desk/rights/request.html",
        context,
        at="desk:rights",
        status=trouble.status if trouble else 200,
    )


def _about(asked: Request) -> dict[str, object]:
    person = person_of_request(asked)
    about = Report.objects.filter(id=asked.report_id or 0).select_related("case").first()
    lines = request_lines([asked], timezone.now())
    context: dict[str, object] = {
        "line": lines[0],
        "words": Report.objects.filter(id=asked.own_report_id).values_list("text", flat=True).first(),
        "asked": asked,
        "number": masked_phone(person.number),
        "mine": mine_view(person, timezone.now()),
        "wish": [(field, getattr(about, field, ""), value) for field, value in asked.wish.items()],
    }
    if asked.right == Right.DELETE and asked.done_at is None:
        context |= plan_words(plan_of(person, [asked.own_report_id]))
    if asked.right == Right.EXPLAIN and about is not None:
        context["how"] = how_view(about)
    return context


@requires(RIGHTS)
@require_GET
def retention(request: ActorRequest) -> HttpResponse:
    now = timezone.now()
    context = {"dues": due_views(dues(now)), "orphans": len(orphans(now))}
    return page(request, "desk/rights/retention.html", context, at="desk:rights")


@requires(RIGHTS)
@require_GET
def erasures(request: ActorRequest) -> HttpResponse:
    shown = shown_of(request, erased(), PAGE)
    return page(request, "desk/rights/erasures.html", {"shown": shown}, at="desk:rights")
