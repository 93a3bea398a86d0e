"""Reading what the play needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db.models import Min, Q

from gezhi.cases.actions.writing import COLUMNS
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import Assignment, Callback, Case, Report
from gezhi.demo.scenes import Waiting
from gezhi.ledger.models import Entry
from gezhi.lib.codes import CITY, GRID, VILLAGE, level_of, parent_of
from gezhi.people.models import Unit
from gezhi.places.queries import within

SIMULATED: Final = {"simulated": "1"}  # what every invented report says of itself


def is_done(step: str) -> bool:
    """Whether this step of the set-up was finished, now or at an earlier start."""
    return Entry.objects.filter(subject=f"demo:{step}", kind="demo.ready").exists()


def is_another_city() -> bool:
    """Whether people or cases are here that no demonstration made."""
    return not is_done("divisions") and (Unit.objects.exists() or Case.objects.exists())


def played_days() -> set[date]:
    """The days of the past that were played to their end."""
    days = Entry.objects.filter(kind="demo.day", subject__startswith="demo:").values_list(
        "subject", flat=True
    )
    return {date.fromisoformat(subject.removeprefix("demo:")) for subject in days}


def rows_of(case_ids: Iterable[int]) -> list[CaseRow]:
    rows = Case.objects.filter(id__in=list(case_ids)).order_by("id").values_list(*COLUMNS)
    return [CaseRow(*row) for row in rows]


def unfinished_rows() -> list[CaseRow]:
    """Cases that somebody may still do something with."""
    rows = Case.objects.filter(Q(is_open=True) | Q(state__in=("closed", "rated"))).order_by("id")
    return [CaseRow(*row) for row in rows.values_list(*COLUMNS)]


def visitors_rows(opened_after: datetime, unchanged_since: datetime) -> list[CaseRow]:
    """Open cases that a person reported, and that nobody touched since then."""
    rows = Case.objects.filter(is_open=True, opened_at__gt=opened_after, state_at__lt=unchanged_since)
    real = rows.exclude(reports__attributes__contains=SIMULATED).order_by("id")
    return [CaseRow(*row) for row in real.values_list(*COLUMNS)]


def urgent_rows(after: datetime, before: datetime, unchanged_since: datetime, limit: int) -> list[CaseRow]:
    """Open cases whose limit ends in this span, the most urgent first."""
    rows = Case.objects.filter(
        is_open=True, due_at__gt=after, due_at__lt=before, state_at__lt=unchanged_since
    )
    return [CaseRow(*row) for row in rows.order_by("due_at").values_list(*COLUMNS)[:limit]]


def first_reports(case_ids: Sequence[int]) -> dict[int, int]:
    """case -> its first report."""
    found = Report.objects.filter(case_id__in=case_ids).values("case_id").annotate(first=Min("id"))
    return dict(found.values_list("case_id", "first"))


def waiting_partners(case_ids: Sequence[int]) -> Mapping[int, tuple[Waiting, ...]]:
    """case -> the units that were called to it, in the order of their calling."""
    called = Assignment.objects.filter(
        case_id__in=case_ids, kind__in=("whistle", "joint"), state__in=("open", "received"), absent_at=None
    )
    found: dict[int, tuple[Waiting, ...]] = defaultdict(tuple)
    for case, unit, state, due in called.order_by("id").values_list("case_id", "unit_id", "state", "due_at"):
        found[case] += (Waiting(unit, state == "received", due),)
    return found


def places_of(case_ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    """case -> longitude and latitude, of those that have them."""
    rows = Case.objects.filter(id__in=case_ids).values_list("id", "lon", "lat")
    return {pk: (lon, lat) for pk, lon, lat in rows if lon is not None and lat is not None}


def open_children(parent_ids: Sequence[int]) -> list[CaseRow]:
    rows = Case.objects.filter(parent_id__in=parent_ids, is_open=True).order_by("id")
    return [CaseRow(*row) for row in rows.values_list(*COLUMNS)]


def calls_to_make(queued_before: datetime, most: int) -> list[tuple[int, int, str, str, int]]:
    """(id, case, place, reason, tries) of callbacks that wait, the oldest first."""
    waiting = Callback.objects.filter(done_at=None, at__lt=queued_before).order_by("id")
    return list(waiting.values_list("id", "case_id", "place_code", "reason", "tries")[:most])


def city_divisions() -> dict[str, str]:
    """code -> name of the node's city and all below it, without grids."""
    return dict(within(settings.NODE_PLACE).filter(level__range=(CITY, VILLAGE)).values_list("code", "name"))


def grids_with_villages() -> list[tuple[str, bytes, str]]:
    """(code, shape, full name of the village without the city), ordered by code."""
    places = within(settings.NODE_PLACE)
    city = dict(places.filter(level=CITY).values_list("level", "full_name")).get(CITY, "")
    villages = dict(places.filter(level=VILLAGE).values_list("code", "full_name"))
    rows = places.filter(level=GRID, shape__isnull=False).order_by("code").values_list("code", "shape")
    return [
        (code, bytes(shape or b""), villages[parent_of(code) or ""].removeprefix(city))
        for code, shape in rows.iterator(5_000)
        if level_of(code) == GRID
    ]
