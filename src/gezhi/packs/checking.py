"""Whether the things of a pack fit together. Shapes are already right when these checks run."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from gezhi.packs.checking_documents import check_documents
from gezhi.packs.checking_forms import check_forms
from gezhi.packs.checking_indicators import check_indicators
from gezhi.packs.checking_monitors import check_monitors
from gezhi.packs.checking_overlays import check_overlays
from gezhi.packs.checking_plans import check_plans
from gezhi.packs.checking_procedure import check_procedure
from gezhi.packs.checking_recordings import check_recordings
from gezhi.packs.checking_references import check_references, missing
from gezhi.packs.checking_rules import check_rules
from gezhi.packs.checking_things import check_things
from gezhi.packs.checking_warnings import check_warnings
from gezhi.packs.placeholders import placeholders
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import (
    ENGINE_LIMITS,
    Category,
    Need,
    Pack,
    Parameter,
    Procedure,
    Situation,
    Step,
    Words,
)

PLACEHOLDERS = ("number", "category", "unit", "place", "text", "due")
SECTIONS = (
    *("functions", "groups", "categories", "procedures", "parameters", "messages", "closings", "rules"),
    *("forms", "documents", "indicators", "appraisals", "elements", "plans", "warnings", "hazards"),
    *("monitors", "things"),
)


def check(pack: Pack, needed: Mapping[str, Pack] | None = None) -> list[Finding]:
    """`needed`: by name, every pack that this one needs."""
    scope = Scope(pack, needed or {})
    findings = [*_unique_keys(pack), *_categories(scope), *_parameters(scope), *_messages(pack)]
    findings += check_references(scope)
    findings += check_documents(scope)
    findings += check_rules(scope)
    findings += _rule_limits(scope)
    findings += check_indicators(scope)
    findings += check_forms(pack)
    findings += check_plans(scope)
    findings += check_warnings(scope)
    findings += check_monitors(scope)
    findings += check_things(scope)
    findings += check_recordings(scope)
    findings += check_overlays(scope)
    for index, procedure in enumerate(pack.procedures):
        findings += check_procedure(scope, procedure, ("procedures", index))
    return findings + list(_situations(scope))


def limit_keys(pack: Pack, limit: str) -> list[str]:
    """The parameters of the pack that a state's `limit` may mean."""
    return _meant({parameter.key for parameter in pack.parameters}, limit)


def _meant(parameters: Iterable[str], limit: str) -> list[str]:
    return [key for key in parameters if key == limit or key.startswith(limit + ".")]


def _unique_keys(pack: Pack) -> Iterator[Finding]:
    for section in SECTIONS:
        yield from _twice((section,), [item.key for item in getattr(pack, section)])
    codes = [f"{category.kind} {category.code}" for category in pack.categories]
    yield from _twice(("categories",), codes, "code")


def _twice(at: Address, names: list[str], name_of: str = "key") -> Iterator[Finding]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Finding((*at, index, name_of), f"'{name}' is used twice", "each once")
        seen.add(name)


def _categories(scope: Scope) -> Iterator[Finding]:
    pack = scope.pack
    if pack.manifest.fallback:
        keys = [category.key for category in pack.categories]
        yield from missing(("manifest", "fallback"), "category", pack.manifest.fallback, keys)
    groups, functions = scope.keys("groups"), scope.keys("functions")
    for index, category in enumerate(pack.categories):
        at = ("categories", index)
        yield from missing((*at, "group"), "group", category.group, groups)
        yield from missing((*at, "function"), "function", category.function, functions)
        yield from missing((*at, "procedure"), "procedure", category.procedure, scope.procedures)
        if category.procedure in scope.procedures:
            procedure = scope.procedures[category.procedure]
            yield from _limits(scope, category.limits, procedure, (*at, "limits"))
        yield from _attributes(category, at)


def _limits(scope: Scope, half: str, procedure: Procedure, at: Address) -> Iterator[Finding]:
    for limit in sorted({state.limit for state in procedure.states if state.limit}):
        keys = _meant(scope.parameters, limit)
        if keys and limit not in keys and f"{limit}.{half}" not in keys:
            names = [key.removeprefix(limit + ".") for key in keys]
            yield Finding(at, f"there is no parameter '{limit}.{half}'", one_of(half, names))


def _rule_limits(scope: Scope) -> Iterator[Finding]:
    """What a rule chooses must limit every state of the procedures that it concerns."""
    own = {category.key: category for category in scope.pack.categories}
    for index, rule in enumerate(scope.pack.rules):
        concerned = {own[key].procedure for key in rule.categories or own if key in own}
        for key in sorted(concerned & scope.procedures.keys()) if rule.limits else ():
            yield from _limits(scope, rule.limits or "", scope.procedures[key], ("rules", index, "limits"))


