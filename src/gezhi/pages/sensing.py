"""Things, readings and warnings in the page's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.cases.world import World, known_world
from gezhi.packs.shapes import Monitor
from gezhi.packs.shapes.things import DatastreamKind
from gezhi.packs.units import UNITS, unit_of
from gezhi.pages.acting import unit_name
from gezhi.pages.security import LEVEL_LOOKS, LEVEL_NAMES, CaseLink, account_names, case_links
from gezhi.pages.showing import length_of, said
from gezhi.people.access import Actor
from gezhi.places.queries import place_names
from gezhi.sensing.columns import Mark
from gezhi.sensing.levels import Why
from gezhi.sensing.looking import State
from gezhi.sensing.models import Datastream, SensedWarning, SilenceRow, Thing
from gezhi.sensing.queries.listing import ThingLine
from gezhi.sensing.queries.newest import Newest

NONE: Final = "–"
SOON: Final = timedelta(days=7)
STATES: Final = {
    State.ALARMING: gettext_lazy("正在预警"),
    State.SILENT: gettext_lazy("失联"),
    State.MARKED: gettext_lazy("数据存疑"),
    State.GOOD: gettext_lazy("正常"),
}
STATE_LOOKS: Final = {State.ALARMING: "bad", State.SILENT: "silent", State.MARKED: "soon", State.GOOD: "good"}
STATE_ICONS: Final = {
    State.ALARMING: "overdue",
    State.SILENT: "stop",
    State.MARKED: "soon",
    State.GOOD: "check",
}
MARKS: Final = {
    Mark.STOPPED: gettext_lazy("停运"),
    Mark.MAINTAINED: gettext_lazy("维护中"),
    Mark.MANUAL: gettext_lazy("人工设定值"),
    Mark.FAULTY: gettext_lazy("设备故障"),
    Mark.CALIBRATING: gettext_lazy("校准中"),
    Mark.OVER_RANGE: gettext_lazy("超出量程"),
    Mark.CUT_OFF: gettext_lazy("与设备断线"),
    Mark.ASSUMED: gettext_lazy("时间由平台代填"),
    Mark.OUT_OF_RANGE: gettext_lazy("数值不可能"),
    Mark.JUMP: gettext_lazy("突变"),
    Mark.STUCK: gettext_lazy("数值不动"),
    Mark.GAP: gettext_lazy("之前有缺数"),
    Mark.CLOCK: gettext_lazy("设备时钟偏快"),
}
WHYS: Final = {
    Why.REACHED: gettext_lazy("达到条件"),
    Why.ESCALATED: gettext_lazy("持续过久，自动升级"),
    Why.FELL: gettext_lazy("降级"),
    Why.ENDED: gettext_lazy("恢复"),
    Why.GONE: gettext_lazy("不再监测"),
}
NO_LEVEL: Final = gettext_lazy("静默中")


def mark_words(mark: Mark) -> list[str]:
    return [str(words) for one, words in MARKS.items() if mark & one]


def level_words(level: int) -> str:
    return str(LEVEL_NAMES[level]) if level in LEVEL_NAMES else str(NO_LEVEL)


def told_words(words: str) -> str:
    """Of a monitor and a level, as the inbox has them."""
    monitor, _space, level = words.rpartition(" ")
    return _("%(level)s预警：%(monitor)s") % {
        "level": level_words(int(level)),
        "monitor": monitor_title(monitor),
    }


def level_look(level: int) -> str:
    return LEVEL_LOOKS.get(level, "muted")


def number_plain(value: float | None, digits: int = 3) -> str:
    """At most so many digits after the point, thousands apart; nothing for what is no number."""
    if value is None or value != value:
        return NONE
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def kind_title(kind: str, world: World) -> str:
    owned = world.catalogue.things.get(kind)
    return said(owned.thing.title) if owned else kind or _("未分类")


def stream_kind(kind: str, code: str, world: World) -> DatastreamKind | None:
    owned = world.catalogue.things.get(kind)
    return owned.thing.datastream(code) if owned else None


def stream_title(stream: Datastream, world: World) -> str:
    found = stream_kind(stream.thing.kind, stream.observed_property.code, world)
    return said(found.title) if found else stream.name or stream.observed_property.name


def unit_symbol(unit: object) -> str:
    """As people write it. `unit`: of a datastream."""
    given = unit if isinstance(unit, Mapping) else {}
    symbol, definition = (str(given.get(name) or "") for name in ("symbol", "definition"))
    known = UNITS.get(unit_of(symbol, definition))
    return known.symbol if known else symbol


def value_words(value: float | None, stream: Datastream, world: World) -> str:
    """With its unit; of a truth whether it is so."""
    found = stream_kind(stream.thing.kind, stream.observed_property.code, world)
    if found and found.gives == "truth" and value in (0.0, 1.0):
        return _("是") if value else _("否")
    return f"{number_plain(value)} {unit_symbol(stream.unit)}".strip()


@dataclass(frozen=True, slots=True)
class ThingRow:
    thing: Thing
    kind: str
    place: str
    unit: str
    state: State
    words: str
    look: str
    icon: str
    level: int
    streams: int
    newest: datetime | None
    due: bool


@dataclass(frozen=True, slots=True)
class StreamView:
    """`silence`: how long nothing has come, where that is too long."""

    stream: Datastream
    title: str
    value: str
    newest: Newest
    marks: list[str]
    silence: str
    still: str
    level: int
    level_name: str
    look: str
    every: str
    limits: str


def thing_rows(lines: Sequence[ThingLine], world: World, today: date) -> list[ThingRow]:
    """One statement, for the names of the places."""
    names = place_names(one.thing.place_code for one in lines)
    return [_thing_row(one, world, names, today) for one in lines]


def _thing_row(line: ThingLine, world: World, names: Mapping[str, str], today: date) -> ThingRow:
    thing, state = line.thing, line.state
    words = str(STATES[state])
    if state is State.ALARMING:
        words = _("%(level)s预警") % {"level": level_words(line.level)}
    elif state is State.SILENT and line.silent < line.streams:
        words = _("%(n)s 项失联") % {"n": line.silent}
    elif not line.streams:
        words = _("没有数据流")
    return ThingRow(
        thing=thing,
        kind=kind_title(thing.kind, world),
        place=names.get(thing.place_code, thing.place_code),
        unit=unit_words(thing.unit_id, world),
        state=state,
        words=words,
        look=STATE_LOOKS[state],
        icon=STATE_ICONS[state],
        level=line.level,
        streams=line.streams,
        newest=line.newest,
        due=any(one.is_due for one in cares(thing, today)),
    )


def unit_words(unit_id: int | None, world: World) -> str:
    card = world.directory.units.get(unit_id or 0)
    return unit_name(card) if card else ""


@dataclass(frozen=True, slots=True)
class CareView:
    """`due_on` None: never done, or no plan. `look`: as of a due time."""

    title: str
    days: int | None
    done_on: date | None
    due_on: date | None
    is_due: bool
    is_soon: bool


def cares(thing: Thing, today: date) -> list[CareView]:
    return [
        _care(_("校准"), thing.calibrate_days, thing.calibrated_on, thing.installed_on, today),
        _care(_("保养"), thing.service_days, thing.serviced_on, thing.installed_on, today),
    ]


def _care(
    title: str, days: int | None, done_on: date | None, installed_on: date | None, today: date
) -> CareView:
    last = done_on or installed_on
    due_on = last + timedelta(days=days) if last and days else None
    is_due = bool(days) and (due_on is None or due_on <= today)
    return CareView(title, days, done_on, due_on, is_due, bool(due_on and today < due_on <= today + SOON))


def stream_views(
    streams: Iterable[Datastream],
    newest: Mapping[int, Newest],
    levels: Mapping[int, int],
    world: World,
    now: datetime,
) -> list[StreamView]:
    return [_stream(one, newest[one.pk], levels.get(one.pk, 0), world, now) for one in streams]


def _stream(stream: Datastream, newest: Newest, level: int, world: World, now: datetime) -> StreamView:
    stuck = newest.at is not None and newest.same_since is not None and bool(newest.mark & Mark.STUCK)
    return StreamView(
        stream=stream,
        title=stream_title(stream, world),
        value=value_words(newest.value, stream, world),
        newest=newest,
        marks=mark_words(newest.mark),
        silence=_silence(newest, now),
        still=length_of(now - newest.same_since) if stuck and newest.same_since else "",
        level=level,
        level_name=level_words(level) if level else "",
        look=level_look(level),
        every=length_of(timedelta(seconds=stream.every_s)) if stream.every_s else "",
        limits=_limits(stream),
    )


def _silence(newest: Newest, now: datetime) -> str:
    if not newest.silent:
        return ""
    return (
        _("已 %(length)s 没有数据") % {"length": length_of(now - newest.at)}
        if newest.at
        else _("从未收到数据")
    )


def _limits(stream: Datastream) -> str:
    if stream.low is None and stream.high is None:
        return ""
    low, high = number_plain(stream.low), number_plain(stream.high)
    words = f"≥ {low}" if stream.high is None else f"≤ {high}" if stream.low is None else f"{low} ~ {high}"
    return f"{words} {unit_symbol(stream.unit)}".strip()


@dataclass(frozen=True, slots=True)
class SensedView:
    """A warning on a list or on its page. `lasted`: until it ended, or now."""

    row: SensedWarning
    title: str
    todo: str
    source: str
    level: str
    look: str
    peak: str
    place: str
    lasted: str
    acknowledged_by: str
    case: CaseLink | None
    monitor: Monitor | None

    @property
    def stands(self) -> bool:
        return self.row.ended_at is None

    @property
    def link(self) -> str:
        return reverse("desk:sensed-warning", args=[self.row.pk])


def sensed_views(rows: Sequence[SensedWarning], actor: Actor, now: datetime) -> list[SensedView]:
    """Four statements: places, names, cases."""
    names = account_names(one.acknowledged_by_id for one in rows if one.acknowledged_by_id)
    places = place_names(one.place_code for one in rows)
    cases = case_links([one.case_id for one in rows if one.case_id], actor)
    monitors = known_world().catalogue.monitors
    return [
        _sensed(
            one, monitors[one.monitor].thing if one.monitor in monitors else None, places, names, cases, now
        )
        for one in rows
    ]


def _sensed(
    row: SensedWarning,
    monitor: Monitor | None,
    places: Mapping[str, str],
    names: Mapping[int, str],
    cases: Mapping[int, CaseLink],
    now: datetime,
) -> SensedView:
    level = row.level if row.ended_at is None else row.peak
    return SensedView(
        row=row,
        title=said(monitor.title) if monitor else row.monitor,
        todo=said(monitor.todo) if monitor else "",
        source=monitor.source if monitor else "",
        level=level_words(level),
        look=level_look(level),
        peak=level_words(row.peak),
        place=places.get(row.place_code, row.place_code),
        lasted=length_of(max(timedelta(0), (row.ended_at or now) - row.raised_at)),
        acknowledged_by=names.get(row.acknowledged_by_id or 0, ""),
        case=cases.get(row.case_id or 0),
        monitor=monitor,
    )


def span_words(seconds: int) -> str:
    """As long as a pack says: 30 秒, 10 分, 2 小时, 7 天."""
    for length, words in ((86_400, _("%(n)s 天")), (3_600, _("%(n)s 小时")), (60, _("%(n)s 分"))):
        if seconds and seconds % length == 0:
            return words % {"n": seconds // length}
    return _("%(n)s 秒") % {"n": seconds}


def monitor_title(key: str) -> str:
    found = known_world().catalogue.monitors.get(key)
    return said(found.thing.title) if found else key


@dataclass(frozen=True, slots=True)
class SilenceView:
    """`what`: which alarms it covers, in words."""

    row: SilenceRow
    who: str
    what: list[str]
    standing: str
    may_end: bool


def silence_views(rows: Sequence[SilenceRow], now: datetime, ending: Mapping[int, bool]) -> list[SilenceView]:
    """Three statements. `ending`: by id, whether the person may end it."""
    names = account_names(one.account_id for one in rows if one.account_id)
    places = place_names(one.place_code for one in rows if one.place_code)
    things = dict(Thing.objects.filter(pk__in=[one.thing_id for one in rows]).values_list("pk", "name"))
    return [
        SilenceView(
            row=one,
            who=names.get(one.account_id or 0, NONE),
            what=_covered(one, places, things),
            standing=_standing(one, now),
            may_end=ending.get(one.pk, False),
        )
        for one in rows
    ]


def _covered(row: SilenceRow, places: Mapping[str, str], things: Mapping[int, str]) -> list[str]:
    found = [monitor_title(key) for key in row.monitors] or [_("全部监测规则")]
    if row.place_code:
        found.append(places.get(row.place_code, row.place_code))
    if row.thing_id is not None:
        found.append(things.get(row.thing_id, f"#{row.thing_id}"))
    return found


def _standing(row: SilenceRow, now: datetime) -> str:
    if row.until <= now:
        return _("已结束")
    if row.starts_at > now:
        return _("未开始")
    return _("还有 %(length)s") % {"length": length_of(row.until - now)}
