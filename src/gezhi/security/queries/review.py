"""A year of security, looked back on: what was found, what became of it, and what was learned."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.world import World, known_world
from gezhi.people.models import Lookup
from gezhi.security.models import Export, RaisedWarning
from gezhi.security.queries.situation import counts_of_signals, incidents
from gezhi.security.warning import span

REPORTED, LEARNED, TOLD = "report-up", "finish", "tell-affected"
_STEPS = (REPORTED, LEARNED, TOLD)


@dataclass(frozen=True, slots=True)
class Incident:
    """`reported_at` None: judged not serious, or not judged yet. `in_time`: within the lawful clock, None where it was
    not reported. `cause` and `lesson`: as whoever contained it wrote them."""

    number: str
    title: str
    category: str
    state: str
    found_at: datetime
    reported_at: datetime | None
    in_time: bool | None
    told_at: datetime | None
    closed_at: datetime | None
    affected: int
    cause: str
    lesson: str


@dataclass(frozen=True, slots=True)
class Review:
    """`warnings`: rule -> level (1 to 4) -> how many."""

    year: int
    since: datetime
    until: datetime
    incidents: Sequence[Incident]
    warnings: Mapping[str, Mapping[int, int]]
    signals: Mapping[str, int]
    files: int
    rows: int
    lookups: int

    @property
    def late(self) -> int:
        return sum(one.in_time is False for one in self.incidents)


def review(year: int) -> Review:
    """Of the year as the city's clock has it."""
    since, until = _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1))
    taken = Export.objects.filter(at__gte=since, at__lt=until).aggregate(files=Count("id"), rows=Sum("rows"))
    return Review(
        year=year,
        since=since,
        until=until,
        incidents=_incidents(since, until),
        warnings=_warnings(since, until),
        signals=counts_of_signals(since, until),
        files=taken["files"],
        rows=taken["rows"] or 0,
        lookups=Lookup.objects.filter(at__gte=since, at__lt=until).count(),
    )


def years() -> list[int]:
    """Those of which there is something to tell, the newest first."""
    first = RaisedWarning.objects.order_by("began_at").values_list("began_at", flat=True).first()
    now = timezone.localdate().year
    return list(range(now, timezone.localtime(first).year - 1 if first else now - 1, -1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def _warnings(since: datetime, until: datetime) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    rows = RaisedWarning.objects.filter(began_at__gte=since, began_at__lt=until).values_list("rule", "level")
    for (rule, level), many in sorted(Counter(rows).items()):
        found.setdefault(rule, {})[level] = many
    return found


def _incidents(since: datetime, until: datetime) -> list[Incident]:
    world = known_world()
    cases = list(incidents().filter(opened_at__gte=since, opened_at__lt=until).order_by("opened_at", "id"))
    steps: dict[int, dict[str, CaseEvent]] = {}
    events = CaseEvent.objects.filter(case_id__in=[one.pk for one in cases], transition__in=_STEPS)
    for event in events.order_by("seq"):
        known = steps.setdefault(event.case_id, {})
        if event.transition == LEARNED or event.transition not in known:  # reported first, learned last
            known[event.transition] = event
    return [_incident(case, steps.get(case.pk, {}), world) for case in cases]


def _incident(case: Case, steps: Mapping[str, CaseEvent], world: World) -> Incident:
    reported, learned, told = (steps.get(key) for key in (REPORTED, LEARNED, TOLD))
    answers = learned.facts.get("form", {}) if learned else {}
    affected = answers.get("affected_people", 0)
    return Incident(
        number=case.number,
        title=case.title,
        category=case.category,
        state=case.state,
        found_at=case.opened_at,
        reported_at=reported.at if reported else None,
        in_time=reported.at - case.opened_at <= _clock(case, world) if reported else None,
        told_at=told.at if told else None,
        closed_at=case.closed_at,
        affected=affected if isinstance(affected, int) else 0,
        cause=str(answers.get("cause", "")),
        lesson=str(answers.get("lesson", "")),
    )


def _clock(case: Case, world: World) -> timedelta:
    """The lawful time to report it."""
    limits = case.limits or world.catalogue.category(case.category).limits
    limit = world.catalogue.limit(f"sec-reporting.{limits}", timezone.localtime(case.opened_at).date())
    return span(limit.length) if limit and limit.length else timedelta(0)
