"""How a report was sorted: what a machine did, with the words and rules that decided, and what people did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.guessing import Guess
from gezhi.cases.models import CaseEvent, Objection, Report, TrainedModel
from gezhi.cases.queries.contact import contact_of
from gezhi.cases.queries.objecting import report_digest
from gezhi.cases.world import World, world
from gezhi.lib.reach import current, within
from gezhi.packs.catalogue import NotInCatalogue
from gezhi.packs.shapes import Category, Kind, Rule, Words
from gezhi.rights.queries.people import digest_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """`how`: named (the reporter or another system chose the category), guessed (a machine did) or by-hand (the
    reporter objects to machines). `guess`: with the words that decided, as the classifier of today sees them;
    `newer`: it was trained after the report came. `rules`: of the pack, that set a limit or a duty. `duty`: which
    the category asks for; `unit`: that was suggested for it. `corrected`: by people, category and instant."""

    how: str
    category: Category
    guess: Guess | None
    others: Sequence[tuple[Category, float]]
    newer: bool
    rules: Sequence[Rule]
    duty: Words | None
    unit: tuple[str, str]
    corrected: Sequence[tuple[Category, datetime]]
    given_by_person: bool


def explained(report: Report) -> Explanation:
    """Five statements."""
    now_world, case = world(), report.case
    events = list(
        CaseEvent.objects.filter(case_id=case.pk)
        .order_by("seq")
        .values_list("kind", "at", "facts", "account_id")
    )
    begun: dict[str, object] = next(
        (facts for kind, _, facts, _ in events if _begins(kind, facts, report.pk)), {}
    )
    category = _category(str(begun.get("category") or case.category), now_world)
    guesses = now_world.classifier.explain(report.text) if report.text else []
    unit = now_world.directory.units.get(case.suggested_unit_id or case.unit_id or 0)
    function = now_world.catalogue.functions.get(case.function or category.function)
    return Explanation(
        how="named" if report.category else "by-hand" if _objects(report) else "guessed",
        category=category,
        guess=next((one for one in guesses if one.category == category.key), None),
        others=[
            (_category(one.category, now_world), one.confidence)
            for one in guesses
            if one.category != category.key
        ],
        newer=TrainedModel.objects.filter(state="done", done_at__gt=report.received_at).exists(),
        rules=_rules(begun, case.pack_version_id, now_world),
        duty=function.name if function else None,
        unit=(unit.name, unit.name_en or unit.name) if unit else ("", ""),
        corrected=[
            (_category(str(facts["category"][1]), now_world), at)
            for kind, at, facts, _ in events
            if kind == Kind.CORRECT and isinstance(facts.get("category"), list)
        ],
        given_by_person=any(kind == Kind.DISPATCH and account for kind, _, _, account in events),
    )


def _begins(kind: str, facts: dict[str, object], report_id: int) -> bool:
    return kind in (Kind.REPORT, Kind.JOIN) and facts.get("report") == report_id


def _category(key: str, current: World) -> Category:
    try:
        return current.catalogue.category(key)
    except NotInCatalogue:
        return current.catalogue.category(current.catalogue.fallback_category)


def _rules(begun: dict[str, object], version: int, current: World) -> list[Rule]:
    keys = begun.get("rules")
    named = set(keys) if isinstance(keys, list) else set()
    return [rule for rule in current.catalogue.rules_of(version) if rule.key in named]


def _objects(report: Report) -> bool:
    digests = [report_digest(report.pk)]
    with within(current().with_reports([report.pk])):
        phone = contact_of(report.pk).phone
    if phone:
        digests.append(digest_of(phone))
    return Objection.objects.filter(digest__in=digests, automation=True, at__lt=report.received_at).exists()
