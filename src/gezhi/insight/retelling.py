"""The tallies of one case told again, step by step, from its events alone: slow, and made in another way than the
statements that make them for all cases, so that a difference shows a fault of one of them. Pure.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gezhi.cases.undoing import standing
from gezhi.insight.counts import FLAG, FORMAL_DAYS, Origin

RESIDENTS: Final = ("portal", "hotline", "agent", "open311:", "file:")
NO_CLOSING: Final = ("reject", "withdraw", "merge", "report", "join", "reopen", "overturn")
_CARDS: Final = {"yellow": "yellow_cards", "red": "red_cards"}


@dataclass(frozen=True, slots=True)
class Told:
    """An event. `unit`: who leads from here on; None with `moves`: nobody."""

    seq: int
    at: datetime
    kind: str
    role: str
    source: str
    due_at: datetime | None
    moves: bool
    unit: int | None
    rating: int | None
    closes: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A callback that was done."""

    id: int
    at: datetime
    unit: int | None
    responded: bool | None
    resolved: bool
    rating: int | None


@dataclass(frozen=True, slots=True)
class Partner:
    id: int
    at: datetime
    unit: int
    came: bool
    absent: bool


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    at: datetime
    unit: int | None
    level: str
    late: bool


@dataclass(frozen=True)
class Story:
    """All that tallies of a case follow from. `finders`: units of whoever found it in the field; `present`: whether
    the post of its grid was there before an instant, None where grids do not take such matters."""

    events: Sequence[Told]
    finders: Collection[int] = ()
    callbacks: Sequence[Called] = ()
    partners: Sequence[Partner] = ()
    cards: Sequence[Card] = ()
    present: Callable[[datetime], bool] | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    at: datetime
    unit: int | None
    counts: frozenset[str]
    minutes: int | None = None

    @property
    def flags(self) -> int:
        return sum(FLAG[name] for name in self.counts)


Facts = Mapping[tuple[int, int], Fact]  # by (origin, ref)


def retell(story: Story) -> dict[tuple[int, int], Fact]:
    """Everything that counts of the case."""
    found: dict[tuple[int, int], Fact] = {}
    events = standing(story.events)
    first = next((event.unit for event in events if event.moves and event.unit), None)
    for event in events:
        if event.kind in ("report", "join"):
            found[Origin.REPORT, event.seq] = Fact(event.at, first, _said(event, story))
    plain = [event for event in events if event.kind != "join"]
    for stint in _stints(plain):
        if stint.unit is None:
            continue
        _add(found, Origin.STINT, stint.events[0].seq, _stint_fact(stint, story.finders))
    for index, event in enumerate(plain):
        if event.closes:
            _add(found, Origin.CLOSING, event.seq, _closing_fact(plain, index, story.finders))
    _add_others(found, story)
    return found


def _add(found: dict[tuple[int, int], Fact], origin: Origin, ref: int, fact: Fact | None) -> None:
    if fact is not None and fact.counts:
        found[origin, ref] = fact


def _said(event: Told, story: Story) -> frozenset[str]:
    counts = {"reported"}
    if event.source == "field":
        counts.add("found")
    if event.source.startswith(RESIDENTS):
        counts.add("reported_by_residents")
        if event.kind == "report" and story.present is not None and story.present(event.at):
            counts.add("missed")
    return frozenset(counts)


@dataclass
class _Stint:
    """A time in which one unit, or nobody, led. `ended`: the event that ended it; `before`: the limit in force before
    each step."""

    unit: int | None
    events: list[Told] = field(default_factory=list)
    before: list[datetime | None] = field(default_factory=list)
    ended: Told | None = None

    def until_done(self) -> tuple[list[Told], int | None]:
        """What came before the handing in, and its index."""
        for index, event in enumerate(self.events):
            if event.kind == "finish" or event.closes:
                return self.events[:index], index
        return self.events, None

    def passed(self) -> datetime | None:
        """The first limit that passed before it was handed in."""
        limits = [event.due_at for event in self.until_done()[0] if event.kind == "overdue" and event.due_at]
        return min(limits, default=None)

    def late(self) -> bool:
        before, done = self.until_done()
        if any(event.kind == "overdue" for event in before):
            return True
        due = self.before[done] if done is not None else None
        return done is not None and due is not None and self.events[done].at > due


def _stints(events: Sequence[Told]) -> list[_Stint]:
    now, due = _Stint(None), None
    stints = [now]
    for event in events:
        if event.moves:
            now.ended = event
            now = _Stint(event.unit)
            stints.append(now)
        now.events.append(event)
        now.before.append(due)
        due = event.due_at
    return stints


