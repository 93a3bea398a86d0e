"""The inbox: what happened that concerns whoever is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.actions.seeing import mark_seen
from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.queries.inbox import InboxLine, inbox
from gezhi.cases.queries.inbox_powers import KINDS as POWERS
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import inbox_sources, page
from gezhi.pages.acting import unit_name
from gezhi.pages.security import level_name
from gezhi.pages.sensing import told_words
from gezhi.pages.showing import Due, due_of, role_name, said
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.people.models import Account

KINDS: Final = {
    "": gettext_lazy("全部"),
    "mention": gettext_lazy("提到我"),
    "work": gettext_lazy("新任务"),
    "calls": gettext_lazy("吹哨与联办"),
    "cards": gettext_lazy("督办"),
    "asked": gettext_lazy("待审批"),
    "appeal": gettext_lazy("申诉"),
    "sensed": gettext_lazy("感知预警"),
    "warnings": gettext_lazy("安全预警"),
    "powers": gettext_lazy("岗位与紧急查看"),
    "jobs": gettext_lazy("后台任务"),
}
_KINDS_OF: Final = {
    "mention": {"mention"},
    "work": {"lead", "opened"},
    "calls": {"whistle", "joint"},
    "cards": {"yellow", "red", "order"},
    "asked": {"asked"},
    "appeal": {"appeal"},
    "sensed": {"sensed"},
    "warnings": {"warning"},
    "powers": set(POWERS),
    "jobs": {"import", "training"},
}
_ICONS: Final = {
    "mention": "pen",
    "yellow": "card-yellow",
    "red": "card-red",
    "order": "above",
    "asked": "check",
    "appeal": "evaluate",
    "warning": "shield",
    "sensed": "soon",
    "glass": "stop",
    "glass-reviewed": "check",
    "delegated": "user",
    "nominated": "user",
    "nomination-decided": "user",
    "import": "file",
    "training": "learn",
}


@dataclass(frozen=True, slots=True)
class LineView:
    title: str
    words: str
    icon: str
    at: datetime
    new: bool
    number: str
    case_title: str
    link: str
    due: Due | None


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the lines name. Cases that have left the person's sight are not among them."""

    cases: Mapping[int, tuple[str, str, str, bool]]  # number, title, procedure, open
    people: Mapping[int, str]
    world: World


@requires(DESK)
@require_GET
def lines(request: ActorRequest) -> HttpResponse:
    now, me, kind = timezone.now(), request.actor.account_id, request.GET.get("kind", "")
    wanted = _KINDS_OF.get(kind)
    sources = [one for one in inbox_sources(request) if wanted is None or wanted.intersection(one.kinds)]
    found = inbox(sources, me, now, _before(request))
    kept = [line for line in found.lines if wanted is None or line.kind in wanted]
    context = {
        "lines": _line_views(kept, request, now),
        "kinds": [(key, title, key == kind) for key, title in KINDS.items()],
        "kind": kind if kind in KINDS else "",
        "next": found.next.isoformat() if found.next else "",
        "later": "before" in request.GET,
        "inbox_current": True,
    }
    return page(request, "desk/inbox.html", context)


def _before(request: ActorRequest) -> datetime | None:
    try:
        at = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return at if at and at.tzinfo else None


@requires(DESK)
@require_POST
def seen(request: ActorRequest) -> HttpResponse:
    mark_seen(request.actor.account_id, timezone.now())
    return redirect("desk:inbox")


def _line_views(found: Sequence[InboxLine], request: ActorRequest, now: datetime) -> list[LineView]:
    """Two statements, for the names of cases and people. A line about a case that has left the person's sight goes
    with it."""
    ids = {line.case_id for line in found if line.case_id}
    cases = Case.objects.filter(visible(request.actor), id__in=ids) if ids else Case.objects.none()
    columns = ("id", "number", "title", "procedure", "is_open")
    accounts = {line.account_id for line in found if line.account_id}
    names = Names(
        {row[0]: row[1:] for row in cases.values_list(*columns)},
        dict(Account.objects.filter(id__in=accounts).values_list("id", "name")) if accounts else {},
        known_world(),
    )
    return [_line_view(one, names, now) for one in found if one.case_id is None or one.case_id in names.cases]


def _line_view(line: InboxLine, names: Names, now: datetime) -> LineView:
    number, title, procedure, is_open = names.cases.get(line.case_id or 0, ("", "", "", False))
    heading, words = _told(line, procedure, names)
    return LineView(
        title=heading,
        words=words,
        icon=_ICONS.get(line.kind, "dispatch"),
        at=line.at,
        new=line.new,
        number=number,
        case_title=title,
        link=_link(line, number),
        due=due_of(line.due_at, now) if is_open else None,
    )


