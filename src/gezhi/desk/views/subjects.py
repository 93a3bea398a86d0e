"""What is visited: the list, one by hand, a list from a file; and who needs which element."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.procedure import Refused
from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.desk.views.rounds import place_of
from gezhi.packs.forms import Said
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.masks import origin_of
from gezhi.pages.rounds import KINDS, known_text, round_views, source_words
from gezhi.pages.showing import english, said
from gezhi.people.access import PLAN, ActorRequest, requires
from gezhi.places.queries import place_names
from gezhi.rounds.actions import import_subjects, may_plan, move_subject, save_subject
from gezhi.rounds.actions.looking import keep_looks
from gezhi.rounds.book import Book
from gezhi.rounds.listing import BadFilter, SubjectFilters, read_subject_filters
from gezhi.rounds.models import Subject
from gezhi.rounds.queries import book, histories, readable, subjects_in_sight, subjects_matching
from gezhi.rounds.reading import Ground, SubjectFile, decoded, read_subject, read_subjects

_SHOWN: Final = 50
_FAULTS: Final = 200
_PREVIEW: Final = 10
_LARGEST: Final = 4 * 1024 * 1024
_DEEPEST: Final = 10_000
_AT: Final = "desk:rounds"
_FIELDS: Final = ("kind", "code", "name", "address", "place_code", "lon", "lat")


def ground_for(request: ActorRequest) -> Ground:
    world = known_world()
    locate = world.locator.locate_one if world.locator else lambda lon, lat: ""
    return Ground(
        book(world.stamp),
        world.places,
        lambda lon, lat: locate(lon, lat) or "",
        lambda place: may_plan(request.actor, place),
    )


@requires(PLAN)
@require_GET
def subjects(request: ActorRequest) -> HttpResponse:
    typed = texts(request.GET, ("kind", "place", "text", "gone"))
    filters, fault = _filters(typed)
    start = min(number(request.GET.get("from", "")) or 0, _DEEPEST)
    found = list(subjects_matching(request.actor, filters)[start : start + _SHOWN + 1])
    names = place_names(one.place_code for one in found)
    query = request.GET.copy()
    query.pop("from", None)
    context = {
        "rows": [(one, KINDS[one.kind], names.get(one.place_code, "")) for one in found[:_SHOWN]],
        "asked": typed,
        "fault": fault,
        "kinds": KINDS.items(),
        "query": query.urlencode(),
        "next": start + _SHOWN if len(found) > _SHOWN and start < _DEEPEST else None,
        "earlier": start > 0,
    }
    return page(request, "desk/subjects.html", context, at=_AT)


def _filters(typed: Mapping[str, str]) -> tuple[SubjectFilters, str]:
    try:
        return read_subject_filters({**typed, "place": place_of(typed["place"])}), ""
    except BadFilter:
        return SubjectFilters(), _("有一个条件看不懂，已略过。")


@dataclass(frozen=True, slots=True)
class KnownLine:
    element: str
    title: str
    text: str
    since: str
    confirmed: str
    until: str
    source: str


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def subject(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    found = _found(request, pk) if pk is not None else None
    if request.method == "GET":
        return _subject_page(request, found, _given(found), {})
    asked = posted(request, (*_FIELDS, "do"))
    try:
        if found and asked["do"] in ("close", "open"):
            move_subject(request.actor, found.pk, asked["do"] == "open")
            return redirect("desk:subject", found.pk)
        row, wrong = read_subject(asked, ground_for(request))
        if wrong:
            return _subject_page(request, found, asked, _said(wrong), status=422)
        saved = save_subject(request.actor, row, found.pk if found else None)
    except Refused as refused:
        return _subject_page(request, found, asked, {"name": words_of(refused)}, status=422)
    messages.success(request, _("已保存“%(name)s”。") % {"name": saved.name}, "good")
    return redirect("desk:subject", saved.pk)


def _found(request: ActorRequest, pk: int) -> Subject:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(subjects_in_sight(request.actor), pk=pk)


def _given(found: Subject | None) -> dict[str, str]:
    if found is None:
        return dict.fromkeys(_FIELDS, "")
    return {name: "" if (value := getattr(found, name)) is None else str(value) for name in _FIELDS}


def _said(wrong: Mapping[str, Said]) -> dict[str, str]:
    return {name: words[1 if english() else 0] for name, words in wrong.items()}


def _subject_page(
    request: ActorRequest,
    found: Subject | None,
    given: Mapping[str, str],
    faults: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    plans = book(known_world().stamp)
    rounds = found.rounds.select_related("subject").order_by("-due_at")[:20] if found else ()
    place = found.place_code if found else ""
    known = _known_lines(request, found, plans) if found else []
    if found:
        read = {(found.pk, found.place_code): {line.element for line in known}}
        keep_looks(request.actor, read, origin_of(request))
    context = {
        "subject": found,
        "kind": KINDS.get(found.kind, "") if found else "",
        "place": place_names([place]).get(place, place) if place else "",
        "given": given,
        "faults": faults,
        "kinds": [(key, words) for key, words in KINDS.items() if key != "grid"],
        "known": known,
        "rows": round_views(rounds, plans, timezone.now()),
    }
    return page(request, "desk/subject.html", context, at=_AT, status=status)


def _known_lines(request: ActorRequest, found: Subject, plans: Book) -> list[KnownLine]:
    elements = plans.elements_about(found.kind)
    may = readable(request.actor, elements, found.place_code, known_world().directory)
    return [
        KnownLine(
            one.element,
            said(elements[one.element].title),
            known_text(plans, one.element, one.value),
            f"{localtime(one.since):%Y-%m-%d}",
            f"{localtime(one.confirmed_at):%Y-%m-%d}",
            f"{localtime(one.until):%Y-%m-%d}" if one.until else "",
            source_words(one.source),
        )
        for one in histories(found.pk, may)
    ]


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def import_list(request: ActorRequest) -> HttpResponse:
    """Looked at first: the page carries the text, so that what is imported is what was seen."""
    if request.method == "GET":
        return page(request, "desk/subject_import.html", _headings_help(), at=_AT)
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        text, name = decoded(upload.read(_LARGEST + 1)), (upload.name or "")[:60]
        large = (upload.size or 0) > _LARGEST
    else:
        text, name = request.POST.get("text", ""), posted(request, ("name",))["name"][:60]
        large = len(text) > _LARGEST
    if large or not text.strip():
        refused = _("请选一个不超过 4 MB 的 CSV 文件。")
        return page(
            request, "desk/subject_import.html", _headings_help() | {"refused": refused}, at=_AT, status=422
        )
    return _imported(request, text, name, read_subjects(text, ground_for(request)))


def _imported(request: ActorRequest, text: str, name: str, read: SubjectFile) -> HttpResponse:
    ready = bool(read.rows) and not read.faults
    if ready and request.POST.get("do") == "import":
        try:
            done = import_subjects(request.actor, read.rows, name or "CSV")
        except Refused as refused:
            context = _headings_help() | {"refused": words_of(refused)}
            return page(request, "desk/subject_import.html", context, at=_AT, status=422)
        counts = {"added": done.added, "changed": done.changed}
        messages.success(request, _("已导入：新增 %(added)s，更新 %(changed)s。") % counts, "good")
        return redirect("desk:subjects")
    context = _headings_help() | {
        "text": text.replace("\0", ""),
        "name": name,
        "ready": ready,
        "count": len(read.rows),
        "preview": read.rows[:_PREVIEW],
        "faults": [(one, one.problem[1 if english() else 0]) for one in read.faults[:_FAULTS]],
        "fault_count": len(read.faults),
    }
    return page(request, "desk/subject_import.html", context, at=_AT, status=422 if read.faults else 200)


def _headings_help() -> dict[str, object]:
    elements = book(known_world().stamp).elements
    return {"elements": [(key, said(one.title), KINDS[one.about]) for key, one in elements.items()]}


@dataclass(frozen=True, slots=True)
class ElementView:
    key: str
    title: str
    about: str
    purpose: str
    standard: str
    asked_by: list[tuple[str, str, str]]
    picked_by: list[str]
    readers: list[str]


@requires(PLAN)
@require_GET
def elements(request: ActorRequest) -> HttpResponse:
    plans = book(known_world().stamp)
    context = {"elements": [_element(key, plans) for key in plans.elements]}
    return page(request, "desk/elements.html", context, at=_AT)


def _element(key: str, plans: Book) -> ElementView:
    one = plans.elements[key]
    return ElementView(
        key=key,
        title=said(one.title),
        about=str(KINDS[one.about]),
        purpose=said(one.purpose),
        standard=one.standard,
        asked_by=[
            (said(d.card.pack_title), said(d.card.plan.title), said(d.question)) for d in plans.demands(key)
        ],
        picked_by=[said(card.plan.title) for card in plans.picks(key)],
        readers=[said(plans.functions[f].name) for f in one.readers if f in plans.functions],
    )