def _attributes(category: Category, at: Address) -> Iterator[Finding]:
    yield from _twice((*at, "attributes"), [a.code for a in category.attributes], "code")
    for index, attribute in enumerate(category.attributes):
        is_list = attribute.datatype in ("singlevaluelist", "multivaluelist")
        if is_list and not attribute.values:
            yield Finding((*at, "attributes", index), "a list without values", "values: {key: {zh, en}}")
        if attribute.values and not is_list:
            allowed = "singlevaluelist or multivaluelist with values"
            yield Finding(
                (*at, "attributes", index, "values"), f"values with a {attribute.datatype}", allowed
            )


def _parameters(scope: Scope) -> Iterator[Finding]:
    wanted = scope.state_limits | set(ENGINE_LIMITS)
    for index, parameter in enumerate(scope.pack.parameters):
        at = ("parameters", index)
        used = parameter.key in wanted or parameter.key.partition(".")[0] in wanted
        if not used and all(value.number is None for value in parameter.values):
            yield Finding((*at, "key"), f"no state uses '{parameter.key}'", one_of(parameter.key, wanted))
        yield from _values(parameter, used, at)


def _values(parameter: Parameter, limits: bool, at: Address) -> Iterator[Finding]:
    values = parameter.values
    for n, (before, value) in enumerate(pairwise(values), start=1):
        here = (*at, "values", n)
        if value.since <= before.since:
            what = f"{value.since} is not after {before.since}"
            yield Finding((*here, "since"), what, "days that ascend")
        if (value.number is None) != (before.number is None):
            yield Finding(here, "a length among numbers", "all lengths, or all numbers")
    if limits and values[0].number is not None:
        what = f"'{parameter.key}' limits a state and is a number"
        yield Finding((*at, "values", 0), what, "length: 2 working hours")


def _messages(pack: Pack) -> Iterator[Finding]:
    used = {key for procedure in pack.procedures for key in _answers(procedure)}
    for index, message in enumerate(pack.messages):
        at = ("messages", index)
        if message.key not in used:
            yield Finding((*at, "key"), f"nothing answers with '{message.key}'", one_of(message.key, used))
        yield from _placeholders(message.text, (*at, "text"))
    for index, overlay in enumerate(pack.overlays):
        for n, message in enumerate(overlay.messages):
            yield from _placeholders(message.text, ("overlays", index, "messages", n, "text"))


def _answers(procedure: Procedure) -> Iterator[str]:
    keys = [procedure.answer, procedure.joined, *(t.answer for t in procedure.transitions)]
    return (key for key in keys if key)


def _placeholders(text: Words, at: Address) -> Iterator[Finding]:
    for language in ("zh", "en"):
        try:
            names = placeholders(getattr(text, language))
        except ValueError:
            yield Finding(
                (*at, language), "a brace is open or closed alone", "{name}, or {{ and }} for braces"
            )
            continue
        for name in sorted(names - set(PLACEHOLDERS)):
            yield Finding(
                (*at, language), f"the placeholder {{{name}}} is not known", one_of(name, PLACEHOLDERS)
            )


def _situations(scope: Scope) -> Iterator[Finding]:
    categories = {one.key: one for pack in reversed(scope.packs) for one in pack.categories}
    for index, situation in enumerate(scope.pack.situations):
        at = ("situations", index)
        yield from _starts(situation, at)
        yield from missing((*at, "category"), "category", situation.category, categories)
        category = categories.get(situation.category)
        procedure = scope.procedures.get(category.procedure) if category else None
        if procedure:
            yield from _story(situation, procedure, at)


def _starts(situation: Situation, at: Address) -> Iterator[Finding]:
    try:
        datetime.strptime(situation.starts, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the city's own clock
    except ValueError:
        yield Finding((*at, "starts"), f"'{situation.starts}' is no time", "2026-07-06 09:00")


def _story(situation: Situation, procedure: Procedure, at: Address) -> Iterator[Finding]:
    states = {state.key for state in procedure.states}
    yield from missing((*at, "ends"), "state", situation.ends, states)
    for index, step in enumerate(situation.steps):
        yield from _step(step, procedure, states, (*at, "steps", index))


def _step(step: Step, procedure: Procedure, states: set[str], at: Address) -> Iterator[Finding]:
    yield from missing((*at, "do"), "transition", step.do, [t.key for t in procedure.transitions])
    if step.then:
        yield from missing((*at, "then"), "state", step.then, states)
    if step.then and step.refused:
        yield Finding(at, "both 'then' and 'refused'", "one of them")
    for name in step.given:
        yield from missing((*at, "with", name), "thing to give", name, list(Need))
