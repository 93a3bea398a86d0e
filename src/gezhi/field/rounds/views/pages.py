"""Patrols and visits on a grid worker's phone: what is due, one form for one door, my week."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.procedure import Refused
from gezhi.cases.world import known_world
from gezhi.field.offline.views.arriving import from_queue
from gezhi.field.rounds.views.sending import finished_words, round_from_queue
from gezhi.field.rounds.views.visits import (
    Entered,
    Visit,
    entered_in,
    findings_of,
    keep_visit_look,
    round_context,
    visit_of,
)
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted, texts
from gezhi.pages.rounds import calls, round_views
from gezhi.people.access import REPORT_FROM_FIELD, ActorRequest, requires
from gezhi.rounds.actions import begin, finish, skip
from gezhi.rounds.models import Round
from gezhi.rounds.queries import book, due_here, my_week
from gezhi.rounds.walking import read_position


@requires(REPORT_FROM_FIELD)
@require_GET
def today(request: ActorRequest) -> HttpResponse:
    now, plans = timezone.now(), book(known_world().stamp)
    here = read_position(**texts(request.GET, ("lon", "lat")))
    due = due_here(request.actor, now)
    views = calls(due, round_views(due, plans, now, here))
    done = [one for one in my_week(request.actor.account_id, timezone.localdate(now)) if _is_today(one)]
    context = {"tab": "rounds", "calls": views, "done": len(done), "near": here is not None}
    return render(request, "field/rounds.html", context)


def _is_today(one: Round) -> bool:
    return one.ended_at is not None and timezone.localdate(one.ended_at) == timezone.localdate()


@requires(REPORT_FROM_FIELD)
@require_GET
def week(request: ActorRequest) -> HttpResponse:
    now = timezone.now()
    mine = my_week(request.actor.account_id, timezone.localdate(now))
    views = round_views(mine, book(known_world().stamp), now)
    totals = {
        "done": sum(one.state == "done" for one in mine),
        "found": sum(len(one.found) for one in mine),
        "kilometres": f"{sum(one.metres for one in mine) / 1000:.1f}",
    }
    return render(request, "field/week.html", {"tab": "rounds", "rows": views, "totals": totals})


@requires(REPORT_FROM_FIELD)
@require_http_methods(["GET", "POST"])
def one_round(request: ActorRequest, pk: int) -> HttpResponse:
    if from_queue(request):
        return round_from_queue(request, pk)
    visit = visit_of(request, pk)
    if request.method == "GET":
        keep_visit_look(request, visit)
        return _page(request, visit, Entered())
    try:
        return _do(request, visit)
    except Refused as refused:
        return _page(request, visit, Entered(), words_of(refused), status=422)


def _do(request: ActorRequest, visit: Visit) -> HttpResponse:
    asked = posted(request, ("do", "reason"))
    first = visit.rounds[0]
    if asked["do"] == "begin":
        begin(request.actor, first.pk)
        return redirect("field:round", first.pk)
    if asked["do"] == "skip":
        skip(request.actor, first.pk, asked["reason"])
        messages.success(request, _("已记下不做的原因。"), "good")
        return redirect("field:rounds")
    return _finish(request, visit)


def _finish(request: ActorRequest, visit: Visit) -> HttpResponse:
    entered = entered_in(request, visit)
    if entered.told:
        return _page(request, visit, entered, status=422)
    try:
        done = finish(request.actor, [one.pk for one in visit.rounds], findings_of(request, entered, visit))
    except Refused as refused:
        return _page(request, visit, entered, words_of(refused), status=422)
    messages.success(request, finished_words(done), "good")
    return redirect("field:rounds")


def _page(
    request: ActorRequest, visit: Visit, entered: Entered, refused: str = "", status: int = 200
) -> HttpResponse:
    return render(request, "field/round.html", round_context(request, visit, entered, refused), status=status)
