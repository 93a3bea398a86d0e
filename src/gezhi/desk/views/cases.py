"""The list of cases: filters as people type them, saved views, and steps on many cases at once."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.actions import Step, Who, delete_view, save_view, take
from gezhi.cases.actions.views import TooManyViews
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries import BadFilter, CaseLine, Filters, case_list, case_page, saved_views, visible
from gezhi.cases.queries.filters import SORTS
from gezhi.cases.world import World, known_world
from gezhi.cases.world import world as newest_world
from gezhi.desk.views.moving import LIST_KEYS
from gezhi.desk.views.page import page
from gezhi.desk.views.rows import rows_html
from gezhi.desk.views.split import beside_context
from gezhi.lib.codes import is_code
from gezhi.packs.shapes import Kind
from gezhi.pages.acting import category_key, category_line, unit_name, unit_named, words_of
from gezhi.pages.asked import number, posted
from gezhi.pages.lines import category_options, line_views, state_titles
from gezhi.pages.security import purpose_name
from gezhi.pages.showing import due_of, said
from gezhi.pages.tables import purposes_for
from gezhi.people.access import DESK, EXPORT, Actor, ActorRequest, requires
from gezhi.people.models import Role
from gezhi.places.queries import search_places

_PROBLEMS: Final = {
    "place": gettext_lazy("没有找到这个区域，请写全名，或区划、网格编码。"),
    "category": gettext_lazy("目录里没有这个类别，请从提示中选一个。"),
    "unit": gettext_lazy("没有找到这个单位，请写全称。"),
    "since": gettext_lazy("“收到起”应是日期，例如 2026-07-01。"),
    "until": gettext_lazy("“收到止”应是日期，例如 2026-07-01。"),
}
_BAD: Final = gettext_lazy("有一个条件看不懂，已略过。请清除后重选。")
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """`filters`: as the query takes them; `typed`: as the form shows them again."""

    filters: Filters
    typed: dict[str, str]
    faults: dict[str, str]


def asked_of(query: Mapping[str, str], world: World) -> Asked:
    """A filter that cannot be understood is left out and named. At most one statement, for a place's name."""
    typed = {field.name: query.get(field.name, "").strip()[:120] for field in dataclasses.fields(Filters)}
    plain = typed | {
        "category": category_key(typed["category"], world) if typed["category"] else "",
        "place": _place(typed["place"]),
        "unit": _unit(typed["unit"], world),
    }
    faults = {
        name: str(_PROBLEMS[name])
        for name in ("category", "place", "unit")
        if typed[name] and not plain[name]
    }
    filters = Filters()
    for name, value in plain.items():
        try:
            filters = Filters.read({**dataclasses.asdict(filters), name: value})
        except BadFilter as bad:
            faults[bad.field] = str(_PROBLEMS.get(bad.field, _BAD))
    return Asked(filters, typed | _shown(filters, world), faults)


def _place(typed: str) -> str:
    if not typed or is_code(typed):
        return typed
    found = search_places(typed, settings.NODE_PLACE, limit=1)
    return found[0][0] if found else ""


def _unit(typed: str, world: World) -> str:
    if typed.isascii() and typed.isdigit():
        return typed
    return str(unit_named(typed, world) or "") if typed else ""


def _shown(filters: Filters, world: World) -> dict[str, str]:
    """Keys and numbers of an address, in words."""
    shown: dict[str, str] = {}
    if filters.category:
        category = world.catalogue.category(filters.category)
        shown["category"] = category_line(category.code, said(category.name))
    if filters.unit and (unit := world.directory.units.get(int(filters.unit))):
        shown["unit"] = unit_name(unit)
    return shown


