"""Whether the things that a pack names exist: in itself or in a pack that it needs."""

from collections.abc import Iterable, Iterator

from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Procedure, Rule


def missing(address: Address, idea: str, name: str | None, known: Iterable[str]) -> Iterator[Finding]:
    """Nothing where no name is given."""
    names = set(known)
    if name and name not in names:
        yield Finding(address, f"there is no {idea} '{name}'", one_of(name, names))


def check_references(scope: Scope) -> Iterator[Finding]:
    for index, category in enumerate(scope.pack.categories):
        at = ("categories", index)
        yield from missing((*at, "form"), "form", category.form, scope.keys("forms"))
        yield from missing((*at, "closing"), "closing", category.closing, scope.keys("closings"))
    for index, rule in enumerate(scope.pack.rules):
        yield from _rule(scope, rule, ("rules", index))
    for index, procedure in enumerate(scope.pack.procedures):
        yield from _papers(scope, procedure, ("procedures", index))
    yield from _grid_work(scope)
    yield from _hazards(scope)
    yield from _numbers(scope)


def _rule(scope: Scope, rule: Rule, at: Address) -> Iterator[Finding]:
    own = {category.key for category in scope.pack.categories}
    for n, key in enumerate(rule.categories):
        yield from missing((*at, "categories", n), "category", key, own)
    yield from missing((*at, "function"), "function", rule.function, scope.keys("functions"))
    limits = {second for key in scope.parameters if (second := key.partition(".")[2])}
    yield from missing((*at, "limits"), "limit", rule.limits, limits)
    if rule.limits is None and rule.function is None:
        yield Finding(at, f"the rule '{rule.key}' sets nothing", "limits, function or both")


def _papers(scope: Scope, procedure: Procedure, at: Address) -> Iterator[Finding]:
    forms, documents = scope.keys("forms"), scope.keys("documents")
    for index, transition in enumerate(procedure.transitions):
        here = (*at, "transitions", index)
        yield from missing((*here, "form"), "form", transition.form, forms)
        yield from missing((*here, "document"), "document", transition.document, documents)


def _grid_work(scope: Scope) -> Iterator[Finding]:
    forms, elements = scope.keys("forms"), scope.keys("elements")
    found = {c.key for pack in scope.packs for c in pack.categories if c.kind != "part"}
    for index, plan in enumerate(scope.pack.plans):
        yield from missing(("plans", index, "form"), "form", plan.form, forms)
        for n, key in enumerate(plan.finds):
            yield from missing(("plans", index, "finds", n), "category", key, found)
    for index, form in enumerate(scope.pack.forms):
        for n, group in enumerate(form.layout):
            for m, field in enumerate(group.fields):
                at = ("forms", index, "layout", n, "fields", m, "element")
                yield from missing(at, "element", field.element, elements)


def _hazards(scope: Scope) -> Iterator[Finding]:
    found = {c.key for pack in scope.packs for c in pack.categories if c.kind != "part"}
    for index, rule in enumerate(scope.pack.hazards):
        yield from missing(("hazards", index, "category"), "category", rule.category, found)


def _numbers(scope: Scope) -> Iterator[Finding]:
    categories, indicators = scope.keys("categories"), scope.keys("indicators")
    for index, indicator in enumerate(scope.pack.indicators):
        for n, key in enumerate(indicator.categories):
            yield from missing(("indicators", index, "categories", n), "category", key, categories)
    for index, appraisal in enumerate(scope.pack.appraisals):
        for n, key in enumerate(appraisal.indicators):
            yield from missing(("appraisals", index, "indicators", n), "indicator", key, indicators)
