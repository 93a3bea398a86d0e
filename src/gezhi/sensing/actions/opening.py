"""From warnings to cases: by the one door; and what the case is told as long as it is open."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.actions.readings import Readings, keep_readings
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Case
from gezhi.cases.opening import SENSED
from gezhi.cases.procedure import Given, steps_from
from gezhi.cases.world import World, world
from gezhi.ledger.actions import record
from gezhi.lib.refused import Refused
from gezhi.packs.shapes import LEVELS, Kind, Monitor, seconds_of
from gezhi.sensing.models import SensedWarning
from gezhi.sensing.queries.members import Member, members_of
from gezhi.sensing.telling import told_again, told_first

SAME: Final = timedelta(
    days=7
)  # a warning of the same area and category this long after another is one matter
REPORTER: Final = "reporter"
Work = Callable[[], object]


def open_cases(now: datetime) -> int:
    """Of every warning that is high enough, and what has changed since its case was told. What fails is tried again:
    the door knows its reports. Returns how many cases were opened, joined or told. Raises ExceptionGroup of what
    failed, once all the others were gone through."""
    current = world()
    monitors = {key: owned.thing for key, owned in current.catalogue.monitors.items()}
    done, failed = 0, list[Exception]()
    for work in chain(_openings(monitors, current, now), _tellings(monitors, current)):
        try:
            work()
            done += 1
        except Exception as error:  # a warning that opens nothing must not keep back those behind it
            failed.append(error)
    if failed:
        raise ExceptionGroup("warnings of which no case knows", failed)
    return done


def _openings(monitors: Mapping[str, Monitor], current: World, now: datetime) -> Iterable[Work]:
    for warning in _wanting():
        monitor = monitors.get(warning.monitor)
        if monitor and monitor.opens and monitor.category and warning.level > LEVELS.index(monitor.opens):
            yield partial(take_up, warning, monitor, current, now)


def _tellings(monitors: Mapping[str, Monitor], current: World) -> Iterable[Work]:
    for warning in _changed():
        yield partial(_tell, warning, monitors.get(warning.monitor), current)


def _wanting() -> Iterable[SensedWarning]:
    return SensedWarning.objects.filter(ended_at=None, case_id=None, level__gt=0).order_by("-level", "id")


def _changed() -> Iterable[SensedWarning]:
    """Risen, or ended, since their case heard of them."""
    news = Q(ended_at=None, level__gt=F("case_level")) | Q(ended_at__isnull=False, case_level__gt=0)
    return SensedWarning.objects.filter(news, case_id__isnull=False).order_by("id")


def take_up(
    warning: SensedWarning, monitor: Monitor, current: World, now: datetime, account_id: int | None = None
) -> int:
    """The case that the warning opened or joined. `account_id`: of whoever asked for it; None: the monitor did."""
    members = members_of(warning)
    known = _open_case(warning, monitor, now)
    if known:
        case_id, report_id = known
        _say(case_id, report_id, told_first(warning, monitor, members, current.office.zone), current)
    else:
        receipt = accept([_report(warning, monitor, members, current)], now)[0]
        case_id, report_id = receipt.case_id, receipt.report_id
    with transaction.atomic():
        taken = {"case_id": case_id, "report_id": report_id, "case_level": warning.level}
        if SensedWarning.objects.filter(pk=warning.pk, case_id=None).update(**taken):
            facts = {
                "case": case_id,
                "joined": known is not None,
                "account": account_id,
                "level": warning.level,
            }
            record("sensing.warning.case", f"sensed:{warning.pk}", facts)
        _keep_readings(case_id)
    return case_id


def _open_case(warning: SensedWarning, monitor: Monitor, now: datetime) -> tuple[int, int] | None:
    """(case, report) of the newest open one of the category that a warning of the same area opened or joined."""
    others = SensedWarning.objects.filter(
        case_id__isnull=False, report_id__isnull=False, area=warning.area, raised_at__gt=now - SAME
    ).exclude(pk=warning.pk)
    reports = {one.case_id: one.report_id for one in others.order_by("id") if one.case_id and one.report_id}
    found = Case.objects.filter(id__in=list(reports), category=monitor.category, is_open=True).order_by("-id")
    case_id = found.values_list("id", flat=True).first()
    return (case_id, reports[case_id]) if case_id else None


def _report(warning: SensedWarning, monitor: Monitor, members: list[Member], current: World) -> NewReport:
    """At the thing whose alarm is the highest and oldest."""
    worst = members[0]
    zone = current.office.zone
    return NewReport(
        source=SENSED,
        source_id=f"warning-{warning.pk}-{warning.raised_at:%Y%m%d%H%M%S}",
        text=told_first(warning, monitor, members, zone),
        occurred_at=min(one.since for one in members),
        lon=worst.lon,
        lat=worst.lat,
        place_code=worst.place_code,
        category=monitor.category or "",
        attributes={
            "monitor": monitor.key,
            "warning": str(warning.pk),
            "warning_level": LEVELS[warning.level - 1],
            "alarms": len(members),
            "thing": worst.thing,
        },
    )


def _tell(warning: SensedWarning, monitor: Monitor | None, current: World) -> None:
    """Each level and the end once."""
    assert warning.case_id is not None
    if monitor and warning.report_id:
        text = told_again(warning, monitor, members_of(warning), current.office.zone)
        _say(warning.case_id, warning.report_id, text, current)
    with transaction.atomic():
        level = 0 if warning.ended_at else warning.level
        SensedWarning.objects.filter(pk=warning.pk).update(case_level=level)
        _keep_readings(warning.case_id)


def _say(case_id: int, report_id: int, text: str, current: World) -> None:
    """By the step with which reporters add; a case whose procedure has none now, or that is closed, is not told."""
    case = Case.objects.get(pk=case_id)
    procedure = current.catalogue.procedure(case.pack_version_id, case.procedure)
    steps = steps_from(procedure, case.state) if case.is_open else ()
    key = next((one.key for one in steps if one.kind is Kind.ADD and REPORTER in one.by), None)
    if key is None:
        return
    try:
        act_as_reporter(case_id, report_id, key, Given(text=text))
    except Refused:
        return


def _keep_readings(case_id: int) -> None:
    """What the readings of all its warnings say together, for its closing."""
    monitors = world().catalogue.monitors
    warnings = list(SensedWarning.objects.filter(case_id=case_id).values_list("monitor", "ended_at"))
    clears = [
        one.thing.clear for monitor, _ in warnings if (one := monitors.get(monitor)) and one.thing.clear
    ]
    if not clears:
        return
    ends = [ended for _, ended in warnings]
    keep_readings(
        Readings(
            case_id,
            back_at=None if None in ends else max(end for end in ends if end),
            within=timedelta(seconds=max(seconds_of(one.within) if one.within else 0 for one in clears)),
            evidence=all(one.or_ == "evidence" for one in clears),
            at=timezone.now(),
        )
    )
