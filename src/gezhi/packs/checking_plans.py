"""Whether patrols, visits and elements fit together. Shapes are already right when these checks run."""

from collections.abc import Iterator, Mapping

from gezhi.packs.checking_references import missing
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Element, RoundPlan


def check_plans(scope: Scope) -> Iterator[Finding]:
    """That forms, elements of forms and categories exist is checked with the other references."""
    elements = {one.key: one for pack in reversed(scope.packs) for one in pack.elements}
    functions = scope.keys("functions")
    for index, element in enumerate(scope.pack.elements):
        for n, key in enumerate(element.readers):
            yield from missing(("elements", index, "readers", n), "function", key, functions)
    for index, plan in enumerate(scope.pack.plans):
        at = ("plans", index)
        yield from _about(plan, at)
        yield from _only(plan, elements, at)
        for key, where in _asked(plan, scope):
            yield from _fits(elements.get(key), plan, elements, (*at, "form"), where)


def _about(plan: RoundPlan, at: Address) -> Iterator[Finding]:
    if plan.kind == "patrol" and plan.about != "grid":
        yield Finding((*at, "about"), f"a patrol about a {plan.about}", "grid; a visit is about other things")
    if plan.kind == "visit" and plan.about == "grid":
        yield Finding(
            (*at, "about"), "a visit about a grid", "house, household, shop or site; or kind: patrol"
        )


def _only(plan: RoundPlan, elements: Mapping[str, Element], at: Address) -> Iterator[Finding]:
    if plan.only is None:
        return
    here = (*at, "only", "element")
    yield from missing(here, "element", plan.only.element, elements)
    yield from _fits(elements.get(plan.only.element), plan, elements, here, "'only' asks")


def _asked(plan: RoundPlan, scope: Scope) -> Iterator[tuple[str, str]]:
    """(element, where it is asked) of the plan's form."""
    forms = {form.key: form for pack in reversed(scope.packs) for form in pack.forms}
    form = forms.get(plan.form or "")
    for group in form.layout if form else ():
        for field in group.fields:
            if field.element:
                yield field.element, f"the form '{plan.form}' asks in '{field.key}'"


def _fits(
    element: Element | None, plan: RoundPlan, elements: Mapping[str, Element], at: Address, where: str
) -> Iterator[Finding]:
    if element is not None and element.about != plan.about:
        fitting = [one.key for one in elements.values() if one.about == plan.about]
        key = element.key
        what = f"{where} for '{key}', which is about a {element.about}, but the plan is about a {plan.about}"
        yield Finding(at, what, one_of(key, fitting))
