"""Whether patrols, visits and elements fit together. Shapes are already right when these checks run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.shapes import Element, ElementIs, Form, FormField, Pack, RoundPlan


def check_plans(pack: Pack, lent: Sequence[Pack] = ()) -> list[Finding]:
    """`lent`: the packs that this one needs. A pack with needs that are not at hand may name what they hold."""
    known = _Known(pack, lent)
    findings = list(_twice("elements", [one.key for one in pack.elements]))
    findings += _twice("plans", [one.key for one in pack.plans])
    for index, element in enumerate(pack.elements):
        findings += known.all_of("function", element.readers, ("elements", index, "readers"))
    for index, plan in enumerate(pack.plans):
        findings += _plan(plan, known, ("plans", index))
    return findings


class _Known:
    """What a pack may name: its own things and those of the packs that it needs."""

    def __init__(self, pack: Pack, lent: Sequence[Pack]) -> None:
        packs = (*lent, pack)
        self.elements: Mapping[str, Element] = {e.key: e for one in packs for e in one.elements}
        self.forms: Mapping[str, Form] = {f.key: f for one in packs for f in one.forms}
        self._names: dict[str, set[str]] = {
            "element": set(self.elements),
            "form": set(self.forms),
            "category": {c.key for one in packs for c in one.categories if c.kind != "part"},
            "function": {f.key for one in packs for f in one.functions},
        }
        self._all_at_hand = not pack.manifest.needs or bool(lent)

    def all_of(self, idea: str, names: Iterable[str], at: Address) -> Iterator[Finding]:
        for index, name in enumerate(names):
            yield from self.one(idea, name, (*at, index))

    def one(self, idea: str, name: str, at: Address) -> Iterator[Finding]:
        if self._all_at_hand and name not in self._names[idea]:
            yield Finding(at, f"there is no {idea} '{name}'", one_of(name, self._names[idea]))


def _twice(section: str, keys: Sequence[str]) -> Iterator[Finding]:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield Finding((section, index, "key"), f"'{key}' is used twice", "each once")


def _plan(plan: RoundPlan, known: _Known, at: Address) -> Iterator[Finding]:
    yield from _about(plan, at)
    yield from known.all_of("category", plan.finds, (*at, "finds"))
    if plan.only:
        yield from _only(plan.only, plan, known, (*at, "only"))
    if plan.form is None:
        return
    yield from known.one("form", plan.form, (*at, "form"))
    form = known.forms.get(plan.form)
    for field in _fields(form) if form else ():
        if field.element:
            where = f"the form '{plan.form}' asks in '{field.key}'"
            yield from known.one("element", field.element, (*at, "form"))
            yield from _fits(field.element, plan, known, (*at, "form"), where)


def _about(plan: RoundPlan, at: Address) -> Iterator[Finding]:
    if plan.kind == "patrol" and plan.about != "grid":
        yield Finding((*at, "about"), f"a patrol about a {plan.about}", "grid; a visit is about other things")
    if plan.kind == "visit" and plan.about == "grid":
        yield Finding(
            (*at, "about"), "a visit about a grid", "house, household, shop or site; or kind: patrol"
        )


def _only(only: ElementIs, plan: RoundPlan, known: _Known, at: Address) -> Iterator[Finding]:
    yield from known.one("element", only.element, (*at, "element"))
    yield from _fits(only.element, plan, known, (*at, "element"), "'only' asks")


def _fits(key: str, plan: RoundPlan, known: _Known, at: Address, where: str) -> Iterator[Finding]:
    element = known.elements.get(key)
    if element and element.about != plan.about:
        fitting = [one.key for one in known.elements.values() if one.about == plan.about]
        what = f"{where} for '{key}', which is about a {element.about}, but the plan is about a {plan.about}"
        yield Finding(at, what, one_of(key, fitting))


def _fields(form: Form) -> Iterator[FormField]:
    return (field for group in form.layout for field in group.fields)
