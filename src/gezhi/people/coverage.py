"""Gaps and overlaps in responsibility: what nobody answers for, and what two answer for. Pure.

Categories that ask for the same duties at every level are one profile; a place is covered for a profile when
it or a place above it holds the duty wanted there. So 250 categories on 12,000 grids are some thirty arrays.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gezhi.lib.codes import (
    CITY,
    COUNTY,
    GRID,
    PROVINCE,
    TOWN,
    VILLAGE,
    ancestor_at,
    is_within,
    level_of,
    place_range,
)
from gezhi.people.directory import ANY_CATEGORY, CONTRACTOR, Directory
from gezhi.people.staffing import AdmissionRow, DutyRow

_LEVELS = (PROVINCE, CITY, COUNTY, TOWN, VILLAGE, GRID)
Codes = NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class Subject:
    """A category as responsibility sees it."""

    category: str
    function: str
    grids: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """`wanted`: the duty that answers at each level, province first; `rulings`: what the admission list says of it."""

    wanted: tuple[str, ...]
    grids: bool
    rulings: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody up to the province answers for these categories in `missing` of the `total` places within a town,
    or within the wider place that `widened` found to lack it as a whole."""

    place_code: str
    function: str
    categories: tuple[str, ...]
    missing: int
    total: int

    @property
    def whole(self) -> bool:
        return self.missing == self.total

    @property
    def number(self) -> int:
        return self.missing * len(self.categories)


@dataclass(frozen=True, slots=True)
class Overlap:
    """`kind`: same-duty (two units of a place hold it), two-duties or two-rulings (the list says both on one
    day), duty-without-admission (the duty lies with villages that do not admit the category)."""

    kind: str
    place_code: str
    key: str  # the function, or the category
    between: tuple[str, ...]  # codes of units, duties, or rulings


def profiles(subjects: Iterable[Subject], directory: Directory) -> dict[Profile, list[str]]:
    """The categories of each profile, in their order."""
    rulings: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for (category, place), admitted in sorted(directory.admission.items()):
        rulings[category].append((place, admitted))
    found: dict[Profile, list[str]] = defaultdict(list)
    for one in subjects:
        wanted = tuple(_wanted(directory, one, level) for level in _LEVELS)
        profile = Profile(wanted, one.grids, tuple(rulings.get(one.category, ())))
        found[profile].append(one.category)
    return dict(found)


def _wanted(directory: Directory, one: Subject, level: int) -> str:
    duty = directory.duty
    return duty.get((one.category, level)) or duty.get((ANY_CATEGORY, level)) or one.function


def gaps(subjects: Sequence[Subject], places: Sequence[str], directory: Directory) -> list[Gap]:
    """Of places of one kind (all grids, or all villages), grouped by town, duty and the categories it lacks."""
    if not places:
        return []
    codes = np.array(sorted(places), dtype="S16")
    above = [_ancestors(codes, level) for level in _LEVELS]
    towns, town_of = np.unique(_ancestors(codes, TOWN), return_inverse=True)
    totals = np.bincount(town_of, minlength=len(towns))
    seats = _seats(directory)
    found: list[Gap] = []
    for profile, categories in profiles(subjects, directory).items():
        missing = np.bincount(town_of[~_covered(profile, above, seats)], minlength=len(towns))
        found += [
            Gap(
                towns[at].decode(),
                profile.wanted[COUNTY],
                tuple(categories),
                int(missing[at]),
                int(totals[at]),
            )
            for at in np.flatnonzero(missing)
        ]
    return sorted(found, key=lambda gap: (gap.place_code, gap.function, gap.categories))


def _ancestors(codes: Codes, level: int) -> Codes:
    """The place's own ancestor at a level as a padded code; a place above that level gives itself."""
    if level == GRID:
        return codes
    digits = (2, 4, 6, 9, 12)[level]
    heads = codes.astype(f"S{digits}")
    return np.char.ljust(heads, 12, b"0").astype("S16")


