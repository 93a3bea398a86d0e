"""An area as it stands: what is sensed in it, what is known of it without anybody's name, what is forecast, and what is
being done about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.queries.listing import LINE, CaseLine
from gezhi.cases.world import World, known_world
from gezhi.desk.views.sensing_page import sensed_page
from gezhi.insight.queries.board.base import base
from gezhi.lib.codes import is_within
from gezhi.pages.area_map import area_map
from gezhi.pages.asked import texts
from gezhi.pages.charts import number_words
from gezhi.pages.lines import line_views
from gezhi.pages.place_choice import place_of
from gezhi.pages.rounds import KINDS
from gezhi.pages.sensing import (
    STATES,
    SensedView,
    ThingRow,
    kind_title,
    number_plain,
    sensed_views,
    stream_title,
    thing_rows,
    value_words,
)
from gezhi.people.access import BLIND_ROLES, DESK, Actor, ActorRequest, requires
from gezhi.places.queries import children, place_names
from gezhi.rounds.models import Subject
from gezhi.sensing.looking import State, ThingFilters, WarningFilters
from gezhi.sensing.queries.coming import Coming, coming_at
from gezhi.sensing.queries.forecasts import LEADS
from gezhi.sensing.queries.listing import thing_lines, things_matching, warnings_matching, within

MOST: Final = 500  # things that one page looks at
_SHOWN: Final = 30
_CASES: Final = 10
_ORDER: Final = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class KindCount:
    key: str
    title: str
    all: int
    states: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class AheadCell:
    value: str
    low: str
    high: str
    warns: bool


@dataclass(frozen=True, slots=True)
class AheadView:
    """`cells`: one for each of LEADS, None where nothing is said."""

    thing_id: int
    thing: str
    title: str
    cells: list[AheadCell | None]


@dataclass(frozen=True, slots=True)
class Sensed:
    """What is sensed at a place. `more`: things that are not among the rows."""

    rows: list[ThingRow]
    kinds: list[KindCount]
    warnings: list[SensedView]
    more: int


@requires(DESK)
@require_GET
def area(request: ActorRequest) -> HttpResponse:
    world, typed = known_world(), texts(request.GET, ("place",))
    place = _place(request.actor, typed["place"], world)
    if not place:
        return sensed_page(request, "area", {"place": "", "typed": typed})
    found = sensed_at(request.actor, place, world)
    seen = any(is_within(place, code) for code in request.actor.seen_places)
    below = list(children(place).values_list("code", "name")[: _SHOWN * 4])
    context = {
        "place": place,
        "name": place_names([place]).get(place, place),
        "below": below,
        "typed": typed,
        "sensed": found,
        "rows": found.rows[:_SHOWN],
        "more": max(0, len(found.rows) - _SHOWN) + found.more,
        "map": area_map(place, found.rows),
        "described": _described(place) if seen else [],
        "leads": LEADS,
        "forecasts": [_ahead(one, world) for one in coming_at(request.actor, place, timezone.now(), _SHOWN)],
        **_done(request.actor, place, world),
    }
    return sensed_page(request, "area", context)


def _place(actor: Actor, typed: str, world: World) -> str:
    """That which is asked for, inside what one's posts reach, else that of the first post; "" without one. 404 for
    what is elsewhere."""
    own = [post.place_code for post in actor.posts if post.role not in BLIND_ROLES]
    if not typed or not own:
        return own[0] if own else ""
    found = place_of(typed, world)
    if not any(is_within(found, code) for code in own if found):
        raise Http404
    return found


def sensed_at(actor: Actor, place: str, world: World) -> Sensed:
    """Things, the worst first, and the warnings that stand."""
    now, today = timezone.now(), timezone.localdate()
    matching = things_matching(actor, ThingFilters(place=place), now, today)
    rows = thing_rows(thing_lines(list(matching[:MOST]), now), world, today)
    rows.sort(key=lambda one: (_ORDER[one.state], -one.level, one.place, one.thing.pk))
    warnings = list(warnings_matching(actor, WarningFilters(place=place))[:_SHOWN])
    more = matching.count() - MOST if len(rows) == MOST else 0
    return Sensed(rows, _kinds(rows, world), sensed_views(warnings, actor, now), more)


def _kinds(rows: Sequence[ThingRow], world: World) -> list[KindCount]:
    counts: dict[str, Counter[State]] = {}
    for row in rows:
        counts.setdefault(row.thing.kind, Counter())[row.state] += 1
    return [
        KindCount(
            kind,
            kind_title(kind, world),
            found.total(),
            [(str(STATES[state]), found[state]) for state in State if found[state]],
        )
        for kind, found in sorted(counts.items(), key=lambda one: -one[1].total())
    ]


def _ahead(one: Coming, world: World) -> AheadView:
    stream, rows = one.stream, one.by_lead
    cells = [
        AheadCell(
            value_words(row.value, stream, world),
            number_plain(row.low, 1),
            number_plain(row.high, 1),
            row.warns,
        )
        if (row := rows.get(lead))
        else None
        for lead in LEADS
    ]
    return AheadView(stream.thing_id, stream.thing.name, stream_title(stream, world), cells)


def _described(place: str) -> list[tuple[str, str]]:
    """Numbers of the place, nobody's names."""
    has = base(place, timezone.localdate())
    subjects = dict(
        Subject.objects.filter(within(place), is_active=True)
        .exclude(kind__in=("grid", "household"))
        .values("kind")
        .annotate(many=Count("pk"))
        .values_list("kind", "many")
    )
    first = [(_("网格"), has.grids), (_("住户"), has.households), (_("单位"), has.units)]
    rest = [(str(words), subjects[kind]) for kind, words in KINDS.items() if kind in subjects]
    return [(title, number_words(number)) for title, number in [*first, *rest]]


def _done(actor: Actor, place: str, world: World) -> dict[str, object]:
    """Open cases, due first."""
    found = Case.objects.filter(visible(actor), within(place), is_open=True)
    lines = [CaseLine(*row) for row in found.order_by("due_at", "id").values_list(*LINE)[:_CASES]]
    now = timezone.now()
    return {
        "cases": line_views(lines, world, now),
        "open": found.count(),
        "overdue": found.filter(due_at__lt=now).count(),
    }
