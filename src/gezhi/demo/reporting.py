"""Invented reports: what happens where, who says so, by which channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.cases.intake.shapes import NewReport, Photo
from gezhi.demo.cast import Stage
from gezhi.demo.filling import fill_in
from gezhi.demo.names import person_name, phone
from gezhi.demo.photos import copy
from gezhi.demo.queries import SIMULATED
from gezhi.demo.texts import MATTERS, address, sentence, sentence_about
from gezhi.lib.codes import is_within
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Category

CHANNELS: Final = {"portal": 40, "hotline": 35, "field": 15, "api": 10}
NAMED: Final = {"portal": 0.8, "hotline": 0.95}  # of the callers, who leave their number
WITH_PHOTO: Final = {"portal": 0.2, "field": 0.5}
PLAIN: Final = {
    "portal": 0.3,
    "hotline": 0.9,
    "field": 0.95,
    "api": 1.0,
}  # of the reports, that name their category
WRONG: Final = 0.02  # of the named categories
REPEATED: Final = 0.04  # of the reports, that speak of a matter reported shortly before
REMEMBERED: Final = 400
SCENARIOS: Final = 0.05  # of the reports, that speak of a matter with a procedure of its own
STAFF_ONLY: Final = ("lists", "security")  # packs whose cases staff open with a purpose
_CATEGORIES: Final = tuple(MATTERS)
_WEIGHTS: Final = tuple(1 / (rank + 2) ** 0.9 for rank in range(len(MATTERS)))


@dataclass(frozen=True, slots=True)
class Spot:
    grid: str
    village: str  # its full name without the city
    lon: float
    lat: float


@dataclass(frozen=True)
class Said:
    """`truth`: the category that the report is really about."""

    report: NewReport
    truth: str


class Spots:
    """Points inside grids; some grids are far busier than others."""

    def __init__(self, grids: Sequence[tuple[str, bytes, str]], seed: int) -> None:
        """`grids`: (code, WKB, full name of its village)."""
        self._codes = [code for code, _, _ in grids]
        self._villages = [village for _, _, village in grids]
        self._shapes: NDArray[np.object_] = shapely.from_wkb(
            np.array([wkb for _, wkb, _ in grids], dtype=object)
        )
        self._chance = np.random.default_rng(seed)
        weights = 1 / (self._chance.permutation(len(grids)) + 20.0) ** 0.6
        self._weights = weights / weights.sum()
        self._drawn: list[Spot] = []

    def draw(self) -> Spot:
        if not self._drawn:
            self._drawn = self._more(5_000)
        return self._drawn.pop()

    def busiest(self, within: str) -> str:
        """The code of the busiest grid of a jurisdiction."""
        inside = [at for at, code in enumerate(self._codes) if is_within(code, within)]
        return self._codes[max(inside, key=lambda at: float(self._weights[at]))]

    def _more(self, count: int) -> list[Spot]:
        chosen = self._chance.choice(len(self._codes), count, p=self._weights)
        shapes = self._shapes[chosen]
        points = shapely.get_coordinates(shapely.point_on_surface(shapes))
        west, south, east, north = shapely.bounds(shapes).T
        left = np.arange(count)
        for _ in range(8):
            x = west[left] + self._chance.random(len(left)) * (east - west)[left]
            y = south[left] + self._chance.random(len(left)) * (north - south)[left]
            inside = shapely.contains_xy(shapes[left], x, y)
            points[left[inside]] = np.column_stack((x[inside], y[inside]))
            left = left[~inside]
        rounded = points.round(6).tolist()
        return [
            Spot(self._codes[at], self._villages[at], lon, lat)
            for at, (lon, lat) in zip(chosen, rounded, strict=True)
        ]


class Callers:
    """Draws one report after another; remembers the newest, since the same matter is often reported twice."""

    def __init__(self, spots: Spots, stage: Stage) -> None:
        self._spots = spots
        self._stage = stage
        self._recent: list[tuple[Spot, Said]] = []
        self._scenarios = _of_scenarios(stage.world.catalogue)

    def say(self, key: str, at: datetime, rng: Random) -> Said:
        """`key`: the source's own id. `at`: when it is received; it happened a little before."""
        channel = rng.choices(tuple(CHANNELS), tuple(CHANNELS.values()))[0]
        if self._recent and rng.random() < REPEATED:
            return self._again(key, at, channel, rng)
        spot = self._spots.draw()
        where = address(rng, spot.village)
        if self._scenarios and rng.random() < SCENARIOS:
            special = self._special(key, at, channel, spot, where, rng)
            if special is not None:
                return special
        truth = rng.choices(_CATEGORIES, _WEIGHTS)[0]
        said = Said(self._report(key, at, channel, spot, truth, where, rng), truth)
        self._recent = [*self._recent[-REMEMBERED:], (spot, said)]
        return said

    def _again(self, key: str, at: datetime, channel: str, rng: Random) -> Said:
        spot, first = rng.choice(self._recent)
        near = replace(spot, lon=spot.lon + rng.uniform(-9e-5, 9e-5), lat=spot.lat + rng.uniform(-7e-5, 7e-5))
        report = self._report(key, at, channel, near, first.truth, first.report.address, rng)
        return Said(replace(report, category=first.report.category), first.truth)

    def _report(
        self, key: str, at: datetime, channel: str, spot: Spot, truth: str, where: str, rng: Random
    ) -> NewReport:
        named = rng.random() < NAMED.get(channel, 0)
        return NewReport(
            source=f"api:{self._stage.system}" if channel == "api" else channel,
            source_id=key,
            text=sentence(rng, channel, truth, where),
            occurred_at=at - timedelta(minutes=rng.uniform(1, 50)),
            lon=spot.lon,
            lat=spot.lat,
            address=where,
            category=_named_category(channel, truth, rng),
            reporter_name=person_name(rng) if named else "",
            reporter_phone=phone(rng) if named else "",
            attributes=SIMULATED,
            submitted_by_id=self._submitter(channel, spot, rng),
            photos=self._photos(channel, rng),
        )

    def _special(
        self, key: str, at: datetime, channel: str, spot: Spot, where: str, rng: Random
    ) -> Said | None:
        """Of a scenario, with its form. None: the form could not be filled in."""
        category = rng.choice(self._scenarios)
        text = sentence_about(rng, channel, category.words or (category.name.zh,), where)
        form = self._stage.world.catalogue.form_of(category.key)
        day = at.astimezone(self._stage.world.office.zone).date()
        facts = {"text": text, "address": where, "today": day.isoformat()}
        answers = fill_in(form, facts, day, rng) if form else {}
        if answers is None:
            return None
        plain = self._report(key, at, channel, spot, _CATEGORIES[0], where, rng)
        report = replace(plain, text=text, category=category.key, attributes={**answers, **SIMULATED})
        return Said(report, category.key)

    def _submitter(self, channel: str, spot: Spot, rng: Random) -> int | None:
        if channel == "hotline":
            operator = self._stage.cast.at_centre("operator", spot.grid, rng)
            return operator.account_id if operator else None
        if channel == "field":
            return self._stage.cast.at_grids[spot.grid].account_id
        return self._stage.system if channel == "api" else None

    def _photos(self, channel: str, rng: Random) -> tuple[Photo, ...]:
        wanted = rng.random() < WITH_PHOTO.get(channel, 0)
        return (copy(rng.choice(self._stage.album.before)),) if wanted else ()


def _of_scenarios(catalogue: Catalogue) -> Sequence[Category]:
    """Categories that no invented sentence speaks of, of packs that anybody may report to."""
    told = {catalogue.pack_of(key).manifest.name for key in MATTERS if key in catalogue.categories}
    apart = {*told, *STAFF_ONLY}
    return [one for one in catalogue.reportable if catalogue.pack_of(one.key).manifest.name not in apart]


def _named_category(channel: str, truth: str, rng: Random) -> str:
    draw: Mapping[str, float] = PLAIN
    if rng.random() >= draw[channel]:
        return ""
    return rng.choice(_CATEGORIES) if rng.random() < WRONG else truth
