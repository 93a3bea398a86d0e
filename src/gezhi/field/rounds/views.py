"""Patrols and visits on a grid worker's phone: what is due, one form for one door, my week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import NewReport, Unreadable
from gezhi.cases.procedure import Refused
from gezhi.cases.world import known_world
from gezhi.packs.forms import Answers, KnownValue, fields_of
from gezhi.packs.shapes import Form
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted, texts
from gezhi.pages.forms import PREFIX, answers_in, form_view, raw_answers, told
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.rounds import calls, known_values, round_views
from gezhi.pages.showing import said
from gezhi.people.access import REPORT_FROM_FIELD, ActorRequest, requires
from gezhi.rounds.actions import Findings, begin, finish, skip
from gezhi.rounds.book import Book
from gezhi.rounds.merging import Unified
from gezhi.rounds.models import Known, Round
from gezhi.rounds.queries import book, due_here, grid_subject_of, known_of, my_week, rounds_together
from gezhi.rounds.walking import read_position, read_positions, track_of

_MOST_KINDS: Final = 12  # of findings that one visit may report
_ALL: Final = "all"


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


@dataclass(frozen=True)
class Visit:
    """A round with all that is done with it. `known`: by element, as the form shows it."""

    rounds: Sequence[Round]
    book: Book
    unified: Unified | None
    known: Mapping[str, KnownValue]

    @property
    def form(self) -> Form | None:
        return self.unified.form if self.unified else None

    @property
    def plans(self) -> list[str]:
        return [one.plan for one in self.rounds]


@dataclass(frozen=True)
class Entered:
    """What a form brought. `reports`: findings that could be read; `told`: what was wrong, by field."""

    answers: Answers = field(default_factory=Answers)
    reports: Sequence[NewReport] = ()
    photos: Photos = field(default_factory=Photos)
    kept: Mapping[str, Photos] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


@requires(REPORT_FROM_FIELD)
@require_http_methods(["GET", "POST"])
def one_round(request: ActorRequest, pk: int) -> HttpResponse:
    visit = _visit(request, pk)
    if request.method == "GET":
        return _page(request, visit, Entered())
    try:
        return _do(request, visit)
    except Refused as refused:
        return _page(request, visit, Entered(), words_of(refused), status=422)


def _visit(request: ActorRequest, pk: int) -> Visit:
    if pk >= 2**63:
        raise Http404
    rounds, plans = rounds_together(request.actor, pk, timezone.now()), book(known_world().stamp)
    if not rounds:
        raise Http404
    unified = plans.form_for([one.plan for one in rounds])
    subject = rounds[0].subject_id or grid_subject_of(rounds[0].place_code)
    known: Mapping[str, Known] = known_of([subject]).get(subject, {}) if subject else {}
    return Visit(rounds, plans, unified, known_values(unified.form, known) if unified else {})


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
    entered = _entered(request, visit)
    if entered.told:
        return _page(request, visit, entered, status=422)
    findings = Findings(
        values=entered.answers.values,
        confirmed=_confirmed(request, visit),
        reports=entered.reports,
        track=track_of(read_positions(request.POST.get("track", ""))),
        photos=entered.photos.keys,
    )
    try:
        done = finish(request.actor, [one.pk for one in visit.rounds], findings)
    except Refused as refused:
        return _page(request, visit, entered, words_of(refused), status=422)
    numbers = "、".join(receipt.case_number for receipt in done.receipts)
    said_so = _("已完成，上报案件 %(numbers)s。") % {"numbers": numbers} if numbers else _("已完成。")
    messages.success(request, said_so, "good")
    return redirect("field:rounds")


def _entered(request: ActorRequest, visit: Visit) -> Entered:
    form = visit.form
    answers = answers_in(request, form, known=visit.known) if form else Answers()
    photos = photos_of(request)
    kept = {key: photos_of(request, name=f"photos-{key}") for key in _finds(visit)}
    wrong = told(answers.faults, form) if form else {}
    if photos.problems:
        wrong["photos"] = " ".join(photos.problems)
    wrong |= {f"photos-{key}": " ".join(one.problems) for key, one in kept.items() if one.problems}
    reports, faults = _reports(request, visit, kept)
    return Entered(answers, reports, photos, kept, wrong | faults)


def _finds(visit: Visit) -> list[str]:
    categories = known_world().catalogue.categories
    return [key for key in visit.book.finds_of(visit.plans) if key in categories][:_MOST_KINDS]


def _reports(
    request: ActorRequest, visit: Visit, kept: Mapping[str, Photos]
) -> tuple[list[NewReport], dict[str, str]]:
    """One report for each kind that was ticked, said or photographed."""
    found, wrong = [], {}
    ticked = set(request.POST.getlist("found"))
    for key in _finds(visit):
        text = posted(request, (f"text-{key}",))[f"text-{key}"]
        if not (key in ticked or text or kept[key].taken):
            continue
        try:
            found.append(_report(request, visit, key, text, kept[key]))
        except Unreadable:
            wrong[f"text-{key}"] = _("请改一改这条说明，最多 4000 字。")
    return found, wrong


def _report(request: ActorRequest, visit: Visit, key: str, text: str, photos: Photos) -> NewReport:
    """Where the worker stands; otherwise where the subject is; otherwise in its grid."""
    first, category = visit.rounds[0], known_world().catalogue.categories[key]
    subject = first.subject
    here = read_position(**posted(request, ("lon", "lat")))
    if here is None and subject and subject.lon is not None and subject.lat is not None:
        here = subject.lon, subject.lat
    raw: dict[str, object] = {
        "text": text or said(category.name),
        "category": key,
        "address": subject.address if subject else "",
        "language": get_language(),
    }
    raw |= {"lon": here[0], "lat": here[1]} if here else {"place_code": first.place_code}
    return read_report(raw, edge_for("field", request.actor.account_id), photos.taken)


def _confirmed(request: ActorRequest, visit: Visit) -> set[str]:
    """Elements that were ticked as still so."""
    ticked = set(request.POST.getlist("same"))
    fields = fields_of(visit.form) if visit.form else ()
    return {
        one.element
        for _group, one in fields
        if one.element in visit.known and one.element and ticked & {_ALL, PREFIX + one.key}
    }


def _page(
    request: ActorRequest, visit: Visit, entered: Entered, refused: str = "", status: int = 200
) -> HttpResponse:
    now, form = timezone.now(), visit.form
    views = round_views(visit.rounds, visit.book, now)
    raw = raw_answers(request, form) if form else {}
    context = {
        "tab": "rounds",
        "round": views[0],
        "plans": [plan for view in views for plan in view.plans],
        "patrol": visit.rounds[0].subject_id is None,
        "form": form_view(form, raw, entered.answers.faults, known=visit.known) if form else None,
        "known": len(visit.known),
        "confirmed": request.POST.getlist("same"),
        "finds": _find_views(request, visit, entered),
        "photos": entered.photos,
        "faults": entered.told,
        "refused": refused,
        "track": request.POST.get("track", "")[:100_000],
        "open": visit.rounds[0].state == "due" and visit.rounds[0].opens_at <= now < visit.rounds[0].due_at,
    }
    return render(request, "field/round.html", context, status=status)


@dataclass(frozen=True, slots=True)
class FindView:
    key: str
    title: str
    ticked: bool
    text: str
    photos: tuple[str, ...]
    fault: str
    photo_fault: str

    @property
    def is_open(self) -> bool:
        return bool(self.ticked or self.text or self.photos or self.fault or self.photo_fault)


def _find_views(request: ActorRequest, visit: Visit, entered: Entered) -> list[FindView]:
    ticked = request.POST.getlist("found")
    categories = known_world().catalogue.categories
    return [
        FindView(
            key=key,
            title=said(categories[key].name),
            ticked=key in ticked,
            text=request.POST.get(f"text-{key}", ""),
            photos=entered.kept[key].keys if key in entered.kept else (),
            fault=entered.told.get(f"text-{key}", ""),
            photo_fault=entered.told.get(f"photos-{key}", ""),
        )
        for key in _finds(visit)
    ]