def _link(line: InboxLine, number: str) -> str:
    if line.kind == "import":
        return reverse("desk:import-run", args=[line.link])
    if line.kind == "training":
        return reverse("desk:classifier")
    if line.kind == "appeal":
        return reverse("desk:appeals")
    if line.kind in POWERS:
        return _power_link(line)
    if line.kind == "warning":
        return reverse("desk:security-warning", args=[line.ref])
    if line.kind == "sensed":
        return reverse("desk:sensed-warning", args=[line.ref])
    return reverse("desk:case", args=[number]) + (f"#note-{line.ref}" if line.kind == "mention" else "")


def _told(line: InboxLine, procedure: str, names: Names) -> tuple[str, str]:
    """What it is, in words, and what was said with it."""
    unit = names.world.directory.units.get(line.unit_id or 0)
    given = {
        "who": names.people.get(line.account_id or 0, _("系统")),
        "unit": unit_name(unit) if unit else _("本案"),
    }
    if line.kind in POWERS:
        return _power_told(line, given), line.words
    if line.kind == "asked":
        return _("“%(step)s”待审批") % {"step": _step_title(line.words, procedure, names.world)}, ""
    if line.kind == "warning":
        return _warning_told(line.words, names.world), ""
    if line.kind == "sensed":
        return told_words(line.words), _("网格无人确认，请接手") if line.link else ""
    if line.kind == "import":
        return _import_told(line.words), ""
    if line.kind == "training":
        return (_("自动分类训练完成") if line.words == "done" else _("自动分类训练失败")), ""
    if line.kind == "appeal":
        return (
            _("%(unit)s 的申诉成立") if line.link == "accepted" else _("%(unit)s 的申诉不成立")
        ) % given, line.words
    return str(_TOLD[line.kind]) % given, line.words


_TOLD: Final = {
    "mention": gettext_lazy("%(who)s 提到您"),
    "lead": gettext_lazy("新派给 %(unit)s"),
    "opened": gettext_lazy("您的网格有新案件"),
    "whistle": gettext_lazy("%(unit)s 被吹哨，请报到"),
    "joint": gettext_lazy("%(unit)s 被邀请联办"),
    "yellow": gettext_lazy("%(unit)s 收到黄牌"),
    "red": gettext_lazy("%(unit)s 收到红牌"),
    "order": gettext_lazy("%(unit)s 收到督办单，请答复"),
}


def _power_link(line: InboxLine) -> str:
    """Whoever leads reads of an emergency look here; whoever reviews goes on to it."""
    if line.kind == "glass":
        return reverse("desk:audit-glass") + f"#glass-{line.ref}" if line.link else ""
    return reverse("desk:duty" if line.kind in ("glass-reviewed", "delegated") else "desk:staffing")


def _power_told(line: InboxLine, given: Mapping[str, str]) -> str:
    if line.kind == "glass":
        return _("%(who)s 紧急查看了岗位之外的案件") % given
    if line.kind == "glass-reviewed":
        told = _("您的紧急查看已复核：认可") if line.link == "accepted" else _("您的紧急查看已复核：有异议")
    elif line.kind == "delegated":
        told = _("%(who)s 把岗位委托给您：%(role)s") % {**given, "role": role_name(line.link)}
    elif line.kind == "nominated":
        told = _("%(who)s 提名了一位%(role)s，等您审批") % {**given, "role": role_name(line.link)}
    else:
        told = _("您的提名已获同意") if line.link == "granted" else _("您的提名未获同意")
    return told


def _step_title(key: str, procedure: str, world: World) -> str:
    steps = (step for one in world.catalogue.procedures if one.key == procedure for step in one.transitions)
    return next((said(step.title) for step in steps if step.key == key), key)


def _warning_told(words: str, world: World) -> str:
    """`words`: the rule and the level."""
    rule, level = words.rsplit(" ", 1)
    owned = world.catalogue.warnings.get(rule)
    return _("%(level)s预警：%(what)s") % {
        "level": level_name(int(level)),
        "what": said(owned.thing.title) if owned else rule,
    }


def _import_told(words: str) -> str:
    """`words`: name, state, added, refused, the last three without blanks."""
    name, state, added, refused = words.rsplit(" ", 3)
    given = {"name": name, "added": added, "refused": refused}
    told = (
        _("导入完成：%(name)s，新增 %(added)s 条，退回 %(refused)s 条")
        if state == "done"
        else _("导入失败：%(name)s")
    )
    return told % given
