"""The dated limits that rules of monitors name, in the page's language."""

from dataclasses import dataclass
from datetime import date

from gezhi.packs.catalogue import Catalogue
from gezhi.packs.monitor_rules import limits_of, parameter_of, with_numbers
from gezhi.packs.shapes import Limit, Monitor, Parameter, in_force
from gezhi.packs.units import UNITS
from gezhi.pages.showing import said


@dataclass(frozen=True, slots=True)
class LimitView:
    """`value`: in force, with its unit; `coming`: (from when, value) of those that follow."""

    key: str
    title: str
    value: str
    since: date
    source: str
    coming: list[tuple[date, str]]


def limit_views(monitor: Monitor, catalogue: Catalogue, today: date) -> list[LimitView]:
    return [_view(one, today) for one in catalogue.limits_of(monitor)]


def rule_on(text: str, catalogue: Catalogue, day: date) -> str:
    """The rule with the numbers that its limits have on that day."""
    numbers = {name: catalogue.number(parameter_of(name), day) for name in limits_of([text])}
    return with_numbers(text, {name: number for name, number in numbers.items() if number is not None})


def unit_words(parameter: Parameter) -> str:
    """As people write it; "" for a parameter without."""
    unit = UNITS.get(parameter.unit)
    return unit.symbol if unit else parameter.unit


def _view(one: Parameter, today: date) -> LimitView:
    now = in_force(one, today)
    coming = [
        (value.since, _number(value, one)) for value in one.values if value.since > max(today, now.since)
    ]
    return LimitView(one.key, said(one.title), _number(now, one), now.since, now.source, coming)


def _number(limit: Limit, parameter: Parameter) -> str:
    return f"{limit.number:g} {unit_words(parameter)}".strip()
