"""Proposing a change of the lists: its fields become a report, and the report a case of its own."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import NewReport, Unreadable
from gezhi.cases.world import World, known_world
from gezhi.desk.views.lists import function_options
from gezhi.desk.views.page import page
from gezhi.lib.codes import LEVELS, VILLAGE
from gezhi.pages.acting import category_key
from gezhi.pages.asked import posted, texts
from gezhi.pages.duty_lists import category_name, level_name
from gezhi.pages.lines import category_options
from gezhi.pages.place_choice import place_of
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.people.lists import FIELDS, BadChange, read_change
from gezhi.people.staffing import Known

CATEGORY: Final = "list-change"
_PROBLEMS: Final = {
    "list": gettext_lazy("请选是哪一个清单。"),
    "action": gettext_lazy("请选怎样变更。"),
    "category": gettext_lazy("目录里没有这个类别，请从提示中选一个。"),
    "level": gettext_lazy("请选层级。"),
    "function": gettext_lazy("请选职责。"),
    "place_code": gettext_lazy("没有找到这个区域，请写全名，或区划、网格编码。"),
    "admitted": gettext_lazy("请选是否准入。"),
    "law": gettext_lazy("请写依据的法律法规或文件，200 字以内。"),
    "article": gettext_lazy("条款太长了，请写 60 字以内。"),
    "valid_from": gettext_lazy("请写生效日期，例如 2027-01-01。"),
    "valid_to": gettext_lazy("失效日期应晚于生效日期，例如 2028-01-01。"),
    "text": gettext_lazy("请写明为什么要变更，4000 字以内。"),
}


@requires(DESK)
@require_http_methods(["GET", "POST"])
def propose(request: ActorRequest) -> HttpResponse:
    world = known_world()
    if CATEGORY not in world.catalogue.categories:
        return page(request, "desk/propose.html", {"unpublished": True}, at="desk:lists")
    if request.method == "GET":
        return _page(request, world, texts(request.GET, (*FIELDS, "text")), {})
    typed = posted(request, (*FIELDS, "text"))
    answers = _answers(typed, world)
    report, faults = _read(answers, typed["text"], request.actor.account_id, world)
    if report is None or faults:
        return _page(request, world, typed, faults, status=422)
    return redirect(reverse("desk:case", args=[submit(report).case_number]))


def _answers(typed: Mapping[str, str], world: World) -> dict[str, str]:
    """The form's answers with keys for what was typed by name; of the other list's fields none."""
    category = typed["category"]
    answers = {key: typed[key] for key in FIELDS}
    answers["category"] = category if category == "*" else category_key(category, world) or category
    answers["place_code"] = place_of(typed["place_code"], world) or typed["place_code"]
    other = ("level", "function") if typed["list"] == "admission" else ("place_code", "admitted")
    return {key: value for key, value in answers.items() if value and key not in other}


def _read(
    answers: Mapping[str, str], text: str, account_id: int, world: World
) -> tuple[NewReport | None, dict[str, str]]:
    faults = {} if text else {"text": str(_PROBLEMS["text"])}
    try:
        read_change(answers, known_of(world, answers.get("place_code", "")), "proposal")
    except BadChange as bad:
        return None, faults | {fault.field: str(_PROBLEMS[fault.field]) for fault in bad.faults}
    form: dict[str, object] = dict(answers)
    if "admitted" in answers:
        form["admitted"] = answers["admitted"] == "true"
    raw: dict[str, object] = {"text": text, "category": CATEGORY, "attributes": form}
    raw["place_code"] = answers.get("place_code") or world.root
    try:
        return read_report(raw, edge_for("desk", account_id), ()), faults
    except Unreadable as bad:
        return None, faults | {_field(fault.field): str(_words(fault.field)) for fault in bad.faults}


def _field(name: str) -> str:
    return name.removeprefix("attributes.")


def _words(name: str) -> object:
    return _PROBLEMS.get(_field(name), _("有一项内容没能读懂，请改一改再提交。"))


def known_of(world: World, place: str) -> Known:
    """What a change may name."""
    return Known(
        functions=frozenset(world.catalogue.functions),
        categories=world.catalogue.reportable_keys,
        places=frozenset({place} if place in world.places else ()),
        units=frozenset(),
    )


def _page(
    request: ActorRequest,
    world: World,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    context = {
        "typed": typed,
        "faults": faults,
        "functions": function_options(world),
        "levels": [(LEVELS[level], level_name(level)) for level in range(VILLAGE + 1)],
        "categories": category_options(world),
        "about": category_name(world.catalogue, typed.get("category", "")),
    }
    return page(request, "desk/propose.html", context, at="desk:lists", status=status)