@requires(DESK)
@require_GET
def cases(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    asked = asked_of(request.GET.dict(), world)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        found = case_list(request.actor, asked.filters, now, "" if before else after, before=before)
    except BadFilter:
        return redirect(f"{reverse('desk:cases')}?{asked.filters.query_string()}")
    query, choosing = asked.filters.query_string(), _dispatches(request.actor)
    rows = line_views(found.lines, world, now)
    context = {
        "rows": rows,
        "drawn": rows_html(rows, choosing),
        "filters": asked.typed,
        "faults": asked.faults,
        "query": query,
        "first": query if after or before else None,
        "next": f"{query}&after={found.next}".lstrip("&") if found.next else "",
        "prev": f"{query}&before={found.prev}".lstrip("&") if found.prev else "",
        "sorts": _sorts(asked.filters),
        "spots": _spots(found.lines, now),
        "keys": LIST_KEYS,
        "views": saved_views(request.actor.account_id),
        "states": state_titles(world.catalogue).items(),
        "categories": category_options(world),
        "choosing": choosing,
        "may_export": request.actor.may(EXPORT),
        "purposes": [(key, purpose_name(key)) for key in purposes_for(request.actor)],
        "find": asked.filters.text,
    }
    return page(request, "desk/cases.html", context | _chosen(request, context["query"]), at="desk:cases")


def _chosen(request: ActorRequest, query: object) -> dict[str, object]:
    """The case that stands beside the list, if one was chosen and is in sight."""
    number = request.GET.get("case", "")[:24]
    found = case_page(request.actor, number, timezone.now()) if number else None
    return beside_context(request, found, str(query)) | {"chosen": number} if found else {}


def _sorts(filters: Filters) -> dict[str, str]:
    """The addresses of the same list in another order, and the order that it has."""
    return {sort: filters.query_string(sort=sort) for sort in SORTS} | {"now": filters.sort}


def _spots(lines: Sequence[CaseLine], now: datetime) -> list[list[object]]:
    """As the map's points: id, number, lon, lat, status, category, place, due."""
    return [
        [line.id, line.number, line.lon, line.lat, _status(line, now), line.category, line.place_code, None]
        for line in lines
        if line.lon is not None
    ]


def _status(line: CaseLine, now: datetime) -> str:
    due = due_of(line.due_at, now) if line.is_open else None
    return due.level if due and due.level != "calm" else "open"


def _dispatches(actor: Actor) -> bool:
    return any(post.role == Role.DISPATCHER for post in actor.posts)


@requires(DESK)
@require_POST
def save(request: ActorRequest) -> HttpResponse:
    name, query = posted(request, ("name", "query")).values()
    back = redirect(f"{reverse('desk:cases')}?{query}")
    if not name:
        messages.warning(request, _("请给视图起个名字。"), "soon")
        return back
    try:
        save_view(request.actor.account_id, name, query)
        messages.success(request, _("已存为视图“%(name)s”。") % {"name": name}, "good")
    except TooManyViews:
        messages.warning(request, _("最多 30 个视图，请先删掉不用的。"), "soon")
    return back


@requires(DESK)
@require_POST
def forget(request: ActorRequest, view_id: int) -> HttpResponse:
    delete_view(request.actor.account_id, view_id)
    return redirect("desk:cases")


@requires(DESK)
@require_POST
def bulk(request: ActorRequest) -> HttpResponse:
    """The same step on every chosen case; what cannot be done says why, the rest is done."""
    kind = Kind.DISPATCH if request.POST.get("do") == "dispatch" else Kind.ACCEPT
    steps = _steps(request.actor, chosen_cases(request), kind, newest_world())
    outcomes = take(steps) if steps else []
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    done = len(outcomes) - len(failures)
    if done:
        said_done = _("办好 %(n)s 件。") % {"n": done}
        messages.success(request, said_done, "good")
    if not steps:
        messages.warning(request, _("请先勾选案件；没有建议单位的案件要一件一件派。"), "soon")
    for reason in sorted({_why(failure) for failure in failures}):
        messages.warning(request, reason, "soon")
    return redirect(f"{reverse('desk:cases')}?{request.POST.get('query', '')}")


def chosen_cases(request: ActorRequest) -> dict[int, int]:
    """case id -> the version that was on the screen."""
    pairs = (value.partition(":") for value in request.POST.getlist("case")[:_AT_ONCE])
    numbers = ((number(pk), number(version)) for pk, _colon, version in pairs)
    return {pk: version for pk, version in numbers if pk is not None and version is not None}


def _steps(actor: Actor, chosen: Mapping[int, int], kind: Kind, world: World) -> list[Step]:
    rows = Case.objects.filter(visible(actor), id__in=chosen).only(
        "id", "pack_version_id", "procedure", "suggested_unit_id"
    )
    steps = []
    for case in rows:
        procedure = world.catalogue.procedure(case.pack_version_id, case.procedure)
        key = next((step.key for step in procedure.transitions if step.kind is kind), "")
        given = Given(unit_id=case.suggested_unit_id) if kind is Kind.DISPATCH else Given()
        if key and (given.unit_id or kind is Kind.ACCEPT):
            steps.append(Step(case.pk, key, Who(actor=actor), given, chosen[case.pk]))
    return steps


def _why(failure: Exception) -> str:
    return words_of(failure) if isinstance(failure, Refused) else _("有案件刚被别人办过，请看新情况。")
