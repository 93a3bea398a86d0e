"""Every parameter of the active packs with all its values: the packs' own and what staff have set. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from gezhi.packs.overlaying import overlaid
from gezhi.packs.shapes import Limit, Pack, Parameter


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A value as staff have set it. `by`: the person's name."""

    id: int
    limit: Limit
    by: str
    at: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Value:
    """`row` None: the pack says so. `when`: past, now, coming or withdrawn."""

    limit: Limit
    when: str
    row: StaffRow | None = None


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """`values`: newest day first, withdrawn ones among them."""

    pack: Pack
    parameter: Parameter
    values: tuple[Value, ...]

    @property
    def now(self) -> Value | None:
        return next((value for value in self.values if value.when == "now"), None)

    @property
    def coming(self) -> tuple[Value, ...]:
        return tuple(value for value in reversed(self.values) if value.when == "coming")


def parameter_lines(
    packs: Iterable[Pack], rows: dict[str, list[StaffRow]], today: date
) -> Iterator[ParameterLine]:
    """`packs`: the active ones, as published; `rows`: by key."""
    active = list(packs)
    overlays = [overlay for pack in active for overlay in pack.overlays]
    for pack in active:
        for parameter in overlaid(pack, overlays).parameters:
            values = _values(parameter, rows.get(parameter.key, []), today)
            yield ParameterLine(pack, parameter, tuple(values))


def _values(parameter: Parameter, rows: list[StaffRow], today: date) -> Iterator[Value]:
    standing = {row.limit.since: row for row in rows if not row.withdrawn}
    own = {limit.since: limit for limit in parameter.values if limit.since not in standing}
    days = sorted({*standing, *own})
    begun = [day for day in days if day <= today] or days[:1]
    withdrawn = [Value(row.limit, "withdrawn", row) for row in rows if row.withdrawn]
    counting = []
    for day in days:
        when = "now" if day == begun[-1] else "past" if day < begun[-1] else "coming"
        row = standing.get(day)
        counting.append(Value(row.limit if row else own[day], when, row))
    return iter(sorted([*withdrawn, *counting], key=lambda value: value.limit.since, reverse=True))
