"""Callbacks: the queue, one call with the story and the questions, and the list as a file."""

from collections.abc import Iterator
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.actions import Stale, record_callback
from gezhi.cases.callbacks import MOST_TRIES, Answer
from gezhi.cases.contact import Contact, masked_text
from gezhi.cases.models import Callback, Report
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.calls import CallFilters, call_list, callbacks_of
from gezhi.cases.queries.filters import BadFilter
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.calls import OUTCOME_WORDS, REASON_WORDS, STANDING_WORDS, CallLine, call_lines, name_of
from gezhi.pages.case_view import case_facts, event_views
from gezhi.pages.masks import show_and_return, shown_to
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.showing import GRADES
from gezhi.pages.tables import Table, table_file
from gezhi.pages.taking import case_in_sight
from gezhi.people.access import CALLBACK, EXPORT, ActorRequest, requires
from gezhi.people.duty import Wish
from gezhi.people.purposes import CALLBACK as PURPOSE

PAGE: Final = 50
_MOST: Final = 20_000
_CHUNK: Final = 1_000
_FIELDS: Final = ("text", "standing", "reason", "place")
_ANSWERS: Final = ("outcome", "responded", "rating", "text")
_RESPONDED: Final = {"yes": True, "no": False}


@requires(CALLBACK)
@require_GET
def callbacks(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    found, typed = _asked(request, world)
    shown = shown_of(request, found, PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "lines": call_lines(list(shown.object_list), world, now),
        "typed": typed,
        "done": typed["standing"] not in ("open", "overdue"),
        "standings": STANDING_WORDS.items(),
        "reasons": REASON_WORDS.items(),
        "query": query.urlencode(),
        "may_export": request.actor.may(EXPORT),
    }
    return page(request, "desk/callbacks.html", context, at="desk:callbacks")


def _asked(request: ActorRequest, world: World) -> tuple[QuerySet[Callback], dict[str, str]]:
    """A filter that cannot be understood is left out."""
    typed = texts(request.GET, _FIELDS)
    typed["standing"] = typed["standing"] or "open"
    place = place_of(typed["place"], world)
    if typed["place"] and not place:
        messages.warning(request, _("没有找到这个区域，请写全名，或区划、网格编码。"), "soon")
    wanted = CallFilters(typed["text"][:60], typed["standing"], typed["reason"], place)
    try:
        return call_list(request.actor, wanted, timezone.now()), typed
    except BadFilter:
        messages.warning(request, _("有一个条件看不懂，已略过。请清除后重选。"), "soon")
        typed |= {"standing": "open", "reason": ""}
        return call_list(request.actor, CallFilters(wanted.text, place=place), timezone.now()), typed


@requires(CALLBACK)
@require_http_methods(["GET", "POST"])
def callback(request: ActorRequest, pk: int) -> HttpResponse:
    if request.method == "GET":
        return _show(request, pk)
    given = posted(request, _ANSWERS)
    answer = Answer(
        outcome=given["outcome"],
        responded=_RESPONDED.get(given["responded"]),
        rating=number(given["rating"]),
        text=given["text"][:2000],
    )
    try:
        done = record_callback(request.actor, pk, answer)
    except Refused as refused:
        if refused.code == "unknown-callback":
            raise Http404 from None
        return _show(request, pk, given, words_of(refused), 422)
    except Stale:
        return _show(request, pk, given, _("案件刚被别人办过，请看新情况后再记一次。"), 409)
    messages.success(request, _said_done(done), "good")
    return redirect("desk:callbacks")


def _said_done(done: Callback) -> str:
    if done.outcome == "not-resolved":
        return _("已记下：未解决。案件按流程退回重办。")
    if done.done_at is None:
        return _("已记下：第 %(n)s 次没有联系上，最多 %(most)s 次。") % {"n": done.tries, "most": MOST_TRIES}
    return _("已记下：%(outcome)s。") % {"outcome": OUTCOME_WORDS[done.outcome]}


def _show(
    request: ActorRequest, pk: int, given: dict[str, str] | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    call = callbacks_of(request.actor).select_related("case").filter(id=pk).first()
    if call is None:
        raise Http404
    found, now = case_in_sight(request, call.case.number), timezone.now()
    report = Report.objects.get(id=call.report_id)
    shown = shown_to(request.actor, call.case_id)
    left, until = found.contacts.get(report.pk, Contact()), shown.get(report.pk)
    context = {
        "contact": left if until else left.masked(),
        "left": bool(left.fields),
        "until": until,
        "told": report.text if until else masked_text(report.text),
        "call": call_lines([call], found.world, now)[0],
        "done": call.done_at is not None,
        "said": call,
        "report": report,
        "unit": name_of(call.unit_id, found.world),
        "case": case_facts(found, now),
        "timeline": event_views(found, until is not None),
        "earlier": found.case.version - len(found.events),
        "given": given or {},
        "refused": refused,
        "try": call.tries + 1,
        "most": MOST_TRIES,
        "grades": GRADES,
    }
    return page(request, "desk/callback.html", context, at="desk:callbacks", status=status)


@requires(CALLBACK)
@require_POST
def contact(request: ActorRequest, pk: int) -> HttpResponse:
    """Whoever works on this page calls back: nobody has to say so again."""
    call = callbacks_of(request.actor).select_related("case").filter(id=pk).first()
    if call is None:
        raise Http404
    return show_and_return(request, call.case.number, Wish(PURPOSE, declared=True), [call.report_id])


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    """The list as filtered; without names and numbers of reporters."""
    world = known_world()
    found, _typed = _asked(request, world)
    headings = [
        _("案件编号"),
        _("事由"),
        _("区域"),
        _("单位"),
        _("缘由"),
        _("回访次数"),
        _("结果"),
        _("评价"),
    ]
    rows = (_row(line) for chunk in _chunks(found) for line in call_lines(chunk, world, timezone.now()))
    table = Table("callbacks", _("回访"), [*headings, _("办结时间")], rows)
    return table_file(request, table, PURPOSE)


def _row(line: CallLine) -> list[object]:
    words = [line.number, line.title, line.place, line.unit, line.reason]
    return [*words, line.tries, line.outcome, line.rating, line.done_at]


def _chunks(found: QuerySet[Callback]) -> Iterator[list[Callback]]:
    rows = list(found[:_MOST])
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
