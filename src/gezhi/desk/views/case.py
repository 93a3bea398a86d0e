"""One case: what is known of it, what this person may do with it, and doing it."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.models import Case, Evidence
from gezhi.cases.queries import visible
from gezhi.desk.views.page import page
from gezhi.desk.views.phrases import phrases_context
from gezhi.desk.views.split import back_to_list
from gezhi.desk.views.talk import talk_context
from gezhi.desk.views.undoing import undo_bar_on
from gezhi.pages.photos import photo_response
from gezhi.pages.taking import after_step, case_context, case_in_sight, take_step
from gezhi.people.access import DESK, ActorRequest, requires


@requires(DESK)
@require_http_methods(["GET", "POST"])
def case(request: ActorRequest, number: str) -> HttpResponse:
    found = case_in_sight(request, number)
    if request.method == "GET":
        context = (
            case_context(request, found)
            | talk_context(request, found)
            | phrases_context(request.actor, found)
        )
        context["undo"] = undo_bar_on(request, found)
        return page(request, "desk/case.html", context, at="desk:cases")
    trouble = take_step(request, found)
    if trouble is None:
        return back_to_list(request, number) or after_step(request, number, "desk:case", "desk:home")
    found = case_in_sight(request, number)
    context = case_context(request, found, trouble) | talk_context(request, found)
    context |= phrases_context(request.actor, found)
    return page(request, "desk/case.html", context, at="desk:cases", status=trouble.status)


@requires(DESK)
@require_GET
def evidence(request: ActorRequest, key: str) -> HttpResponseBase:
    """A photo of a case that this person may see."""
    mine = Case.objects.filter(visible(request.actor)).values("id")
    if not Evidence.objects.filter(key=key, case_id__in=mine).exists():
        raise Http404
    return photo_response(str(key))