def _seats(directory: Directory) -> Mapping[tuple[int, str], Codes]:
    """(level, function) -> the places where a unit holds it."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for unit in directory.units.values():
        for function in unit.functions if unit.kind != CONTRACTOR else ():
            found[level_of(unit.place_code), function].append(unit.place_code)
    return {key: np.array(codes, dtype="S16") for key, codes in found.items()}


def _covered(
    profile: Profile, above: Sequence[Codes], seats: Mapping[tuple[int, str], Codes]
) -> NDArray[np.bool_]:
    covered = np.zeros(len(above[GRID]), dtype=np.bool_)
    for level, function in enumerate(profile.wanted):
        here = seats.get((level, function))
        if here is None:
            continue
        held = np.isin(above[level], here)
        covered |= held & _admitted(profile, above[level]) if level >= VILLAGE else held
    return covered


def _admitted(profile: Profile, codes: Codes) -> NDArray[np.bool_]:
    """The nearest ruling upward holds: wider places first, nearer ones over them."""
    admitted = np.full(len(codes), profile.grids)
    for place, ruling in sorted(profile.rulings, key=lambda one: level_of(one[0])):
        admitted[np.char.startswith(codes, place_range(place)[0].encode())] = ruling
    return admitted


def overlaps(
    directory: Directory, duties: Iterable[DutyRow], admissions: Iterable[AdmissionRow]
) -> list[Overlap]:
    """`duties`, `admissions`: the rows in force on the directory's day."""
    found = [*_same_duty(directory), *_two_duties(duties), *_two_rulings(admissions)]
    found += _duty_without_admission(directory)
    return sorted(found, key=lambda one: (one.kind, one.place_code, one.key))


def _same_duty(directory: Directory) -> Iterator[Overlap]:
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for unit in directory.units.values():
        for function in unit.functions if unit.kind != CONTRACTOR else ():
            holders[unit.place_code, function].append(unit.code)
    for (place, function), codes in holders.items():
        if len(codes) > 1:
            yield Overlap("same-duty", place, function, tuple(sorted(codes)))


def _two_duties(duties: Iterable[DutyRow]) -> Iterator[Overlap]:
    said: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in duties:
        said[row.category, row.level].add(row.function)
    for (category, _level), functions in said.items():
        if len(functions) > 1:
            yield Overlap("two-duties", "", category, tuple(sorted(functions)))


def _two_rulings(admissions: Iterable[AdmissionRow]) -> Iterator[Overlap]:
    said: dict[tuple[str, str], list[AdmissionRow]] = defaultdict(list)
    for row in admissions:
        said[row.category, row.place_code].append(row)
    for (category, place), rows in said.items():
        if any(one.admitted != other.admitted for one, other in combinations(rows, 2)):
            yield Overlap("two-rulings", place, category, tuple(str(row.valid_from) for row in rows))


def _duty_without_admission(directory: Directory) -> Iterator[Overlap]:
    """The duty list puts a category on villages, and the admission list keeps it off them."""
    for (category, place), admitted in directory.admission.items():
        function = directory.duty.get((category, VILLAGE)) or directory.duty.get((category, GRID))
        if function and not admitted:
            yield Overlap("duty-without-admission", place, category, (function,))


def by_place(found: Iterable[Gap], level: int) -> dict[str, int]:
    """How many (category, place) pairs nobody answers for, by county or town."""
    counts: dict[str, int] = defaultdict(int)
    for gap in found:
        counts[ancestor_at(gap.place_code, level)] += gap.number
    return dict(counts)


def inside(found: Iterable[Gap], place: str) -> list[Gap]:
    return [gap for gap in found if is_within(gap.place_code, place) or is_within(place, gap.place_code)]


def widened(found: Iterable[Gap], places: Sequence[str]) -> list[Gap]:
    """The same with one gap for a county or city where every place lacks the same. `places`: all that there are."""
    gaps_now = list(found)
    for level in (COUNTY, CITY):
        totals: dict[str, int] = defaultdict(int)
        for place in places:
            totals[ancestor_at(place, level)] += 1
        gaps_now = _joined(gaps_now, level, totals)
    return sorted(gaps_now, key=lambda gap: (gap.place_code, gap.function, gap.categories))


def _joined(found: Iterable[Gap], level: int, totals: Mapping[str, int]) -> list[Gap]:
    shelves: dict[tuple[str, str, tuple[str, ...]], list[Gap]] = defaultdict(list)
    for gap in found:
        shelves[ancestor_at(gap.place_code, level), gap.function, gap.categories].append(gap)
    joined: list[Gap] = []
    for (place, function, categories), held in shelves.items():
        whole = all(gap.whole for gap in held) and sum(gap.total for gap in held) == totals[place]
        joined += [Gap(place, function, categories, totals[place], totals[place])] if whole else held
    return joined
