"""Whether formulas of indicators and appraisals hold: counts and indicators that exist, numbers that come out. Pure."""

from collections.abc import Iterator

from gezhi.packs.checking_rules import check_formula
from gezhi.packs.problems import Finding
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Counted

COUNTS = tuple(count.value for count in Counted)


def check_indicators(scope: Scope) -> Iterator[Finding]:
    for index, indicator in enumerate(scope.pack.indicators):
        yield from check_formula(indicator.formula, COUNTS, ("indicators", index, "formula"))
    for index, appraisal in enumerate(scope.pack.appraisals):
        names = [key.replace("-", "_") for key in appraisal.indicators]
        yield from check_formula(appraisal.points, names, ("appraisals", index, "points"))
