"""Parameters: what is in force, what is coming, and a new value from a day on."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.desk.views.page import page
from gezhi.packs.actions import set_parameter, withdraw_parameter
from gezhi.packs.parameters import ParameterLine, Value
from gezhi.packs.queries import parameters
from gezhi.packs.setting import NotSet, Wanted
from gezhi.pages.asked import posted, texts
from gezhi.pages.lengths import limit_words, units
from gezhi.pages.monitor_limits import unit_words
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import english, said
from gezhi.people.access import DESK, PARAMETERS, ActorRequest, requires

PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A parameter as the page says it."""

    line: ParameterLine
    title: str
    pack: str
    now: str
    coming: tuple[tuple[str, Value], ...]
    is_number: bool

    @property
    def key(self) -> str:
        return self.line.parameter.key


def _shown(line: ParameterLine) -> Shown:
    now, unit = line.now, unit_words(line.parameter)
    return Shown(
        line,
        said(line.parameter.title),
        said(line.pack.manifest.title),
        f"{limit_words(now.limit)} {unit}".strip() if now else "",
        tuple((f"{limit_words(value.limit)} {unit}".strip(), value) for value in line.coming),
        line.parameter.values[0].number is not None,
    )


@requires(DESK)
@require_GET
def parameter_list(request: ActorRequest) -> HttpResponse:
    typed = texts(request.GET, ("q", "pack", "coming"))
    lines = parameters(timezone.localdate())
    packs = {line.pack.manifest.name: said(line.pack.manifest.title) for line in lines}
    found = [shown for line in lines if _fits(shown := _shown(line), typed)]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "typed": typed,
        "packs": packs,
        "count": len(found),
        "shown": shown_of(request, found, PAGE),
        "query": query.urlencode(),
    }
    return page(request, "desk/parameters.html", context, at="desk:packs")


def _fits(shown: Shown, typed: dict[str, str]) -> bool:
    words = typed["q"].lower().split()
    text = f"{shown.key} {shown.line.parameter.title.zh} {shown.line.parameter.title.en}".lower()
    in_pack = typed["pack"] in ("", shown.line.pack.manifest.name)
    return in_pack and all(word in text for word in words) and (not typed["coming"] or bool(shown.coming))


@requires(DESK)
@require_GET
def parameter(request: ActorRequest, key: str) -> HttpResponse:
    return _page(request, key, {})


def _page(request: ActorRequest, key: str, more: dict[str, object], status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    line = next((line for line in parameters(today) if line.parameter.key == key), None)
    if line is None:
        raise Http404(_("没有这个参数。"))
    unit = unit_words(line.parameter)
    context = {
        "one": _shown(line),
        "unit": unit,
        "values": [(f"{limit_words(value.limit)} {unit}".strip(), value) for value in line.values],
        "units": units(),
        "today": today,
        "may_set": request.actor.may(PARAMETERS),
        "typed": {"since": today.isoformat(), "unit": "working days"},
        **more,
    }
    return page(request, "desk/parameter.html", context, at="desk:packs", status=status)


@requires(PARAMETERS)
@require_POST
def set_value(request: ActorRequest, key: str) -> HttpResponse:
    typed = posted(request, ("since", "value", "unit", "source"))
    today = timezone.localdate()
    try:
        since = parse_date(typed["since"])
    except ValueError:
        since = None
    value = f"{typed['value']} {typed['unit']}".strip()
    try:
        set_parameter(
            Wanted(key, since or today, value, typed["source"][:200]), request.actor.account_id, today
        )
    except NotSet as refused:
        return _page(request, key, {"typed": typed, "refused": _said(refused)}, status=422)
    return redirect("desk:parameter", key)


@requires(PARAMETERS)
@require_POST
def withdraw(request: ActorRequest, key: str, value_id: int) -> HttpResponse:
    try:
        withdraw_parameter(value_id, request.actor.account_id, timezone.localdate())
    except NotSet as refused:
        return _page(request, key, {"refused": _said(refused)}, status=422)
    return redirect("desk:parameter", key)


def _said(refused: NotSet) -> str:
    return refused.en if english() else refused.zh
