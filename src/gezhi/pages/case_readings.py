"""The warnings of readings that a case came from, on its page: what they read now, and whether they let it close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from gezhi.cases.models import Case, CaseReadings
from gezhi.cases.world import known_world
from gezhi.pages.sensing import SensedView, mark_words, sensed_views, value_words
from gezhi.pages.showing import length_of
from gezhi.people.access import Actor
from gezhi.sensing.models import Datastream, SensedWarning, WarningMember
from gezhi.sensing.queries.listing import series_in_sight
from gezhi.sensing.queries.newest import Newest, newest_of
from gezhi.sensing.queries.scope import warnings_in_sight

MOST = 8  # things of a warning


@dataclass(frozen=True, slots=True)
class ReadingView:
    """A series as it reads now. `out`: its alarm stands."""

    thing_id: int
    thing: str
    value: str
    at: datetime | None
    words: str
    out: bool


@dataclass(frozen=True, slots=True)
class WarningView:
    """`may_open`: the person sees its page."""

    one: SensedView
    readings: list[ReadingView]
    more: int
    may_open: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """The closing rule "readings-out". `back`: since when all are back in range; `left`: how long they must stay."""

    within: str
    evidence: bool
    back: datetime | None
    left: str
    met: bool


@dataclass(frozen=True, slots=True)
class SensedCase:
    warnings: list[WarningView]
    rule: Rule | None


def sensed_case(case: Case, actor: Actor, now: datetime) -> SensedCase | None:
    """None: no readings warned of it. One statement then, else ten at most."""
    rows = list(SensedWarning.objects.filter(case_id=case.pk).order_by("-ended_at", "-level", "-id")[:20])
    if not rows:
        return None
    seen = set(
        SensedWarning.objects.filter(warnings_in_sight(actor), case_id=case.pk).values_list("pk", flat=True)
    )
    members = list(WarningMember.objects.filter(warning__in=rows, muted="").order_by("-level", "since", "id"))
    streams = series_in_sight(actor, {one.datastream_id for one in members})
    newest = newest_of(streams, now)
    return SensedCase(
        [
            _warning(view, [one for one in members if one.warning_id == view.row.pk], streams, newest, seen)
            for view in sensed_views(rows, actor, now)
        ],
        _rule(CaseReadings.objects.filter(case=case).first(), now) if case.is_open else None,
    )


def _warning(
    view: SensedView,
    members: Sequence[WarningMember],
    streams: dict[int, Datastream],
    newest: dict[int, Newest],
    seen: set[int],
) -> WarningView:
    last = {one.datastream_id: one for one in members if one.datastream_id in streams}
    standing = {one.datastream_id for one in members if one.left_at is None}
    found = sorted(last, key=lambda series: series not in standing)
    readings = [_reading(streams[one], newest[one], one in standing) for one in found[:MOST]]
    return WarningView(view, readings, len(found) - len(readings), view.row.pk in seen)


def _reading(stream: Datastream, newest: Newest, out: bool) -> ReadingView:
    words = [*mark_words(newest.mark), *([_("失联")] if newest.silent else [])]
    return ReadingView(
        thing_id=stream.thing_id,
        thing=stream.thing.name,
        value=value_words(newest.value, stream, known_world()) if newest.value is not None else "",
        at=newest.at,
        words=_("、").join(words),
        out=out,
    )


def _rule(kept: CaseReadings | None, now: datetime) -> Rule | None:
    if kept is None:
        return None
    within = timedelta(seconds=kept.within_s)
    ready = kept.back_at + within if kept.back_at else None
    met = ready is not None and ready <= now
    left = length_of(ready - now) if ready and not met else ""
    return Rule(length_of(within) if within else "", kept.evidence, kept.back_at, left, met)
