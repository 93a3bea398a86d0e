"""The counter: a person stands there in flesh and blood, and somebody helps them to their rights."""

import tempfile
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.models import Report
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.tracking import plain_code
from gezhi.desk.views.page import page
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.masks import origin_of
from gezhi.pages.rights import PAPER_WORDS, STANDING_WORDS, mine_view, plan_words
from gezhi.pages.rights import RIGHTS as RIGHT_WORDS
from gezhi.people.access import COUNTER, DESK, ActorRequest, requires
from gezhi.rights.actions import correct_contact, open_request, take_copy
from gezhi.rights.actions.asking import SOURCE, Asked
from gezhi.rights.actions.asking import Counter as AtCounter
from gezhi.rights.actions.contact import Contact
from gezhi.rights.actions.copying import take_own_copy
from gezhi.rights.actions.correcting import FIELDS
from gezhi.rights.actions.counter import PAPERS, STANDINGS, meet
from gezhi.rights.models import Channel, Right
from gezhi.rights.person import Person
from gezhi.rights.queries.people import person_of_channel, person_of_report
from gezhi.rights.queries.plans import plan_of

_KEY: Final = "rights-counter"
LASTS: Final = timedelta(minutes=20)
IN_MEMORY: Final = 8 * 1024 * 1024


@requires(COUNTER)
@require_http_methods(["GET", "POST"])
def counter(request: ActorRequest) -> HttpResponse:
    """Who stands here? Nothing is shown before a paper was looked at."""
    given = posted(request, ("number", "tracking", "paper", "standing", "seen"))
    if request.method == "GET":
        return _counter(request, given, {})
    if not given["seen"]:
        return _counter(request, given, {"seen": _("请先当面核对身份证件，再打勾。")}, 422)
    try:
        met = meet(
            request.actor,
            origin_of(request),
            number=given["number"],
            tracking_code=plain_code(given["tracking"]),
            paper=given["paper"],
            standing=given["standing"],
        )
    except Refused as refused:
        return _counter(request, given, {"number": words_of(refused)}, 422)
    request.session[_KEY] = {
        "channel": met.channel_id,
        "report": met.report_id,
        "paper": given["paper"],
        "standing": given["standing"],
        "until": (timezone.now() + LASTS).isoformat(),
    }
    return redirect("desk:rights-person")


def _counter(
    request: ActorRequest, given: dict[str, str], faults: dict[str, str], status: int = 200
) -> HttpResponse:
    context = {
        "given": given,
        "faults": faults,
        "papers": [(key, PAPER_WORDS[key]) for key in PAPERS],
        "standings": [(key, STANDING_WORDS[key]) for key in STANDINGS],
    }
    return page(request, "desk/rights/counter.html", context, at="desk:rights-counter", status=status)


def _met(request: ActorRequest) -> tuple[Person, AtCounter, datetime] | None:
    held = request.session.get(_KEY)
    if not held or datetime.fromisoformat(held["until"]) < timezone.now():
        request.session.pop(_KEY, None)
        return None
    channel = Channel.objects.filter(id=held["channel"] or 0).first()
    person = person_of_channel(channel) if channel else person_of_report(held["report"] or 0)
    who = AtCounter(request.actor.account_id, held["paper"], held["standing"])
    return person, who, datetime.fromisoformat(held["until"])


@requires(COUNTER)
@require_GET
def person(request: ActorRequest) -> HttpResponse:
    met = _met(request)
    if met is None:
        return redirect("desk:rights-counter")
    return _person(request, met)


def _person(
    request: ActorRequest, met: tuple[Person, AtCounter, datetime], fault: str = "", status: int = 200
) -> HttpResponse:
    who, at, until = met
    own = Report.objects.filter(id__in=who.reports).exclude(text="").exclude(source=SOURCE).order_by("-id")
    newest = own.first()
    context = {
        "mine": mine_view(who, timezone.now()),
        "until": until,
        "paper": PAPER_WORDS[at.paper],
        "standing": STANDING_WORDS[at.standing],
        "rights": [(right.value, words) for right, words in RIGHT_WORDS.items() if right is not Right.COPY],
        "reports": [(one.tracking_code, one.text[:40]) for one in own[:50]],
        "contact": newest,
        "fault": fault,
        **plan_words(plan_of(who)),
    }
    return page(request, "desk/rights/person.html", context, at="desk:rights-counter", status=status)


@requires(COUNTER)
@require_POST
def ask(request: ActorRequest) -> HttpResponse:
    """On the person's behalf."""
    met = _met(request)
    if met is None:
        return redirect("desk:rights-counter")
    given = posted(request, ("right", "report", "words", *FIELDS))
    if given["right"] not in set(Right):
        return _person(request, met, _("请选择要办什么。"), 422)
    about = Report.objects.filter(id__in=met[0].reports, tracking_code=given["report"]).first()
    wish = {field: given[field] for field in FIELDS if given[field]}
    asked = Asked(Right(given["right"]), given["words"], wish, about.pk if about else None)
    try:
        open_request(met[0], asked, met[1])
    except Refused as refused:
        return _person(request, met, words_of(refused), 422)
    messages.success(request, _("已代为提出，进度见下方。"), "good")
    return redirect("desk:rights-person")


@requires(COUNTER)
@require_POST
def contact(request: ActorRequest) -> HttpResponse:
    met = _met(request)
    if met is None:
        return redirect("desk:rights-counter")
    given = posted(request, ("name", "number", "email"))
    wanted = Contact(given["name"][:60], given["email"][:200], given["number"][:30] or None)
    try:
        correct_contact(met[0], wanted, account_id=request.actor.account_id)
    except Refused as refused:
        return _person(request, met, words_of(refused), 422)
    messages.success(request, _("联系方式已更正。"), "good")
    return redirect("desk:rights-person")


@requires(COUNTER)
@require_POST
def copy(request: ActorRequest) -> HttpResponseBase:
    """The archive, to be handed over on paper or on the person's own stick."""
    met = _met(request)
    if met is None:
        return redirect("desk:rights-counter")
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by the answer
    take_copy(out, met[0], account_id=request.actor.account_id)
    try:
        open_request(met[0], Asked(Right.COPY), met[1])
    except Refused as refused:
        if refused.code not in ("no-rights-pack", "asked-already"):
            raise
    return _handed_over(out)


@requires(COUNTER)
@require_POST
def leave(request: ActorRequest) -> HttpResponse:
    request.session.pop(_KEY, None)
    return redirect("desk:rights-counter")


@requires(DESK)
@require_POST
def own_copy(request: ActorRequest) -> FileResponse:
    """What is held of a member of staff, for that person alone."""
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed by the answer
    take_own_copy(out, request.actor.account_id)
    return _handed_over(out)


def _handed_over(out: "tempfile.SpooledTemporaryFile[bytes]") -> FileResponse:
    out.seek(0)
    name = _("个人信息副本") + f" {timezone.localdate():%Y-%m-%d}.zip"
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
