"""A person asks for something about their own data, and answers what is asked back."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.models import Report
from gezhi.cases.procedure import Given, Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.rights import RIGHTS, plan_words
from gezhi.pages.showing import english
from gezhi.portal.views.rights_session import Signed, own
from gezhi.rights.actions import open_request
from gezhi.rights.actions.asking import AT_ONCE, SOURCE, Asked
from gezhi.rights.actions.correcting import FIELDS
from gezhi.rights.models import Request, Right
from gezhi.rights.queries.plans import plan_of

MOST: Final = 50  # reports to choose from
OFFERED: Final = (Right.CORRECT, Right.DELETE, Right.WITHDRAW, Right.OBJECT, Right.EXPLAIN)
_NOTHING: Final = gettext_lazy("请写一写要更正成什么。")


@own
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, who: Signed, right: str) -> HttpResponseBase:
    """`right`: as the categories of the pack `rights` end."""
    if right not in {one.value for one in OFFERED}:
        raise Http404
    wanted = Right(right)
    if request.method == "GET":
        return _form(request, who, wanted, {"report": request.GET.get("report", "")})
    given = posted(request, ("words", "report", *FIELDS))
    about = _report(who, given["report"])
    if wanted is Right.CORRECT and not any(given[field].strip() for field in FIELDS):
        return _form(request, who, wanted, given, {"text": str(_NOTHING)}, 422)
    wish = {field: given[field].strip() for field in FIELDS if given[field].strip()}
    asked = Asked(
        wanted,
        given["words"],
        wish if wanted is Right.CORRECT else {},
        about.pk if about else None,
        "en" if english() else "zh-hans",
    )
    try:
        open_request(who.person, asked)
    except Refused as refused:
        return _form(request, who, wanted, given, {"words": words_of(refused)}, 422)
    done = _("已收到，马上办理。") if wanted in AT_ONCE else _("已收到，最迟 15 个工作日内答复您。")
    messages.success(request, done, "good")
    return redirect("portal:rights-mine")


def _report(who: Signed, code: str) -> Report | None:
    """The one report that is meant; None for all. Raises Http404 for another's."""
    if not code:
        return None
    found = Report.objects.filter(id__in=who.person.reports, tracking_code=code).first()
    if found is None:
        raise Http404
    return found


def _form(
    request: HttpRequest,
    who: Signed,
    right: Right,
    given: dict[str, str],
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    own_reports = Report.objects.filter(id__in=who.person.reports).exclude(text="").exclude(source=SOURCE)
    reports = list(own_reports.order_by("-id"))
    if right is Right.CORRECT and reports and "text" not in given:
        chosen = next((one for one in reports if one.tracking_code == given.get("report")), reports[0])
        given = {**given, "report": chosen.tracking_code, "text": chosen.text, "address": chosen.address}
    context: dict[str, object] = {
        "right": right.value,
        "title": RIGHTS[right],
        "at_once": right in AT_ONCE,
        "given": given,
        "faults": faults or {},
        "reports": [(one.tracking_code, one.text[:40]) for one in reports[:MOST]],
        "codes": [one.tracking_code for one in reports],
    }
    if right is Right.DELETE:
        context |= plan_words(plan_of(who.person))
    return render(request, "portal/rights/ask.html", context, status=status)


@own
@require_POST
def step(request: HttpRequest, who: Signed, request_id: int, step: str) -> HttpResponse:
    """Adding what was asked for, or taking the request back."""
    own_request = Request.objects.filter(id=request_id, own_report_id__in=who.person.reports).first()
    if own_request is None or step not in ("told", "take-back"):
        raise Http404
    words = posted(request, ("words",))["words"][:2000]
    try:
        act_as_reporter(own_request.case_id, own_request.own_report_id, step, Given(text=words))
    except Refused as refused:
        messages.error(request, words_of(refused), "bad")
    else:
        messages.success(request, _("已收到。"), "good")
    return redirect("portal:rights-mine")
