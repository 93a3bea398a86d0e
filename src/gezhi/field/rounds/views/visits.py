"""One visit: the rounds that it does, what a form brought back of it, and the form as it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import NewReport, Unreadable
from gezhi.cases.world import known_world
from gezhi.field.offline.views.arriving import from_queue, seen_at
from gezhi.packs.forms import Answers, KnownValue, fields_of
from gezhi.packs.shapes import Form
from gezhi.pages.asked import number, posted
from gezhi.pages.forms import PREFIX, answers_in, form_view, raw_answers, told
from gezhi.pages.masks import origin_of
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.rounds import known_values, round_views
from gezhi.pages.showing import said
from gezhi.people.access import ActorRequest
from gezhi.people.looking import FIELD
from gezhi.rounds.actions import Findings
from gezhi.rounds.actions.looking import keep_looks
from gezhi.rounds.book import Book
from gezhi.rounds.merging import Unified
from gezhi.rounds.models import Known, Round
from gezhi.rounds.queries import book, grid_subject_of, known_of, rounds_named, rounds_together
from gezhi.rounds.walking import read_position, read_positions, track_of

_MOST_KINDS: Final = 12  # of findings that one visit may report
_MOST_TOGETHER: Final = 20
_ALL: Final = "all"


@dataclass(frozen=True)
class Visit:
    """A round with all that is done with it. `known`: by element, as the form shows it."""

    rounds: Sequence[Round]
    book: Book
    unified: Unified | None
    known: Mapping[str, KnownValue]
    known_rows: Mapping[str, Known] = field(default_factory=dict)

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


def visit_of(request: ActorRequest, pk: int) -> Visit:
    """Raises Http404."""
    if pk >= 2**63:
        raise Http404
    rounds, plans = _rounds(request, pk), book(known_world().stamp)
    if not rounds:
        raise Http404
    subject = rounds[0].subject_id or grid_subject_of(rounds[0].place_code)
    known = known_of([subject]).get(subject, {}) if subject else {}
    return visit_with(rounds, plans, known)


def _rounds(request: ActorRequest, pk: int) -> list[Round]:
    """What is due together; a phone that was away says itself what it did together."""
    if not from_queue(request):
        return rounds_together(request.actor, pk, timezone.now())
    named = posted(request, ("rounds",))["rounds"].split()[:_MOST_TOGETHER]
    return rounds_named(request.actor, pk, [one for text in named if (one := number(text)) is not None])


def keep_visit_look(request: ActorRequest, visit: Visit) -> None:
    """Whoever goes to a door reads what is known of it."""
    rows = list(visit.known_rows.values())
    if rows:
        read = {(rows[0].subject_id, visit.rounds[0].place_code): [*visit.known_rows]}
        keep_looks(request.actor, read, origin_of(request, FIELD))


def visit_with(rounds: Sequence[Round], plans: Book, known: Mapping[str, Known]) -> Visit:
    unified = plans.form_for([one.plan for one in rounds])
    return Visit(rounds, plans, unified, known_values(unified.form, known) if unified else {}, known)


def findings_of(request: ActorRequest, entered: Entered, visit: Visit) -> Findings:
    return Findings(
        values=entered.answers.values,
        confirmed=_confirmed(request, visit),
        reports=entered.reports,
        track=track_of(read_positions(request.POST.get("track", ""))),
        photos=entered.photos.keys,
        seen_at=_seen_at(request),
    )


def _seen_at(request: ActorRequest) -> datetime | None:
    return seen_at(request, timezone.now()) if from_queue(request) else None


def entered_in(request: ActorRequest, visit: Visit) -> Entered:
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
        "occurred_at": _occurred(request),
    }
    raw |= {"lon": here[0], "lat": here[1]} if here else {"place_code": first.place_code}
    return read_report(raw, edge_for("field", request.actor.account_id), photos.taken)


def _occurred(request: ActorRequest) -> str:
    at = _seen_at(request)
    return at.isoformat() if at else ""


def _confirmed(request: ActorRequest, visit: Visit) -> set[str]:
    """Elements that were ticked as still so."""
    ticked = set(request.POST.getlist("same"))
    fields = fields_of(visit.form) if visit.form else ()
    return {
        one.element
        for _group, one in fields
        if one.element in visit.known and one.element and ticked & {_ALL, PREFIX + one.key}
    }


def round_context(
    request: ActorRequest,
    visit: Visit,
    entered: Entered,
    refused: str = "",
    until: datetime | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """What field/round.html draws. `until`: rounds that open by then may be done already, on a phone that is away.
    `names`: see `round_views`."""
    now, form = timezone.now(), visit.form
    views = round_views(visit.rounds, visit.book, now, names=names)
    raw = raw_answers(request, form) if form else {}
    first = visit.rounds[0]
    return {
        "tab": "rounds",
        "round": views[0],
        "together": " ".join(str(one.pk) for one in visit.rounds),
        "plans": [plan for view in views for plan in view.plans],
        "patrol": first.subject_id is None,
        "form": form_view(form, raw, entered.answers.faults, known=visit.known) if form else None,
        "known": len(visit.known),
        "confirmed": request.POST.getlist("same"),
        "finds": _find_views(request, visit, entered),
        "photos": entered.photos,
        "faults": entered.told,
        "refused": refused,
        "track": request.POST.get("track", "")[:100_000],
        "open": first.state == "due" and first.opens_at <= (until or now) and now < first.due_at,
    }


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
