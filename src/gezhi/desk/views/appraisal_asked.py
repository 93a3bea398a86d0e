"""What an address of the appraisal asks for, and what the person may see of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import urlencode

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezhi.insight.marking import Method
from gezhi.insight.periods import BadPeriod, Period, named
from gezhi.insight.queries.figures import Dimension, Within
from gezhi.insight.queries.methods import NoAppraisal, method_of, methods
from gezhi.insight.queries.scope import narrowed, sees_all_units, sight
from gezhi.lib.codes import is_code
from gezhi.pages.asked import number
from gezhi.people.access import Actor

Level = Dimension | Literal["post"]
LEVELS: Final[dict[Level, object]] = {
    "unit": _("单位"),
    "county": _("区县"),
    "town": _("乡镇街道"),
    "village": _("村社区"),
    "grid": _("网格"),
    "post": _("网格岗位"),
    "category": _("类别"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """`key` "" and `method` None: no pack with an appraisal is published, or none was in force then."""

    key: str
    method: Method | None
    period: Period
    level: Level
    place: str
    category: str
    sort: str
    sight: Within
    ranks: bool  # whether the person sees enough units for ranks to mean something

    @property
    def within(self) -> Within:
        return narrowed(self.sight, place=self.place, category=self.category)

    def query(self, **changes: str) -> str:
        """The address's query, with some changed."""
        plain = {
            "appraisal": self.key,
            "period": self.period.name,
            "level": self.level,
            "place": self.place,
            "category": self.category,
            "sort": self.sort,
        }
        return urlencode({name: value for name, value in (plain | changes).items() if value})


def asked_of(query: Mapping[str, str], actor: Actor) -> Asked:
    """What cannot be understood is left aside: the newest period, the first appraisal, units."""
    known = methods()
    key = query.get("appraisal", "")
    key = key if key in known else next(iter(known), "")
    period, method = _method(key, query.get("period", ""))
    level = query.get("level", "unit")
    place = query.get("place", "")
    return Asked(
        key=key,
        method=method,
        period=period,
        level=level if level in LEVELS and (level == "unit" or sees_all_units(actor)) else "unit",
        place=place if is_code(place) else "",
        category=query.get("category", "")[:60].replace("\0", ""),
        sort=query.get("sort", "")[:60],
        sight=sight(actor),
        ranks=sees_all_units(actor),
    )


def _method(key: str, text: str) -> tuple[Period, Method | None]:
    """The period as the appraisal has it: its length and the hour at which its days begin."""
    today = timezone.localdate()
    if not key:
        return Period.of("month", today), None
    newest = methods()[key][0].appraisal
    try:
        period = named(text, newest.day_starts)
    except BadPeriod:
        period = Period.of(newest.period, today, newest.day_starts)
    if period.kind != newest.period:
        period = Period.of(newest.period, period.days[0], newest.day_starts)
    try:
        method = method_of(key, period)
    except NoAppraisal:
        return period, None
    return replace(period, day_starts=method.appraisal.day_starts), method


def unit_asked(text: str, actor: Actor) -> int | None:
    """A unit's number; 404 for one that the person may not see."""
    pk = number(text)
    if pk is None:
        return None
    if not sees_all_units(actor) and pk not in {post.unit_id for post in actor.posts}:
        raise Http404
    return pk
