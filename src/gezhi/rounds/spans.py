"""Where a plan is in force: the settings of places, as ranges of codes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from gezhi.lib.codes import place_range


@dataclass(frozen=True, slots=True)
class Setting:
    place_code: str
    is_on: bool
    since: date


@dataclass(frozen=True, slots=True)
class Span:
    """Codes from `low` to below `high`, in force since that day."""

    low: str
    high: str
    since: date


def spans_on(settings: Iterable[Setting], today: date) -> list[Span]:
    """Ranges of place codes in which the plan is on, disjoint and in order; the nearest place upward rules.

    A setting of a later day does not count yet.
    """
    ranges = [(*place_range(one.place_code), one) for one in settings if one.since <= today]
    edges = sorted({edge for low, high, _one in ranges for edge in (low, high)})
    found: list[Span] = []
    for low, high in pairwise(edges):
        around = [one for one in ranges if one[0] <= low and high <= one[1]]
        nearest = max(around, key=lambda one: len(one[0]), default=None)
        if nearest and nearest[2].is_on:
            found.append(Span(low, high, nearest[2].since))
    return found


def setting_for(settings: Iterable[Setting], place_code: str, today: date) -> Setting | None:
    """The setting that rules in a place; None: no place upward has one."""
    around = [one for one in settings if one.since <= today and _holds(one, place_code)]
    return max(around, key=lambda one: len(place_range(one.place_code)[0]), default=None)


def _holds(setting: Setting, place_code: str) -> bool:
    low, high = place_range(setting.place_code)
    return low <= place_range(place_code)[0] < high
