"""Whether opening rules and formulas are right: names, types, syntax."""

from collections.abc import Iterable, Iterator, Mapping

from gezhi.packs.opening_rules import names_for
from gezhi.packs.problems import Address, Finding
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import Category, Form, Rule
from gezhi.rules import RuleError, RuleType, compile_rule
from gezhi.rules.terms import SPOKEN


def check_rules(scope: Scope) -> Iterator[Finding]:
    forms = {form.key: form for pack in reversed(scope.packs) for form in pack.forms}
    for index, rule in enumerate(scope.pack.rules):
        yield from _rule(rule, _concerned(rule, scope), forms, ("rules", index, "when"))


def check_formula(text: str, names: Iterable[str], at: Address) -> Iterator[Finding]:
    """`names`: of the counts or indicators that the formula may ask for. It must give a number."""
    yield from check_typed(text, dict.fromkeys(names, "number"), "number", at)


def _concerned(rule: Rule, scope: Scope) -> list[Category]:
    return [one for one in scope.pack.categories if not rule.categories or one.key in rule.categories]


def _rule(
    rule: Rule, categories: Iterable[Category], forms: Mapping[str, Form], at: Address
) -> Iterator[Finding]:
    """Once for each form that its categories ask; the first that it does not fit is told."""
    asked = list(dict.fromkeys(category.form for category in categories))
    for key in asked:
        found = list(check_typed(rule.when, names_for(forms.get(key or "")), "bool", at))
        if found:
            whose = f" of the form '{key}'" if key else " where no form is asked"
            yield Finding(at, found[0].what + (whose if len(asked) > 1 else ""), found[0].allowed)
            return


def check_typed(text: str, names: Mapping[str, RuleType], wanted: RuleType, at: Address) -> Iterator[Finding]:
    """An expression of one type over these names."""
    try:
        rule = compile_rule(text, names)
    except RuleError as wrong:
        yield Finding(at, f"at column {wrong.column}: {wrong.what}", wrong.allowed)
        return
    if rule.type != wanted:
        yield Finding(at, f"it gives {SPOKEN[rule.type]}", f"what gives {SPOKEN[wanted]}")
