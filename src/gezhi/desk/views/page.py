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
from gezhi.cases.world import known_world
from gezhi.insight.queries.inbox import appeal_sources
from gezhi.people.access import (
    CALLBACK,
    CIRCLES,
    COMMAND,
    DESK,
    IMPORT,
    PARAMETERS,
    PLAN,
    REPORT_FOR_OTHERS,
    REPORT_FROM_FIELD,
    TEACH,
    ActorRequest,
)

_MENU: Final = (
    ("desk:home", "home", _("工作台"), DESK),
    ("command:wall", "pin", _("指挥中心"), COMMAND),
    ("desk:cases", "table", _("案件"), DESK),
    ("desk:hotline", "phone", _("热线登记"), REPORT_FOR_OTHERS),
    ("field:home", "grid", _("网格"), REPORT_FROM_FIELD),
    ("desk:rounds", "check", _("巡查走访"), PLAN),
    ("desk:lists", "file-stage", _("权责清单"), DESK),
    ("desk:callbacks", "phone", _("回访"), CALLBACK),
    ("desk:circles", "next", _("空转"), CIRCLES),
    ("desk:contracts", "user", _("外包单位"), DESK),
    ("desk:appraisal", "evaluate", _("考核"), DESK),
    ("desk:imports", "file", _("导入文件"), IMPORT),
    ("desk:classifier", "learn", _("自动分类"), TEACH),
    ("desk:packs", "file-stage", _("场景包"), PARAMETERS),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    url: str
    icon: str
    title: str
    current: bool


def page(
    request: ActorRequest, template: str, context: Mapping[str, object], *, at: str = "", status: int = 200
) -> HttpResponse:
    """`at`: the route of the menu's item that this page belongs to. One statement, for the count of the inbox."""
    menu = [
        MenuItem(reverse(route), icon, str(title), route == at)
        for route, icon, title, permission in _MENU
        if request.actor.may(permission)
    ]
    frame = {"menu": menu, "unseen": unseen(inbox_sources(request), request.actor.account_id, timezone.now())}
    return render(request, template, {**frame, **context}, status=status)


def inbox_sources(request: ActorRequest) -> list[Source]:
    return [*sources_of(request.actor, known_world()), *appeal_sources(request.actor)]
