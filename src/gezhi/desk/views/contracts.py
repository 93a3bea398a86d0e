"""Contractors: what they may do, what they cost, how good it was; signing, publishing, ending, marking."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.queries.costs import (
    Cost,
    CostLine,
    cost_lines,
    costs,
    total_of,
    unit_costs,
    was_finished_under,
)
from gezhi.cases.world import known_world
from gezhi.cases.world import world as newest_world
from gezhi.desk.views.lists import PAGE, function_options
from gezhi.desk.views.page import page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.contracts import (
    METHODS,
    PRICES,
    Draft,
    contract_line,
    contract_view,
    draft_of,
    unit_line,
    yuan,
)
from gezhi.pages.lines import category_options
from gezhi.pages.paging import shown_of
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import CONTRACTS, DESK, EXPORT, Actor, ActorRequest, requires
from gezhi.people.actions import end_contract, mark_quality, publish_purchase, sign_contract
from gezhi.people.actions.contracts import CannotChange
from gezhi.people.directory import CONTRACTOR
from gezhi.people.marking import marking_post, may_mark
from gezhi.people.models import Contract
from gezhi.people.queries.contracts import Found, contracts_found
from gezhi.places.queries import place_names

_CASES: Final = 50
_MOST: Final = 2000


@requires(DESK)
@require_GET
def contracts(request: ActorRequest) -> HttpResponse:
    today, typed = timezone.localdate(), texts(request.GET, ("text", "standing"))
    found = list(contracts_found(Found(typed["text"], typed["standing"]), today)[:_MOST])
    shown = shown_of(request, found, PAGE)
    cost = costs(found)
    units = {one.unit_id: one.unit for one in found}
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "lines": [contract_line(one, cost[one.pk], today) for one in shown.object_list],
        "units": [unit_line(units[pk], total_of(held)) for pk, held in unit_costs(cost).items()],
        "typed": typed,
        "query": query.urlencode(),
        "may_sign": request.actor.may(CONTRACTS),
        "may_export": request.actor.may(EXPORT),
    }
    return page(request, "desk/contracts.html", context, at="desk:contracts")


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    """Cost per contract, and per unit with `by=unit`."""
    today, typed = timezone.localdate(), texts(request.GET, ("text", "standing"))
    found = list(contracts_found(Found(typed["text"], typed["standing"]), today))
    cost = costs(found)
    if request.GET.get("by") == "unit":
        names = {one.unit_id: one.unit.name for one in found}
        rows = [[names[unit], *_figures(total_of(held))] for unit, held in unit_costs(cost).items()]
        table = Table("contractors", _("外包单位费用"), [_("单位"), *_figure_names()], rows)
        return table_file(request, table)
    lines = [[one.number, one.title, one.unit.name, *_figures(cost[one.pk])] for one in found]
    headings = [_("合同编号"), _("名称"), _("单位"), *_figure_names()]
    return table_file(request, Table("contracts", _("合同费用"), headings, lines))


def _figure_names() -> list[str]:
    return [_("费用（元）"), _("案件数"), _("每件（元）"), _("重办件数"), _("质量评分")]


def _figures(cost: Cost) -> list[object]:
    per_case = "" if cost.per_case is None else cost.per_case / 100
    return [
        cost.cents / 100,
        cost.cases,
        per_case,
        cost.reopened,
        "" if cost.mark is None else round(cost.mark, 2),
    ]


@requires(DESK)
@require_GET
def contract(request: ActorRequest, pk: int) -> HttpResponse:
    found, world, today = _contract(pk), known_world(), timezone.localdate()
    cost = costs([found])[pk]
    after = number(request.GET.get("after", "")) or 0
    lines = _shown_to(request.actor, cost_lines(found, _CASES + 1, after))
    names = place_names([*found.places, *(line.place_code for line in lines)])
    marks = may_mark(request.actor, found.ordered_by_id, found.ordered_by.place_code)
    context = {
        "contract": contract_view(found, cost, today, world, names),
        "cost": cost,
        "cases": [(line, names.get(line.place_code, ""), yuan(line.cents)) for line in lines[:_CASES]],
        "next": after + _CASES if len(lines) > _CASES else None,
        "may_change": request.actor.may(CONTRACTS) and found.ended_on is None,
        "may_mark": marks,
        "today": today,
    }
    return page(request, "desk/contract.html", context, at="desk:contracts")


def _shown_to(actor: Actor, lines: Sequence[CostLine]) -> list[CostLine]:
    """What a case is about, and how it was done, is told to those who see the case; the others read what it cost."""
    ids = [line.case_id for line in lines]
    seen = set(Case.objects.filter(visible(actor), id__in=ids).values_list("id", flat=True))
    return [line if line.case_id in seen else replace(line, title="", reason="") for line in lines]


def _contract(pk: int) -> Contract:
    found = Contract.objects.select_related("unit", "ordered_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@requires(CONTRACTS)
@require_http_methods(["GET", "POST"])
def sign(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return _form(request, Draft({}, []))
    numbers = list(Contract.objects.values_list("number", flat=True))
    draft = draft_of(request.POST, newest_world(), numbers)
    if draft.terms is None:
        return _form(request, draft, status=422)
    try:
        made = sign_contract(draft.terms, request.actor.account_id, timezone.now())
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
        return _form(request, draft, status=422)
    messages.success(request, _("合同 %(number)s 已登记。") % {"number": made.number}, "good")
    return redirect("desk:contract", made.pk)


def _form(request: ActorRequest, draft: Draft, status: int = 200) -> HttpResponse:
    world = known_world()
    units = sorted(world.directory.units.values(), key=lambda unit: unit.name)
    context = {
        "typed": draft.typed,
        "faults": draft.faults,
        "chosen": draft.functions,
        "contractors": [(str(unit.id), unit.name) for unit in units if unit.kind == CONTRACTOR],
        "functions": function_options(world),
        "prices": PRICES.items(),
        "methods": METHODS.items(),
        "categories": category_options(world),
    }
    return page(request, "desk/contract_new.html", context, at="desk:contracts", status=status)


@requires(CONTRACTS)
@require_POST
def change(request: ActorRequest, pk: int) -> HttpResponse:
    """Publishing the purchase, or ending the contract before its term."""
    do, on, reason = posted(request, ("do", "on", "reason")).values()
    try:
        if do == "publish":
            publish_purchase(_contract(pk).pk, request.actor.account_id, timezone.now())
            messages.success(request, _("采购已公示，任何人都能看到。"), "good")
        else:
            _end(pk, on, reason, request.actor)
            messages.success(request, _("合同已终止。"), "good")
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
    except (CannotChange, ValueError):
        messages.warning(request, _("没有办成：请写理由，日期应在合同期内；已办过的不能再办。"), "soon")
    return redirect("desk:contract", pk)


def _end(pk: int, on: str, reason: str, actor: Actor) -> None:
    if not reason:
        raise CannotChange("A contract is ended with a reason.")
    end_contract(_contract(pk).pk, date.fromisoformat(on), reason, actor.account_id)


@requires(DESK)
@require_POST
def mark(request: ActorRequest, pk: int) -> HttpResponse:
    found, given = _contract(pk), posted(request, ("case", "mark", "reason"))
    case = was_finished_under(found, given["case"])
    post = marking_post(request.actor, found.ordered_by_id, found.ordered_by.place_code)
    if post is None:
        messages.warning(request, _("只有订立单位或其上级的核查员能评质量。"), "soon")
    elif case is None:
        messages.warning(request, _("这个案件不是按本合同办结的。"), "soon")
    else:
        _mark(request, pk, case, (number(given["mark"]) or 0, given["reason"][:300]), post.for_id)
    return redirect("desk:contract", pk)


def _mark(request: ActorRequest, pk: int, case: int, said: tuple[int, str], for_id: int | None) -> None:
    acting = [request.actor.account_id, *filter(None, [for_id])]
    try:
        mark_quality(pk, case, *said, acting, timezone.now())
        messages.success(request, _("质量评分已记下。"), "good")
    except CannotChange:
        messages.warning(request, _("请评 1 到 5，写明理由；不能评本单位的质量。"), "soon")
