"""Forty days of the cast's city: cases of every grid, source and age; some dispatched, closed, rated, overdue."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from gezhi.cases.actions import Step, Who, sweep, take
from gezhi.cases.actions.acting import Stale
from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given, Refused
from tests import cast

AGES = (
    *(timedelta(days=40), timedelta(days=25), timedelta(days=12)),
    *(timedelta(days=3), timedelta(hours=5), timedelta(minutes=1)),
)
SOURCES = ("portal", "hotline", "field", "open311:1", "file:list")
PEOPLE = {
    "330203": {"dispatch": "dispatcher", "receive": "handler", "finish": "handler", "verify": "verifier"},
    "330205": {
        "dispatch": "jiangbei-dispatcher",
        "receive": "jiangbei-handler",
        "finish": "jiangbei-handler",
    },
}
WORKS = {"330203": "haishu-works", "330205": "jiangbei-works"}


def fill(city: cast.Cast) -> list[Case]:
    """Every case: today's wait, the others are dispatched, a third of them handled, half of these closed and rated."""
    now = timezone.now()
    for number, age in enumerate(AGES):
        receipts = accept(_reports(number, now - age), now - age)
        if age > timedelta(days=1):
            opened = Case.objects.filter(id__in=[one.case_id for one in receipts])
            _work(city, list(opened.order_by("id")), now, number)
    sweep(now)
    return list(Case.objects.order_by("id"))


def _reports(number: int, at: datetime) -> list[NewReport]:
    places = [(grid, category) for grid in cast.WEST for category in (cast.LAMP, cast.RUBBISH)]
    return [
        cast.report(
            f"第 {number} 次 {category}",
            grid=grid,
            category=category,
            source=SOURCES[(number + which) % len(SOURCES)],
            occurred_at=at,
            lon=cast.WEST[grid] + 0.002 + number * 0.001,  # far enough apart to be matters of their own
        )
        for which, (grid, category) in enumerate(places)
    ]


def _work(city: cast.Cast, cases: Sequence[Case], now: datetime, number: int) -> None:
    at = cases[0].opened_at + timedelta(minutes=10)
    ended = now - timedelta(days=number % 2, hours=2)
    unit = {county: city.units[code] for county, code in WORKS.items()}
    _take([_step(city, case, "dispatch", Given(unit_id=unit[case.place_code[:6]])) for case in cases], at)
    handled = cases[::3]
    _take([_step(city, case, "receive") for case in handled], at + timedelta(hours=1))
    done = [Given(text="好了", evidence=(cast.photo(),)) for _case in handled]
    _take([_step(city, *pair) for pair in zip(handled, ["finish"] * len(done), done, strict=True)], ended)
    closed = [case for case in handled[::2] if case.place_code.startswith("330203")]
    _take([_step(city, case, "verify") for case in closed], now - timedelta(hours=1))
    _take([_rating(case, 2 if number % 2 else 5) for case in closed], now - timedelta(minutes=30))


def _step(city: cast.Cast, case: Case, key: str, given: Given | None = None) -> Step:
    who = city.actor(PEOPLE[case.place_code[:6]][key])
    return Step(case.pk, key, Who(actor=who), given or Given())


def _rating(case: Case, rating: int) -> Step:
    return Step(case.pk, "rate", Who(report_id=case.reports.get().pk), Given(rating=rating))


def _take(steps: Sequence[Step], at: datetime) -> None:
    _check(take(steps, at))


def _check(outcomes: Iterable[CaseRow | Refused | Stale]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
