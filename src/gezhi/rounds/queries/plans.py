"""Which plans there are, and where they are in force."""

from collections import defaultdict
from functools import lru_cache

from gezhi.cases.world import known_world
from gezhi.packs.queries import published_versions
from gezhi.rounds.book import Book, book_of
from gezhi.rounds.models import PlanSetting
from gezhi.rounds.spans import Setting


def book(stamp: int | None = None) -> Book:
    """The plans of this process's configuration; no statement once it was read."""
    return _book(known_world().stamp if stamp is None else stamp)


@lru_cache(maxsize=2)
def _book(stamp: int) -> Book:
    return book_of(published_versions())


def plan_settings() -> dict[str, list[Setting]]:
    """By plan; one statement."""
    found: dict[str, list[Setting]] = defaultdict(list)
    rows = PlanSetting.objects.order_by("place_code").values_list("plan", "place_code", "is_on", "since")
    for plan, place, is_on, since in rows:
        found[plan].append(Setting(place, is_on, since))
    return found


def settings_of(plan: str) -> list[Setting]:
    rows = PlanSetting.objects.filter(plan=plan).order_by("place_code")
    return [Setting(*row) for row in rows.values_list("place_code", "is_on", "since")]
