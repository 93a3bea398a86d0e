"""The filters of a list of cases, as an address carries them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, F, Func, Q

from gezhi.cases.models import Report
from gezhi.lib.bigrams import tsquery
from gezhi.lib.codes import is_code, place_range

SORTS = ("due", "newest")
DUES = ("overdue", "soon", "today", "week")
MARKS = ("asked", "card", "ordered", "called", "special", "mine")
SOON = timedelta(hours=4)


class BadFilter(ValueError):
    """A filter that cannot be understood: names the field and what is possible."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


@dataclass(frozen=True, slots=True)
class Filters:
    """`status`: open, closed or "" for both. `due`: overdue, soon (4 hours), today (the rest of it) or week (the six
    days after). `mark`: asked (a request waits for approval), card, ordered, called (the reader's unit was), special
    (a scenario's procedure waits for the reader's roles) or mine (any does): `marked` adds the last three. Texts are
    as given; empty means not asked."""

    text: str = ""
    state: str = ""
    status: str = ""
    category: str = ""
    place: str = ""
    unit: str = ""
    source: str = ""
    due: str = ""
    mark: str = ""
    since: str = ""
    until: str = ""
    sort: str = "newest"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """Raises BadFilter. Names that are no filters are left aside."""
        names = {field.name for field in dataclasses.fields(cls)}
        given = {name: query[name].strip()[:120] for name in names if query.get(name, "").strip()}
        filters = cls(**given)
        filters._check()
        return filters

    def _check(self) -> None:
        known_values = {
            "sort": SORTS,
            "due": ("", *DUES),
            "status": ("", "open", "closed"),
            "mark": ("", *MARKS),
        }
        for name, known in known_values.items():
            if getattr(self, name) not in known:
                raise BadFilter(name, f"must be one of {', '.join(filter(None, known))}")
        if self.place and not is_code(self.place):
            raise BadFilter("place", "must be a 12-digit division code or a grid code")
        if self.unit and not (self.unit.isascii() and self.unit.isdigit() and len(self.unit) < 18):
            raise BadFilter("unit", "must be the number of a unit")
        for name in ("since", "until"):
            if getattr(self, name):
                day_of(name, getattr(self, name))
        if "\0" in "".join(dataclasses.astuple(self)):
            raise BadFilter("text", "holds a NUL byte")

    def query_string(self, **changes: str) -> str:
        """The address's query for these filters with some changed; defaults are left out."""
        changed = dataclasses.replace(self, **changes)
        pairs = {field.name: getattr(changed, field.name) for field in dataclasses.fields(changed)}
        defaults = {field.name: field.default for field in dataclasses.fields(changed)}
        return urlencode({name: value for name, value in pairs.items() if value != defaults[name]})

    def condition(self, now: datetime) -> Q:
        """All that is asked for."""
        return self.facets(now) & self._words() if self.text else self.facets(now)

    @property
    def tsquery(self) -> str:
        """The words that are searched for, "" when the text is none or a case's number."""
        return "" if self._is_number() else tsquery(self.text)

    def facets(self, now: datetime) -> Q:
        """What is asked for besides words."""
        asked = Q()
        if self.state:
            asked &= Q(state=self.state)
        if self.status:
            asked &= Q(is_open=self.status == "open")
        if self.category:
            asked &= Q(category=self.category)
        if self.place:
            low, high = place_range(self.place)
            asked &= Q(place_code__gte=low, place_code__lt=high)
        if self.unit:
            asked &= Q(unit_id=int(self.unit))
        if self.source:
            asked &= Q(source=self.source)
        return asked & self._marks() & self._times(now)

    def _marks(self) -> Q:
        if self.mark == "asked":
            return Q(asked__isnull=False)
        if self.mark == "card":
            return Q(is_open=True, card__gt=0)
        return Q(is_open=True, ordered=True) if self.mark == "ordered" else Q()

    def _words(self) -> Q:
        if self._is_number():
            return Q(number=self.text)
        return said(self.tsquery) if self.tsquery else Q(pk__in=())

    def _is_number(self) -> bool:
        return self.text.isascii() and self.text.isdigit() and len(self.text) >= 12

    def _times(self, now: datetime) -> Q:
        asked = Q()
        if self.due == "overdue":
            asked &= Q(is_open=True, due_at__lt=now)
        elif self.due == "soon":
            asked &= Q(is_open=True, due_at__gte=now, due_at__lt=now + SOON)
        elif self.due == "today":
            asked &= Q(is_open=True, due_at__gte=now, due_at__lt=days_on(now, 1))
        elif self.due == "week":
            asked &= Q(is_open=True, due_at__gte=days_on(now, 1), due_at__lt=days_on(now, 7))
        if self.since:
            asked &= Q(opened_at__gte=midnight(day_of("since", self.since)))
        if self.until:
            asked &= Q(opened_at__lt=midnight(day_of("until", self.until) + timedelta(days=1)))
        return asked


class WrittenQuery(SearchQuery):
    """A tsquery in its input form, taken as it is: `to_tsquery` would split marks like @202611."""

    def as_sql(self, *args: object, **kwargs: object) -> tuple[str, list[str]]:  # type: ignore[override]
        return "%s::tsquery", [self.written]

    def __init__(self, written: str) -> None:
        super().__init__(written)
        self.written = written


def said(query: str) -> Q:
    """Cases of which a report holds the words of a tsquery. The words are always looked up first: what they find is
    bounded by the period that is asked for, while the planner guesses far too few for words that go together."""
    found = ArraySubquery(Report.objects.filter(words=WrittenQuery(query)).values("case_id"))
    is_any = {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
    return Q(Func(F("pk"), found, output_field=BooleanField(), **is_any))


def days_on(now: datetime, days: int) -> datetime:
    """The midnight that begins the day so many days after today, in the node's time."""
    return midnight(now.astimezone(ZoneInfo(settings.TIME_ZONE)).date() + timedelta(days=days))


def day_of(name: str, text: str) -> date:
    """Raises BadFilter."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadFilter(name, "must be a day such as 2026-07-01") from None
    if not 1990 <= day.year <= 2200:
        raise BadFilter(name, "must lie between 1990 and 2200")
    return day


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
