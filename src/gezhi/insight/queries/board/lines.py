"""Cases and events by name: what is most overdue, what carries cards, what happened last, points of a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, QuerySet

from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.queries import CaseLine
from gezhi.cases.queries.filters import SOON
from gezhi.cases.queries.listing import LINE
from gezhi.insight.queries.board.look import Look
from gezhi.people.access import Actor
from gezhi.places.whereabouts import Box

MOST_POINTS: Final = 2_000
LOOKED_AT: Final = 2_000  # events of the node, the newest


@dataclass(frozen=True, slots=True)
class Happened:
    """The newest steps, of people and of the system; who took them is not said."""

    at: datetime
    kind: str
    transition: str
    number: str
    title: str
    category: str
    state: str
    place_code: str
    unit_id: int | None
    pack_version_id: int
    procedure: str


@dataclass(frozen=True, slots=True)
class Dot:
    """`status`: overdue, soon or open."""

    id: int
    number: str
    lon: float
    lat: float
    status: str
    category: str
    place_code: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Points:
    """`more`: how many there are besides."""

    dots: Sequence[Dot]
    more: int


def most_overdue(actor: Actor, look: Look, now: datetime, number: int) -> list[CaseLine]:
    """The longest overdue first. One statement."""
    late = Case.objects.filter(look.still_open(actor, now), due_at__lt=now)
    return [CaseLine(*row) for row in late.order_by("due_at", "id").values_list(*LINE)[:number]]


def carded(actor: Actor, look: Look, now: datetime, number: int) -> list[CaseLine]:
    """Open cases with a card, due first. One statement."""
    found = Case.objects.filter(look.still_open(actor, now), card__gt=0, due_at__isnull=False)
    return [CaseLine(*row) for row in found.order_by("due_at", "id").values_list(*LINE)[:number]]


def latest(actor: Actor, look: Look, number: int) -> list[Happened]:
    """Newest first, of the newest two thousand of the node. One statement."""
    newest = CaseEvent.objects.order_by("-id").values("id")[:LOOKED_AT]
    mine = Case.objects.filter(look.seen_by(actor), look.opened())
    found = CaseEvent.objects.filter(id__in=newest, case__in=mine).order_by("-id")
    columns = (
        "number",
        "title",
        "category",
        "state",
        "place_code",
        "unit_id",
        "pack_version_id",
        "procedure",
    )
    cells = found.values_list("at", "kind", "transition", *(f"case__{name}" for name in columns))
    return [Happened(*row) for row in cells[:number]]


def points(actor: Actor, look: Look, box: Box, now: datetime) -> Points:
    """Open cases in a box of degrees, overdue first. One statement; one more when there are too many."""
    west, south, east, north = box
    found = Case.objects.filter(
        look.still_open(actor, now), lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north
    )
    columns = ("id", "number", "lon", "lat", "category", "place_code", "due_at")
    rows = found.order_by(F("due_at").asc(nulls_last=True), "id").values_list(*columns)[: MOST_POINTS + 1]
    dots = [_dot(row, now) for row in rows]
    return Points(dots[:MOST_POINTS], _more(found, dots))


def _more(found: QuerySet[Case], dots: Sequence[Dot]) -> int:
    return found.count() - MOST_POINTS if len(dots) > MOST_POINTS else 0


def _dot(row: tuple[int, str, float | None, float | None, str, str, datetime | None], now: datetime) -> Dot:
    pk, number, lon, lat, category, place, due = row
    assert lon is not None
    assert lat is not None
    return Dot(pk, number, lon, lat, due_status(due, now), category, place, due)


def due_status(due_at: datetime | None, now: datetime) -> str:
    if due_at is not None and due_at < now:
        return "overdue"
    return "soon" if due_at is not None and due_at < now + SOON else "open"
