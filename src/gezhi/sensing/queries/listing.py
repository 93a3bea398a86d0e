"""Lists of things and warnings, and what stands beside each line: never more statements for a longer page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateField, ExpressionWrapper, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from gezhi.lib.codes import place_range
from gezhi.people.access import Actor
from gezhi.sensing.looking import Standing, State, ThingFilters, WarningFilters
from gezhi.sensing.models import Alarm, Datastream, SensedWarning, Thing, WarningMember
from gezhi.sensing.queries.newest import Newest, newest_of, told
from gezhi.sensing.queries.scope import streams_in_sight, things_in_sight, warnings_in_sight


@dataclass(frozen=True, slots=True)
class ThingLine:
    """`level`: the highest that any of its series stands at. `silent`, `marked`: how many of `streams` are."""

    thing: Thing
    streams: int
    silent: int
    marked: int
    level: int
    newest: datetime | None

    @property
    def state(self) -> State:
        if self.level:
            return State.ALARMING
        if self.silent:
            return State.SILENT
        return State.MARKED if self.marked else State.GOOD


def things_matching(actor: Actor, asked: ThingFilters, now: datetime, today: date) -> QuerySet[Thing]:
    """By place and number."""
    found = Thing.objects.filter(things_in_sight(actor))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.place:
        found = found.filter(within(asked.place))
    if asked.unit is not None:
        found = found.filter(unit_id=asked.unit)
    for word in asked.text.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(key__icontains=word) | Q(part_code=word))
    if asked.due:
        found = found.filter(due_by(today))
    if asked.state is not None:
        found = found.filter(_standing_so(asked.state, found, now))
    return found.order_by("place_code", "id")


def within(place: str) -> Q:
    low, high = place_range(place)
    return Q(place_code__gte=low, place_code__lt=high)


def due_by(today: date) -> Q:
    """Calibration or service is due; where it was never done, since it was installed."""
    asked = Q()
    for days, done in (("calibrate_days", "calibrated_on"), ("service_days", "serviced_on")):
        asked |= Q(pk__in=_overdue(days, done, today))
    return asked


def _overdue(days: str, done: str, today: date) -> QuerySet[Any, Any]:
    """`date + int` is a date. Where neither it nor an installation was ever noted, it is due."""
    due = ExpressionWrapper(Coalesce(F(done), F("installed_on")) + F(days), output_field=DateField())
    late = Thing.objects.filter(**{f"{days}__isnull": False}).annotate(due=due)
    return late.filter(Q(due__lte=today) | Q(due=None)).values("pk")


def _standing_so(state: State, things: QuerySet[Thing], now: datetime) -> Q:
    """Silence and marks are read from the blocks, alarms from their table."""
    alarming = Datastream.objects.filter(pk__in=Alarm.objects.values("datastream_id")).values("thing")
    if state is State.ALARMING:
        return Q(pk__in=alarming)
    of_thing = dict(Datastream.objects.filter(thing__in=things.values("pk")).values_list("pk", "thing_id"))
    known = told(now)
    silent = {of_thing[one] for one in known.silent_of(of_thing)}
    if state is State.SILENT:
        return Q(pk__in=silent)
    marked = {thing for one, thing in of_thing.items() if one < len(known.marked) and known.marked[one]}
    if state is State.MARKED:
        return Q(pk__in=marked - silent) & ~Q(pk__in=alarming)
    return ~Q(pk__in=silent | marked) & ~Q(pk__in=alarming)


def thing_lines(things: Sequence[Thing], now: datetime) -> list[ThingLine]:
    """Four statements."""
    rows = Datastream.objects.filter(thing__in=things).values_list("pk", "thing_id")
    series: dict[int, list[int]] = {}
    for pk, thing in rows:
        series.setdefault(thing, []).append(pk)
    every = [one for of_thing in series.values() for one in of_thing]
    newest, levels = newest_of(every, now), levels_of(every)
    return [_line(thing, series.get(thing.pk, []), newest, levels) for thing in things]


def _line(
    thing: Thing, series: Sequence[int], newest: Mapping[int, Newest], levels: Mapping[int, int]
) -> ThingLine:
    mine = [newest[one] for one in series]
    return ThingLine(
        thing=thing,
        streams=len(series),
        silent=sum(one.silent for one in mine),
        marked=sum(bool(one.mark) for one in mine),
        level=max((levels.get(one, 0) for one in series), default=0),
        newest=max((one.at for one in mine if one.at), default=None),
    )


def levels_of(series: Iterable[int]) -> dict[int, int]:
    """The highest level at which each stands; those that stand at none are left out."""
    rows = Alarm.objects.filter(datastream_id__in=list(series)).values("datastream_id")
    return dict(rows.annotate(most=Max("level")).values_list("datastream_id", "most"))


def kinds_in_sight(actor: Actor) -> list[tuple[str, int]]:
    """Kinds of things and how many there are."""
    rows = Thing.objects.filter(things_in_sight(actor)).values("kind").annotate(many=Count("pk"))
    return list(rows.order_by("kind").values_list("kind", "many"))


def warnings_matching(actor: Actor, asked: WarningFilters) -> QuerySet[SensedWarning]:
    """Standing ones first, the highest and newest of them first."""
    found = SensedWarning.objects.filter(warnings_in_sight(actor))
    if asked.standing is not Standing.ALL:
        found = found.filter(ended_at__isnull=asked.standing is Standing.OPEN)
    if asked.monitor:
        found = found.filter(monitor=asked.monitor)
    if asked.place:
        found = found.filter(within(asked.place))
    if asked.level:
        found = (
            found.filter(peak=asked.level)
            if asked.standing is Standing.ENDED
            else found.filter(level=asked.level)
        )
    if asked.unanswered:
        found = found.filter(ended_at=None, acknowledged_at=None)
    return found.order_by(F("ended_at").desc(nulls_first=True), "-level", "-raised_at", "-pk")


def counts_of_standing(actor: Actor) -> Counter[int]:
    """How many stand at each level; 0: whose alarms are all muted."""
    rows = SensedWarning.objects.filter(warnings_in_sight(actor), ended_at=None).values("level")
    return Counter(dict(rows.annotate(many=Count("pk")).values_list("level", "many")))


def series_in_sight(actor: Actor, series: Iterable[int]) -> dict[int, Datastream]:
    """With things and properties; those that the person may not see are left out. One statement."""
    found = Datastream.objects.filter(streams_in_sight(actor), pk__in=list(series))
    return {one.pk: one for one in found.select_related("thing", "observed_property")}


def warnings_of_series(series: Iterable[int], actor: Actor, most: int) -> list[SensedWarning]:
    """What was warned of these, newest first."""
    members = WarningMember.objects.filter(datastream_id__in=list(series)).values("warning")
    return list(
        SensedWarning.objects.filter(warnings_in_sight(actor), pk__in=members).order_by("-raised_at")[:most]
    )


def streams_named(actor: Actor, kind: str | None, code: str, most: int) -> list[Datastream]:
    """Those in sight that a monitor of this kind and property speaks of, by place. One statement."""
    found = Datastream.objects.filter(streams_in_sight(actor), observed_property__code=code)
    if kind is not None:
        found = found.filter(thing__kind=kind)
    return list(found.select_related("thing", "observed_property").order_by("place_code", "id")[:most])


def watched_groups(actor: Actor) -> dict[tuple[str, str, str, str], int]:
    """(kind of thing, property, symbol, definition of the unit) -> datastreams in sight. One statement."""
    rows = Datastream.objects.filter(streams_in_sight(actor)).values_list(
        "thing__kind", "observed_property__code", "unit__symbol", "unit__definition"
    )
    return {
        (kind, code, str(symbol or ""), str(definition or "")): many
        for kind, code, symbol, definition, many in rows.annotate(many=Count("pk")).order_by()
    }
