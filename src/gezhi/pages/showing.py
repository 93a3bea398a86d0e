"""How things read on a page, in the page's language."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gezhi.packs.shapes import Stage, State, Words
from gezhi.people.models import Role

SOON: Final = timedelta(hours=4)
_ICONS: Final = {Stage.FILE: "file-stage"}

ROLES: Final = {
    Role.GRID_WORKER: gettext_lazy("网格员"),
    Role.DISPATCHER: gettext_lazy("派遣员"),
    Role.HANDLER: gettext_lazy("处置员"),
    Role.VERIFIER: gettext_lazy("核查员"),
    Role.SUPERVISOR: gettext_lazy("督查员"),
    Role.LEADER: gettext_lazy("领导"),
    Role.DATA_STEWARD: gettext_lazy("数据专管员"),
    Role.AUDITOR: gettext_lazy("审计员"),
    Role.ADMINISTRATOR: gettext_lazy("管理员"),
    Role.OPERATOR: gettext_lazy("话务员"),
    "partner": gettext_lazy("协办单位"),
    "reporter": gettext_lazy("上报人"),
    "staff": gettext_lazy("工作人员"),
    "system": gettext_lazy("系统"),
}
SOURCES: Final = {
    "portal": gettext_lazy("居民网页"),
    "hotline": gettext_lazy("热线"),
    "agent": gettext_lazy("代办"),
    "field": gettext_lazy("网格员"),
    "desk": gettext_lazy("工作台"),
    "api": gettext_lazy("其他系统"),
    "open311": gettext_lazy("Open311"),
    "file": gettext_lazy("文件"),
    "rights": gettext_lazy("个人信息权利"),
    "sensor": gettext_lazy("设备"),
    "sensing": gettext_lazy("监测预警"),
}

GRADES: Final = (
    (5, gettext_lazy("非常满意")),
    (4, gettext_lazy("满意")),
    (3, gettext_lazy("基本满意")),
    (2, gettext_lazy("不满意")),
    (1, gettext_lazy("非常不满意")),
)


def english() -> bool:
    return (get_language() or "").startswith("en")


def said(words: Words) -> str:
    return words.en if english() else words.zh


def who_words(role: str, who: str, for_who: str = "") -> str:
    """The role, the name, and for whom: 代."""
    named = f"{role_name(role)} {who}".strip()
    return _("%(who)s（代 %(other)s）") % {"who": named, "other": for_who} if for_who else named


def role_name(role: str) -> str:
    return str(ROLES.get(role, role))


def source_name(source: str) -> str:
    kind, _colon, who = source.partition(":")
    name = str(SOURCES.get(kind, kind))
    return f"{name} {who}" if kind == "file" and who else name


@dataclass(frozen=True, slots=True)
class StateTag:
    key: str
    title: str
    stage: str
    icon: str

    @property
    def html(self) -> SafeString:
        return _tag_html(self)


@lru_cache(maxsize=1024)
def _tag_html(tag: StateTag) -> SafeString:
    """Made once for each state and language: a list shows it fifty times."""
    return format_html('<span class="tag stage-{}">{}{}</span>', tag.stage, icon(tag.icon), tag.title)


@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    return render_to_string("components/icon.html", {"name": name})


def state_tag(state: State) -> StateTag:
    return StateTag(state.key, said(state.title), state.stage, _ICONS.get(state.stage, str(state.stage)))


_CARDS: Final = {1: ("yellow", gettext_lazy("黄牌")), 2: ("red", gettext_lazy("红牌"))}


def marks_html(card: int, held: bool) -> SafeString:
    """What a person should know of a case before opening it: its card (1 yellow, 2 red), and that a centre above
    the place's own holds it. "" for most cases."""
    tags = [_CARDS[card]] if card in _CARDS else []
    looks = [(f"card-{colour}", icon(f"card-{colour}"), word) for colour, word in tags]
    looks += [("card-order", icon("above"), gettext_lazy("上级指挥"))] if held else []
    return format_html_join(" ", '<span class="tag {}">{}{}</span>', looks)


@dataclass(frozen=True, slots=True)
class Due:
    """`level`: overdue, soon or calm; also the name of its icon."""

    at: datetime
    level: str
    words: str

    @property
    def html(self) -> SafeString:
        at = self.at.astimezone(UTC)
        return format_html(
            '<span class="due {}" title="{}" data-due="{}">{}<span>{}</span></span>',
            self.level,
            f"{localtime(at):%Y-%m-%d %H:%M}",
            at.isoformat(),
            icon(self.level),
            self.words,
        )


def due_of(due_at: datetime | None, now: datetime) -> Due | None:
    if due_at is None:
        return None
    left = due_at - now
    if left < timedelta():
        return Due(due_at, "overdue", _("超期 %(length)s") % {"length": length_of(-left)})
    return Due(due_at, "soon" if left <= SOON else "calm", _("剩 %(length)s") % {"length": length_of(left)})


def length_of(length: timedelta) -> str:
    """The one or two units that matter: 5 天, 2 天 3 小时, 3 小时 20 分, 12 分."""
    minutes = int(length.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    days, rest = divmod(hours, 24)
    if days:
        return f"{_days(days)} {_hours(rest)}" if days < 3 and rest else _days(days)
    return f"{_hours(hours)} {_minutes(minutes)}" if hours else _minutes(minutes)


def _days(count: int) -> str:
    return _("%(n)s 天") % {"n": count}


def _hours(count: int) -> str:
    return _("%(n)s 小时") % {"n": count}


def _minutes(count: int) -> str:
    return _("%(n)s 分") % {"n": count}
