"""A resident follows an own report: what was done, what is promised; adds, withdraws, rates, asks again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import TrackedReport, tracked
from gezhi.cases.queries.documents import documents_for_report
from gezhi.cases.queries.tracking import plain_code
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.packs.shapes import Kind
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.papers import paper_response, paper_views
from gezhi.pages.photos import Photos, photo_response, photos_of
from gezhi.pages.showing import GRADES, Due, StateTag, due_of, english, said, state_tag
from gezhi.people.access import public
from gezhi.portal.views.memory import followed_codes, remember
from gezhi.portal.views.receipt import receipt_of
from gezhi.portal.views.stands import stands_words

WRONG_TRIES: Final = TokenBuckets(5, 600)
_own_eyes: Final = cache_control(private=True, no_store=True)
_DONE: Final = {
    Kind.RATE: gettext_lazy("谢谢您的评价。"),
    Kind.REOPEN: gettext_lazy("已要求重办，我们会重新派人处理。"),
    Kind.ADD: gettext_lazy("补充的内容已经收到。"),
    Kind.WITHDRAW: gettext_lazy("已撤回，不再办理。"),
}


@dataclass(frozen=True, slots=True)
class Happened:
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportView:
    """A resident's own report as the page shows it; `steps`: the kinds of step that are open now."""

    code: str
    number: str
    text: str
    received_at: datetime
    state: StateTag
    closed: bool
    due: Due | None
    unit: str
    category: str
    place: str
    events: list[Happened]
    answers: list[Happened]
    photos: list[str]
    steps: frozenset[str]
    grade: str
    agent: str
    stands: str


def report_view(found: TrackedReport, now: datetime) -> ReportView:
    report, case, at = found.report, found.case, 1 if english() else 0
    return ReportView(
        code=report.tracking_code,
        number=case.number,
        text=report.text,
        received_at=report.received_at,
        state=state_tag(found.state),
        closed=not case.is_open,
        due=due_of(case.due_at, now) if case.is_open else None,
        unit=found.unit_name[at],
        category=said(found.category.name),
        place=found.place_name,
        events=[Happened(event.title[at], event.at) for event in reversed(found.events)],
        answers=[Happened(answer.text, answer.queued_at) for answer in reversed(found.answers)],
        photos=[str(photo.key) for photo in found.photos],
        steps=frozenset(found.steps),
        grade=next((str(words) for grade, words in GRADES if grade == report.rating), ""),
        agent=str(report.attributes.get("agent", "")) if report.source == "agent" else "",
        stands=stands_words(found, found.unit_name[at], now),
    )


def _own(request: HttpRequest, code: str) -> TrackedReport:
    """A report that this browser has opened with its code. Raises Http404."""
    plain = plain_code(code)
    known = followed_codes(request)
    found = tracked(plain, known[plain]) if plain in known else None
    if found is None:
        raise Http404
    return found


@public
@_own_eyes
@require_GET
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    plain = plain_code(code)
    if plain not in followed_codes(request):
        return render(request, "portal/follow.html", {"given": {"code": plain}})
    found = _own(request, code)
    context = {"report": report_view(found, timezone.now()), "receipt": receipt_of(found)}
    return render(request, "portal/thanks.html", context)


@public
@_own_eyes
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {"recent": list(followed_codes(request))[:5]}
    if request.method == "GET":
        return render(request, "portal/follow.html", context)
    address = str(request.META.get("REMOTE_ADDR", ""))
    if wait := WRONG_TRIES.wait(address):
        return render(request, "429.html", {"minutes": int(wait // 60) + 1}, status=429)
    given = posted(request, ("code", "last4"))
    found = tracked(given["code"], given["last4"])
    if found is None:
        WRONG_TRIES.take(address)
        wrong = _("没有找到。请核对查询码；上报时留了手机号的，还要填对后四位。")
        return render(
            request, "portal/follow.html", context | {"given": given, "faults": {"code": wrong}}, status=422
        )
    remember(request, found.report.tracking_code, given["last4"])
    return redirect("portal:followed", found.report.tracking_code)


@public
@_own_eyes
@require_GET
def followed(request: HttpRequest, code: str) -> HttpResponse:
    plain = plain_code(code)
    if plain not in followed_codes(request):
        return render(request, "portal/follow.html", {"given": {"code": plain}})
    return _show(request, _own(request, code))


def _show(
    request: HttpRequest,
    found: TrackedReport,
    refused: str = "",
    step: str = "",
    photos: Photos | None = None,
) -> HttpResponse:
    context = {
        "report": report_view(found, timezone.now()),
        "grades": GRADES,
        "refused": refused,
        "step": step,
        "typed": request.POST,
        "photos": photos,
        "papers": paper_views(documents_for_report(found.report)),
        "receipt": receipt_of(found),
    }
    return render(request, "portal/followed.html", context, status=422 if refused else 200)


@public
@_own_eyes
@require_POST
def take_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """`step`: the kind of step, such as rate or reopen."""
    found = _own(request, code)
    photos = photos_of(request)
    transition = found.steps.get(step)
    if transition is None:
        return _show(request, found, _("这一步现在不能办，下面是最新情况。"), step, photos)
    if photos.problems:
        return _show(request, found, " ".join(photos.problems), step, photos)
    try:
        act_as_reporter(found.case.pk, found.report.pk, transition.key, _given(request, photos))
    except Refused as refused:
        return _show(request, found, words_of(refused), step, photos)
    messages.success(request, _DONE.get(transition.kind, ""), "good")
    return redirect(reverse("portal:followed", args=[found.report.tracking_code]))


def _given(request: HttpRequest, photos: Photos) -> Given:
    words = posted(request, ("words",))["words"][:2000]
    rating = request.POST.get("rating", "")
    return Given(
        reason=words,
        text=words,
        rating=int(rating) if rating in {"1", "2", "3", "4", "5"} else None,
        evidence=photos.keys,
    )


@public
@require_GET
def photo(request: HttpRequest, code: str, key: str) -> HttpResponseBase:
    if str(key) not in {str(one.key) for one in _own(request, code).photos}:
        raise Http404
    return photo_response(str(key))


@public
@_own_eyes
@require_GET
def paper(request: HttpRequest, code: str, paper_code: str) -> HttpResponse:
    """A document that was written to this reporter."""
    document = documents_for_report(_own(request, code).report).filter(code=paper_code).first()
    if document is None:
        raise Http404
    return paper_response(document)
