"""Telling cases again from their events and comparing with what is stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from gezhi.cases.models import Assignment, Callback, Case, CaseEvent, Supervision
from gezhi.cases.world import world
from gezhi.insight.counts import BY_KEY, PRESENT_DAYS
from gezhi.insight.models import Appeal, Tally
from gezhi.insight.periods import Period
from gezhi.insight.retelling import NO_CLOSING, Called, Card, Fact, Partner, Story, Told, retell
from gezhi.people.models import Post
from gezhi.rounds.models import Round

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """`stored` and `told`: what the tally says and what the events say; "" where there is none."""

    case_id: int
    origin: int
    ref: int
    stored: str
    told: str


def differences(period: Period | None = None) -> Iterator[Difference]:
    """Every tally that does not follow from the events, and every one that is missing. `period`: of cases that have
    events or tallies in it."""
    for batch in _batches(_case_ids(period)):
        yield from _compare(batch)


def _case_ids(period: Period | None) -> Iterator[int]:
    if period is None:
        yield from Case.objects.order_by("id").values_list("id", flat=True).iterator(BATCH * 10)
        return
    since, until = period.bounds(ZoneInfo(settings.TIME_ZONE))
    events = CaseEvent.objects.filter(at__gte=since, at__lt=until).values_list("case_id", flat=True)
    tallies = Tally.objects.filter(at__gte=since, at__lt=until).values_list("case_id", flat=True)
    yield from sorted({*events.distinct(), *tallies.distinct()})


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for one in ids:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _compare(ids: Sequence[int]) -> Iterator[Difference]:
    told = _retold(ids)
    columns = ("case_id", "origin", "ref", "at", "unit_id", "flags", "minutes", "appealed")
    stored = {row[:3]: row[3:] for row in Tally.objects.filter(case_id__in=ids).values_list(*columns)}
    for key in sorted({*stored, *told}):
        have, should = stored.get(key), told.get(key)
        if have != should:
            case_id, origin, ref = key
            yield Difference(case_id, origin, ref, _said(have), _said(should))


Row = tuple[datetime, int | None, int, int | None, bool]


def _said(row: Row | None) -> str:
    if row is None:
        return ""
    at, unit, flags, minutes, appealed = row
    counts = " ".join(key for key, count in BY_KEY.items() if flags & count.flag)
    return f"{at.isoformat()} unit {unit}: {counts}{f', {minutes} min' * (minutes is not None)}" + (
        " (appealed)" if appealed else ""
    )


def _retold(ids: Sequence[int]) -> dict[tuple[int, int, int], Row]:
    appeals = set(Appeal.objects.filter(case_id__in=ids, state="accepted").values_list("case_id", "unit_id"))
    return {
        (case_id, origin, ref): _row(fact, (case_id, fact.unit) in appeals)
        for case_id, story in _stories(ids).items()
        for (origin, ref), fact in retell(story).items()
    }


def _row(fact: Fact, appealed: bool) -> Row:
    minutes = None if "own" in fact.counts else fact.minutes
    return fact.at, fact.unit, fact.flags, minutes, appealed


def _stories(ids: Sequence[int]) -> dict[int, Story]:
    cases = {
        pk: rest
        for pk, *rest in Case.objects.filter(id__in=ids).values_list(
            "id", "procedure", "place_code", "category"
        )
    }
    events = _events(ids, {pk: procedure for pk, (procedure, _place, _category) in cases.items()})
    finders, present = _finders(ids), _presence(cases)
    calls, partners, cards = _callbacks(ids), _partners(ids), _cards(ids)
    return {
        pk: Story(events[pk], finders[pk], calls[pk], partners[pk], cards[pk], present(place, category))
        for pk, (_procedure, place, category) in cases.items()
    }


def _events(ids: Sequence[int], procedures: Mapping[int, str]) -> Mapping[int, list[Told]]:
    catalogue = world().catalogue
    ended = {(one.key, state.key) for one in catalogue.procedures for state in one.states if not state.open}
    found = defaultdict[int, list[Told]](list)
    for event in CaseEvent.objects.filter(case_id__in=ids).order_by("case_id", "seq"):
        procedure = procedures[event.case_id]
        closes = (
            event.kind not in NO_CLOSING
            and (procedure, event.from_state) not in ended
            and (procedure, event.to_state) in ended
        )
        found[event.case_id].append(_told(event, closes))
    return found


def _told(event: CaseEvent, closes: bool) -> Told:
    return Told(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        role=event.role,
        source=event.facts.get("source", ""),
        due_at=event.due_at,
        moves="unit" in event.facts,
        unit=event.facts.get("unit"),
        rating=event.facts.get("rating") if event.kind == "rate" else None,
        closes=closes,
    )


def _finders(ids: Sequence[int]) -> Mapping[int, set[int]]:
    found = defaultdict[int, set[int]](set)
    finds = CaseEvent.objects.filter(case_id__in=ids, kind="report", facts__source="field")
    said = list(finds.exclude(account_id=None).values_list("case_id", "account_id", "at"))
    posts = defaultdict[int, list[Post]](list)
    for post in Post.objects.filter(account_id__in={account for _case, account, _at in said}):
        posts[post.account_id].append(post)
    for case_id, account, at in said:
        day = _day(at)
        held = (
            p for p in posts[account or 0] if p.valid_from <= day and (p.valid_to is None or day < p.valid_to)
        )
        found[case_id] |= {post.unit_id for post in held}
    return found


def _presence(
    cases: Mapping[int, Sequence[str]],
) -> Callable[[str, str], Callable[[datetime], bool] | None]:
    """Days on which the posts of these cases' grids were there, from reports and rounds."""
    grids = {place for _procedure, place, _category in cases.values() if len(place) > 12}
    there = Q(kind__in=["report", "join"], facts__source="field", case__place_code__in=grids)
    seen = {
        (place, _day(at))
        for place, at in CaseEvent.objects.filter(there).values_list("case__place_code", "at")
    }
    walked = Round.objects.filter(state="done", place_code__in=grids).exclude(ended_at=None)
    seen |= {(place, _day(at)) for place, at in walked.values_list("place_code", "ended_at") if at}
    takes = world().catalogue

    def present(place: str, category: str) -> Callable[[datetime], bool] | None:
        known = takes.categories.get(category)
        if len(place) <= 12 or (known is not None and not known.grids):
            return None
        days = [timedelta(days=back) for back in range(1, PRESENT_DAYS + 1)]
        return lambda at: any((place, _day(at) - back) in seen for back in days)

    return present


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _callbacks(ids: Sequence[int]) -> Mapping[int, list[Called]]:
    found = defaultdict[int, list[Called]](list)
    done = Callback.objects.filter(case_id__in=ids, outcome__in=["resolved", "not-resolved"])
    for row in done.exclude(done_at=None):
        assert row.done_at is not None
        resolved = row.outcome == "resolved"
        found[row.case_id].append(
            Called(row.pk, row.done_at, row.unit_id, row.responded, resolved, row.rating)
        )
    return found


def _partners(ids: Sequence[int]) -> Mapping[int, list[Partner]]:
    found = defaultdict[int, list[Partner]](list)
    for row in Assignment.objects.filter(case_id__in=ids).exclude(kind="lead"):
        absent = row.absent_at is not None
        if absent or row.state != "cancelled":
            came = row.received_at is not None
            found[row.case_id].append(Partner(row.pk, row.assigned_at, row.unit_id, came, absent))
    return found


def _cards(ids: Sequence[int]) -> Mapping[int, list[Card]]:
    found = defaultdict[int, list[Card]](list)
    for row in Supervision.objects.filter(case_id__in=ids):
        late = row.overdue_at is not None
        found[row.case_id].append(Card(row.pk, row.at, row.unit_id, row.level, late))
    return found
