"""How a report was sorted, in words."""

from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.models import Report
from gezhi.pages.showing import english, said
from gezhi.rights.queries.explaining import Explanation, explained


@dataclass(frozen=True, slots=True)
class HowView:
    """`how`: named, guessed or by-hand. `clues`: words that decided. `others`: what else was likely, in per cent."""

    text: str
    how: str
    category: str
    percent: int | None
    clues: tuple[str, ...]
    others: list[tuple[str, int]]
    newer: bool
    rules: list[tuple[str, str]]
    duty: str
    unit: str
    corrected: list[tuple[str, datetime]]
    given_by_person: bool


def how_view(report: Report) -> HowView:
    found: Explanation = explained(report)
    return HowView(
        text=report.text,
        how=found.how,
        category=said(found.category.name),
        percent=round(found.guess.confidence * 100) if found.guess else None,
        clues=found.guess.clues if found.guess else (),
        others=[(said(category.name), round(share * 100)) for category, share in found.others],
        newer=found.newer,
        rules=[(said(rule.title), rule.when) for rule in found.rules],
        duty=said(found.duty) if found.duty else "",
        unit=found.unit[int(english())],
        corrected=[(said(category.name), at) for category, at in found.corrected],
        given_by_person=found.given_by_person,
    )
