"""Making tallies: of all cases, or of those that something happened to since the last time.

Cases are tallied whole, whatever changed: so a late rating or a reopening changes the period that it belongs to, and
tallying twice changes nothing.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from gezhi.cases.models import Callback, Case, CaseEvent
from gezhi.cases.world import world
from gezhi.insight.actions import statements
from gezhi.insight.models import Presence, TallyMark
from gezhi.insight.watermark import Gap, gaps_between, still_missing

CHUNK: Final = 50_000  # cases in one transaction: what is sorted stays in memory
MOST_EVENTS: Final = 200_000  # of one catching up; the rest follows in the next
SIGHT: Final = 100_000  # ids below the highest in which gaps may still be filled
MEMORY: Final = "SET LOCAL work_mem = '192MB'"


def tally_all(workers: int = 1) -> int:
    """Tallies every case anew; returns how many cases. `workers` above 1: so many connections at once, each committing
    its own part."""
    mark = _mark_of_now()
    bounds = _ranges()
    if bounds:
        _note_presence(bounds[0][0], bounds[-1][1])
    done = sum(_each(workers, bounds))
    TallyMark.objects.update_or_create(
        id=1, defaults={"event_id": mark.event_id, "gaps": mark.gaps, "at": mark.at}
    )
    return done


def tally_new(now: datetime | None = None) -> int:
    """Tallies the cases that something happened to since the last time; returns how many. Two at once take turns."""
    at = now or timezone.now()
    with transaction.atomic():
        mark = _locked_mark()
        touched = _touched_since(mark, at)
        _note_rounds(mark.at)
        if touched:
            tally_cases(sorted(touched))
        mark.at = at
        mark.save()
    return len(touched)


def tally_cases(case_ids: Sequence[int]) -> None:
    """Tallies these cases anew, inside the transaction of the caller."""
    with connection.cursor() as cursor:
        cursor.execute(statements.ALONE)
        cursor.execute(MEMORY)
        _choose(cursor, statements.CHOOSE_SOME, [list(case_ids)])
        cursor.execute(statements.NOTE_PRESENCE, _values())
        _make(cursor)
        cursor.execute("DROP TABLE chosen")


def _each(workers: int, bounds: Sequence[tuple[int, int]]) -> Sequence[int]:
    if workers == 1:
        return [_tally_range(low, high) for low, high in bounds]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(_in_thread, bounds))


def _in_thread(bounds: tuple[int, int]) -> int:
    try:
        return _tally_range(*bounds)
    finally:
        connections.close_all()


@transaction.atomic
def _tally_range(low: int, high: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statements.TOGETHER)
        cursor.execute(MEMORY)
        number = _choose(cursor, statements.CHOOSE_RANGE, [low, high])
        _make(cursor)
        cursor.execute("DROP TABLE chosen")
    return number


@transaction.atomic
def _note_presence(low: int, high: int) -> None:
    """Before the first tally: what was missed depends on the days before, in cases of any number."""
    Presence.objects.all().delete()
    _note_rounds(None)
    with connection.cursor() as cursor:
        _choose(cursor, statements.CHOOSE_RANGE, [low, high])
        cursor.execute(statements.NOTE_PRESENCE, _values())
        cursor.execute("DROP TABLE chosen")


def _note_rounds(since: datetime | None) -> None:
    """Those that ended since then (None: all); a round ends before it is due."""
    with connection.cursor() as cursor:
        cursor.execute(statements.NOTE_ROUNDS, {"zone": settings.TIME_ZONE, "since": since})


def _choose(cursor: CursorWrapper, choice: str, params: list[Any]) -> int:
    cursor.execute(statements.CHOOSE.format(choice=choice), params)
    number: int = cursor.rowcount
    cursor.execute("ANALYZE chosen")
    return number


def _make(cursor: CursorWrapper) -> None:
    values = _values()
    for table, statement in (
        ("finders", statements.FINDERS),
        ("told", statements.TOLD),
        ("stints", statements.STINTS),
    ):
        cursor.execute(statement, values)
        cursor.execute(f"ANALYZE {table} (case_id)")
    cursor.execute(statements.FORGET)
    for statement in statements.MAKE:
        cursor.execute(statement, values)
    cursor.execute("DROP TABLE stints, told, finders")


def _values() -> dict[str, Any]:
    """`ended`: 'procedure state' of states that are not open; `beyond`: categories that grids do not take."""
    catalogue = world().catalogue
    ended = {
        f"{one.key} {state.key}" for one in catalogue.procedures for state in one.states if not state.open
    }
    beyond = [category.key for category in catalogue.categories.values() if not category.grids]
    return {"zone": settings.TIME_ZONE, "ended": sorted(ended), "beyond": beyond}


def _ranges() -> list[tuple[int, int]]:
    """Ranges of case ids with about as many cases as a chunk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM cases_case")
        low, high = cursor.fetchone()
    return [] if low is None else [(start, start + CHUNK - 1) for start in range(low, high + 1, CHUNK)]


def _locked_mark() -> TallyMark:
    TallyMark.objects.get_or_create(id=1)
    return TallyMark.objects.select_for_update().get(id=1)


def _mark_of_now() -> TallyMark:
    """Where a tally of all begins to be behind: events up to here are seen by it."""
    now = timezone.now()
    newest = CaseEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    low = max(newest - SIGHT, 0)
    ids = CaseEvent.objects.filter(id__gt=low, id__lte=newest).order_by("id").values_list("id", flat=True)
    first = ids.first()
    gaps = gaps_between(ids.iterator(), first, now) if first is not None else []
    return TallyMark(1, newest, [_plain(gap) for gap in gaps], now)


def _touched_since(mark: TallyMark, now: datetime) -> set[int]:
    """Cases of new events, of gaps that were filled, and of callbacks that were done."""
    gaps = [Gap(low, high, datetime.fromisoformat(since)) for low, high, since in mark.gaps]
    rows = list(
        CaseEvent.objects.filter(id__gt=mark.event_id)
        .order_by("id")
        .values_list("id", "case_id")[:MOST_EVENTS]
    )
    come = [row for gap in gaps for row in _events_in(gap)]
    new = gaps_between([pk for pk, _case in rows], mark.event_id + 1, now) if mark.event_id else []
    left = [*still_missing(gaps, sorted(pk for pk, _case in come), now), *new]
    mark.gaps = [_plain(gap) for gap in left]
    mark.event_id = rows[-1][0] if rows else mark.event_id
    return {case for _pk, case in [*rows, *come]} | _called_back(mark.at)


def _events_in(gap: Gap) -> list[tuple[int, int]]:
    return list(
        CaseEvent.objects.filter(id__range=(gap.low, gap.high)).order_by("id").values_list("id", "case_id")
    )


def _called_back(since: datetime | None) -> set[int]:
    """A callback is no event; one that is done while we look is seen twice rather than not at all."""
    if since is None:
        return set()
    done = Callback.objects.filter(done_at__gte=since - timedelta(minutes=5))
    return set(Case.objects.filter(pk__in=done.values("case_id")).values_list("pk", flat=True))


def _plain(gap: Gap) -> list[int | str]:
    return [gap.low, gap.high, gap.since.isoformat()]