def _stint_fact(stint: _Stint, finders: Collection[int]) -> Fact | None:
    passed, (_before, done) = stint.passed(), stint.until_done()
    if done is None and passed is None and stint.ended is None:
        return None
    counts = {"given", *_lengths(stint)}
    if done is not None:
        at = min(filter(None, (stint.events[done].at, stint.before[done])))
        counts |= {"should_handle", "handled", "should_close"}
        if not stint.late():
            counts.add("handled_on_time")
    else:
        at = min(filter(None, (passed, stint.ended.at if stint.ended else None)))
        counts |= _undone(stint, passed)
    if "should_handle" not in counts:
        counts.discard("extended")
    return _fair(Fact(at, stint.unit, frozenset(counts), _minutes(stint)), finders)


def _lengths(stint: _Stint) -> set[str]:
    kinds = {event.kind for event in stint.events}
    names = {"extend": "extended", "rework": "reworked", "receive": "received"}
    return {name for kind, name in names.items() if kind in kinds}


def _undone(stint: _Stint, passed: datetime | None) -> set[str]:
    ended = stint.ended.kind if stint.ended else None
    counts = {"returned"} if ended == "return" else set()
    if passed is not None and ended in (None, "return", "transfer"):
        counts.add("should_handle")
    if passed is not None and ended is None:
        counts.add("overdue_open")
    return counts


def _minutes(stint: _Stint) -> int | None:
    received = next((event.at for event in stint.events if event.kind == "receive"), None)
    return None if received is None else int((received - stint.events[0].at).total_seconds()) // 60


def _fair(fact: Fact, finders: Collection[int]) -> Fact:
    """What was found by whoever leads it counts only where it went well."""
    if fact.unit not in finders:
        return fact
    if "handled_on_time" in fact.counts and not fact.counts & {"extended", "reworked"}:
        return Fact(fact.at, fact.unit, fact.counts - {"received"} | {"own"})
    return Fact(fact.at, fact.unit, frozenset({"own"}))


def _closing_fact(events: Sequence[Told], index: int, finders: Collection[int]) -> Fact:
    event = events[index]
    after = list(_until_next_closing(events[index + 1 :]))
    stint = next((one for one in _stints(events) if event in one.events), None)
    counts = {"closed"} if stint is not None and stint.late() else {"closed", "closed_on_time"}
    if any(one.kind == "reopen" for one in after):
        counts.add("reopened")
    if any(one.kind == "overturn" for one in after):
        counts |= {"overturned", "formal_closed"}
    soon = event.at + timedelta(days=FORMAL_DAYS)
    if any(one.kind == "reopen" and one.role == "reporter" and one.at <= soon for one in after):
        counts.add("formal_closed")
    ratings = [one.rating for one in [event, *after] if one.rating is not None]
    counts |= {"rated", f"rated_{_mood(min(ratings))}"} if ratings else set()
    unit = stint.unit if stint else None
    bad = counts & {"reopened", "overturned", "rated_basically", "rated_dissatisfied"}
    if unit in finders and (bad or "closed_on_time" not in counts):
        counts = set()
    return Fact(event.at, unit, frozenset(counts))


def _until_next_closing(events: Sequence[Told]) -> list[Told]:
    end = next((index for index, event in enumerate(events) if event.closes), len(events))
    return list(events[:end])


def _mood(rating: int) -> str:
    return "satisfied" if rating >= 4 else "basically" if rating == 3 else "dissatisfied"


def _add_others(found: dict[tuple[int, int], Fact], story: Story) -> None:
    for call in story.callbacks:
        counts = _answers(call)
        well = {"asked", "responded", "resolved", "satisfied"}
        if call.unit not in story.finders or counts == well:
            _add(found, Origin.CALLBACK, call.id, Fact(call.at, call.unit, frozenset(counts)))
    for partner in story.partners:
        names = {"whistled", *(["reported_in"] * partner.came), *(["absent"] * partner.absent)}
        _add(found, Origin.CALL, partner.id, Fact(partner.at, partner.unit, frozenset(names)))
    for card in story.cards:
        names = {_CARDS.get(card.level, "orders")}
        names |= {"orders_late"} if card.late and card.level == "order" else set()
        if card.unit not in story.finders:
            _add(found, Origin.CARD, card.id, Fact(card.at, card.unit, frozenset(names)))


def _answers(call: Called) -> set[str]:
    counts = {"asked"}
    counts |= {"responded"} if call.responded else set()
    counts |= {"resolved"} if call.resolved else set()
    if call.rating is not None:
        counts.add(_mood(call.rating).replace("basically", "basically_satisfied"))
    return counts
