"""From read reports to drafts: located, classified, with everything a decision needs. No statement is made here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gezhi.cases.guessing import Guess
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.matching import Cell, Matter, match_keys, title_of
from gezhi.cases.opening import SENSED, USUAL, Opening, OpeningRules, facts_of, opening, rules_for
from gezhi.cases.world import World
from gezhi.lib.codes import VILLAGE, ancestor_at
from gezhi.people.directory import is_grid


@dataclass(frozen=True, slots=True)
class Draft:
    """A report, located and classified. `suggested_unit`: who would be responsible.

    `opening`: what the rules say if it opens a case.
    """

    report: NewReport
    place_code: str
    category: str
    confidence: float | None  # None: a person or another system said the category
    suggested_unit: int | None
    matter: Matter
    cells: tuple[Cell, ...]  # where the same matter may stand; the first is its own
    opening: Opening = USUAL
    alone: bool = False  # never taken for another matter


def draft_all(reports: Sequence[NewReport], world: World) -> list[Draft]:
    places = _locate(reports, world)
    guesses = _classify(reports, world)
    rules: dict[str, OpeningRules] = {}
    return [_draft(*one, world, rules) for one in zip(reports, places, guesses, strict=True)]


def _draft(
    report: NewReport, place: str, guess: Guess | None, world: World, rules: dict[str, OpeningRules]
) -> Draft:
    category = report.category if guess is None else guess.category
    kind = world.catalogue.category(category)
    if is_grid(place) and not world.directory.admitted(category, kind.grids, place):
        place = ancestor_at(place, VILLAGE)
    if category not in rules:
        rules[category] = rules_for(kind, world.catalogue)
    opens = _opening(report, rules[category], place, world)
    unit = None
    if not world.by_hand(report.reporter_phone):
        unit = world.directory.responsible(category, opens.function or kind.function, place, grids=kind.grids)
    return Draft(
        report=report,
        place_code=place,
        category=category,
        confidence=None if guess is None else guess.confidence,
        suggested_unit=None if unit is None else unit.id,
        matter=Matter(0, category, place, report.occurred_at, report.lon, report.lat, title_of(report.text)),
        cells=tuple((key, category) for key in match_keys(report.lon, report.lat, place)),
        opening=opens,
        alone=kind.internal or _is_of_one_device(report),
    )


def _is_of_one_device(report: NewReport) -> bool:
    """A warning without a point is of a home, and the words of two homes' alarms are the same. Which warnings are one
    matter was decided where they were raised."""
    return report.source == SENSED and report.lon is None


def _opening(report: NewReport, found: OpeningRules, place: str, world: World) -> Opening:
    if not found.rules:
        return USUAL
    local = report.occurred_at.astimezone(world.office.zone)
    facts = facts_of(report.text, report.source, report.attributes, found.form, local, place)
    return opening(found.rules, facts)


def _classify(reports: Sequence[NewReport], world: World) -> list[Guess | None]:
    """Whoever objected to automated handling is left to a person: the fallback category, and no confidence in it."""
    guesses: list[Guess | None] = [None] * len(reports)
    unsaid = [index for index, report in enumerate(reports) if not report.category]
    by_hand = {index for index in unsaid if world.by_hand(reports[index].reporter_phone)}
    guessed = [index for index in unsaid if index not in by_hand]
    for index in by_hand:
        guesses[index] = Guess(world.classifier.fallback, 0.0)
    for index, guess in zip(
        guessed, world.classifier.classify([reports[i].text for i in guessed]), strict=True
    ):
        guesses[index] = guess
    return guesses


def _locate(reports: Sequence[NewReport], world: World) -> list[str]:
    """The point decides; else the place that the source named; else places named in the words; else the node."""
    places = [""] * len(reports)
    pointed = [index for index, report in enumerate(reports) if report.lon is not None]
    if pointed and world.locator is not None:
        lon = np.array([reports[index].lon for index in pointed], dtype=np.float64)
        lat = np.array([reports[index].lat for index in pointed], dtype=np.float64)
        for index, code in zip(pointed, world.locator.locate(lon, lat).codes, strict=True):
            places[index] = code
    return [place or _by_words(report, world) for place, report in zip(places, reports, strict=True)]


def _by_words(report: NewReport, world: World) -> str:
    if report.place_code:
        return report.place_code
    named = world.names.find(f"{report.address} {report.text[:300]}")
    return named.code if named else world.root
