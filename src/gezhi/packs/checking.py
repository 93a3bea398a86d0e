"""Whether the things of a pack fit together. Shapes are already right when these checks run."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from string import Formatter

from gezhi.packs.checking_plans import check_plans
from gezhi.packs.checking_procedure import check_procedure
from gezhi.packs.problems import Address, Finding, one_of
from gezhi.packs.shapes import Category, Need, Pack, Procedure, Situation, Step, Words

PLACEHOLDERS = ("number", "category", "unit", "place", "text", "due")


def check(pack: Pack) -> list[Finding]:
    findings = [*_unique_keys(pack), *_categories(pack), *_parameters(pack), *_messages(pack)]
    for index, procedure in enumerate(pack.procedures):
        findings += check_procedure(pack, procedure, ("procedures", index))
    findings += check_plans(pack)
    return findings + list(_situations(pack))


def limit_keys(pack: Pack, limit: str) -> list[str]:
    """The parameters that a state's `limit` may mean."""
    return [p.key for p in pack.parameters if p.key == limit or p.key.startswith(limit + ".")]


def _unique_keys(pack: Pack) -> Iterator[Finding]:
    for section in ("functions", "groups", "categories", "procedures", "parameters", "messages"):
        yield from _twice((section,), [item.key for item in getattr(pack, section)])
    codes = [f"{category.kind} {category.code}" for category in pack.categories]
    yield from _twice(("categories",), codes, "code")


def _twice(at: Address, names: list[str], name_of: str = "key") -> Iterator[Finding]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Finding((*at, index, name_of), f"'{name}' is used twice", "each once")
        seen.add(name)


def _missing(address: Address, idea: str, name: str, known: Iterable[str]) -> Iterator[Finding]:
    names = set(known)
    if name not in names:
        yield Finding(address, f"there is no {idea} '{name}'", one_of(name, names))


def _categories(pack: Pack) -> Iterator[Finding]:
    if pack.manifest.fallback:
        keys = [category.key for category in pack.categories]
        yield from _missing(("manifest", "fallback"), "category", pack.manifest.fallback, keys)
    groups = {group.key for group in pack.groups}
    functions = {function.key for function in pack.functions}
    procedures = {procedure.key: procedure for procedure in pack.procedures}
    for index, category in enumerate(pack.categories):
        at = ("categories", index)
        yield from _missing((*at, "group"), "group", category.group, groups)
        yield from _missing((*at, "function"), "function", category.function, functions)
        yield from _missing((*at, "procedure"), "procedure", category.procedure, procedures)
        if category.procedure in procedures:
            yield from _limits(pack, category, procedures[category.procedure], (*at, "limits"))
        yield from _attributes(category, at)


def _limits(pack: Pack, category: Category, procedure: Procedure, at: Address) -> Iterator[Finding]:
    for limit in {state.limit for state in procedure.states if state.limit}:
        keys = limit_keys(pack, limit)
        if keys and limit not in keys and f"{limit}.{category.limits}" not in keys:
            names = [key.removeprefix(limit + ".") for key in keys]
            what = f"there is no parameter '{limit}.{category.limits}'"
            yield Finding(at, what, one_of(category.limits, names))


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


def _parameters(pack: Pack) -> Iterator[Finding]:
    wanted = {s.limit for procedure in pack.procedures for s in procedure.states if s.limit}
    for index, parameter in enumerate(pack.parameters):
        at = ("parameters", index)
        if parameter.key not in wanted and parameter.key.partition(".")[0] not in wanted:
            yield Finding((*at, "key"), f"no state uses '{parameter.key}'", one_of(parameter.key, wanted))
        days = [value.since for value in parameter.values]
        for n, (before, day) in enumerate(pairwise(days), start=1):
            if day <= before:
                yield Finding((*at, "values", n, "since"), f"{day} is not after {before}", "days that ascend")


def _messages(pack: Pack) -> Iterator[Finding]:
    used = {key for procedure in pack.procedures for key in _answers(procedure)}
    for index, message in enumerate(pack.messages):
        at = ("messages", index)
        if message.key not in used:
            yield Finding((*at, "key"), f"nothing answers with '{message.key}'", one_of(message.key, used))
        yield from _placeholders(message.text, (*at, "text"))


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


def placeholders(text: str) -> set[str]:
    """Raises ValueError where braces do not match."""
    pieces = [piece for piece in Formatter().parse(text) if piece[1] is not None]
    return {
        str(name) + (f"!{way}" if way else "") + (f":{form}" if form else "") for _, name, form, way in pieces
    }


def _situations(pack: Pack) -> Iterator[Finding]:
    categories = {category.key: category for category in pack.categories}
    procedures = {procedure.key: procedure for procedure in pack.procedures}
    for index, situation in enumerate(pack.situations):
        at = ("situations", index)
        yield from _starts(situation, at)
        yield from _missing((*at, "category"), "category", situation.category, categories)
        category = categories.get(situation.category)
        procedure = procedures.get(category.procedure) if category else None
        if procedure:
            yield from _story(situation, procedure, at)


def _starts(situation: Situation, at: Address) -> Iterator[Finding]:
    try:
        datetime.strptime(situation.starts, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the city's own clock
    except ValueError:
        yield Finding((*at, "starts"), f"'{situation.starts}' is no time", "2026-07-06 09:00")


def _story(situation: Situation, procedure: Procedure, at: Address) -> Iterator[Finding]:
    states = {state.key for state in procedure.states}
    yield from _missing((*at, "ends"), "state", situation.ends, states)
    for index, step in enumerate(situation.steps):
        yield from _step(step, procedure, states, (*at, "steps", index))


def _step(step: Step, procedure: Procedure, states: set[str], at: Address) -> Iterator[Finding]:
    yield from _missing((*at, "do"), "transition", step.do, [t.key for t in procedure.transitions])
    if step.then:
        yield from _missing((*at, "then"), "state", step.then, states)
    if step.then and step.refused:
        yield Finding(at, "both 'then' and 'refused'", "one of them")
    for name in step.given:
        yield from _missing((*at, "with", name), "thing to give", name, list(Need))
