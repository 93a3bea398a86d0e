"""A page of the desk: the menu that the person's posts give, and the frame around the content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezhi.cases.queries.inbox import Source, sources_of, unseen
from gezhi.cases.queries.inbox_powers import power_sources
from gezhi.cases.world import known_world
from gezhi.insight.queries.inbox import appeal_sources
from gezhi.pages.lagging import lag_notes
from gezhi.people.access import (
    AUDIT,
    CALLBACK,
    CIRCLES,
    COMMAND,
    COUNTER,
    DESK,
    IMPORT,
    KEEPING,
    OVERSEE,
    PARAMETERS,
    PHRASES,
    PLAN,
    REPORT_AS_AGENT,
    REPORT_FOR_OTHERS,
    REPORT_FROM_FIELD,
    RIGHTS,
    SECURITY,
    STAFFING,
    TEACH,
    TRIAGE,
    VOUCHED,
    ActorRequest,
)
from gezhi.security.queries.inbox import warning_sources
from gezhi.sensing.queries.posts import told_sources

_MENU: Final = (
    (
        "",
        (
            ("desk:home", "home", _("工作台"), DESK),
            ("command:wall", "pin", _("指挥中心"), COMMAND),
            ("desk:triage", "dispatch", _("受理派遣"), TRIAGE),
            ("desk:cases", "table", _("案件"), DESK),
            ("desk:board", "board", _("看板"), DESK),
            ("desk:hotline", "phone", _("热线登记"), REPORT_FOR_OTHERS),
            ("portal:agent", "user", _("代办上报"), REPORT_AS_AGENT),
            ("field:home", "grid", _("网格"), REPORT_FROM_FIELD),
            ("desk:callbacks", "verify", _("回访"), CALLBACK),
            ("desk:rights", "shield", _("个人信息权利"), RIGHTS),
            ("desk:rights-counter", "user", _("权利窗口"), COUNTER),
            ("desk:circles", "next", _("空转"), CIRCLES),
            ("desk:rounds", "check", _("巡查走访"), PLAN),
            ("desk:sensed-warnings", "soon", _("感知预警"), DESK),
            ("desk:duty", "user", _("我的岗位"), DESK),
        ),
    ),
    (
        _("看数字"),
        (
            ("desk:statistics", "chart", _("统计"), DESK),
            ("desk:appraisal", "evaluate", _("考核"), DESK),
            ("desk:forecasts", "chart", _("预报水平"), DESK),
            ("desk:tracing", "search", _("溯源与采样"), DESK),
        ),
    ),
    (
        _("定规矩"),
        (
            ("desk:lists", "file-stage", _("权责清单"), DESK),
            ("desk:contracts", "user", _("外包单位"), DESK),
            ("desk:phrases", "pen", _("常用语"), PHRASES),
            ("desk:imports", "file", _("导入文件"), IMPORT),
            ("desk:classifier", "learn", _("自动分类"), TEACH),
            ("desk:packs", "file-stage", _("场景包"), PARAMETERS),
            ("desk:security", "shield", _("安全态势"), SECURITY),
            ("keeping:home", "check", _("备份与演练"), KEEPING),
            ("desk:vouched", "shield", _("存证与见证"), VOUCHED),
            ("desk:people", "user", _("人员账号"), STAFFING),
            ("desk:staffing", "user", _("任职管理"), STAFFING),
        ),
    ),
    (
        _("审计"),
        (
            ("desk:audit", "search", _("谁看了谁"), AUDIT),
            ("desk:auditors", "search", _("审计员的查看"), OVERSEE),
            ("desk:ledger", "shield", _("存证链"), AUDIT),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    url: str
    icon: str
    title: str
    current: bool


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """`title`: "" for what stands first."""

    title: str
    items: list[MenuItem]


def page(
    request: ActorRequest, template: str, context: Mapping[str, object], *, at: str = "", status: int = 200
) -> HttpResponse:
    """`at`: the route of the menu's item that this page belongs to. One statement, for the count of the inbox."""
    frame = {
        "menu": _menu(request, at),
        "lagging": lag_notes(request.actor),
        "unseen": unseen(inbox_sources(request), request.actor.account_id, timezone.now()),
    }
    return render(request, template, {**frame, **context}, status=status)


def _menu(request: ActorRequest, at: str) -> list[MenuGroup]:
    """What the person's posts give; a group of which nothing is left has no title either."""
    groups = [
        MenuGroup(
            str(title),
            [
                MenuItem(reverse(route), icon, str(words), route == at)
                for route, icon, words, permission in items
                if request.actor.may(permission)
            ],
        )
        for title, items in _MENU
    ]
    return [group for group in groups if group.items]


def inbox_sources(request: ActorRequest) -> list[Source]:
    found = [*sources_of(request.actor, known_world()), *appeal_sources(request.actor)]
    found += power_sources(request.actor)
    return [*found, *warning_sources(request.actor), *told_sources(request.actor)]
